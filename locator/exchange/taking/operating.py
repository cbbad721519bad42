"""What the command does: an operator takes a file over, looks at what would happen, or takes an import back."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.db import transaction

from locator.exchange.bulk.uploads import seldom_swept
from locator.exchange.taking.reading import read
from locator.exchange.taking.run import Wanted, take
from locator.models import Change, Import, SourceRecord
from locator.moderation.sources import take_back_all
from locator.rules import Actor, Refused, Role

BATCH = 200
Say = Callable[[str], object]


@dataclass(frozen=True)
class Asked:
    """What stands on the command line."""

    path: Path | None
    source: str
    name: str = ""
    approve: bool = False
    restore: bool = False
    listed: bool = False
    dry_run: bool = False
    report: Path | None = None
    undone: str = ""


def act(asked: Asked, *, say: Say) -> None:
    """Do what was asked; raise Refused, UnreadableFile or OSError, and change nothing then."""
    name = asked.name.strip()
    if (asked.approve or asked.undone) and not name:
        raise Refused("Say who you are: --by NAME.")
    by = Actor(name, Role.OPERATOR)
    if asked.undone:
        say(f"{undo(asked.undone, by=by, progress=say)} taken back.")
        return
    if asked.path is None or not asked.source.strip():
        raise Refused("Name a file and where it is from: FILE --source NAME.")
    wanted = Wanted(
        source=asked.source.strip()[:100],
        file=asked.path.name,
        by=by if asked.approve else None,
        own=asked.restore,
        listed=asked.listed,
        dry_run=asked.dry_run,
        report=asked.report,
    )
    report = take(read(asked.path), wanted, progress=say)
    say(str(report))
    say("Nothing was changed: --dry-run." if asked.dry_run else f"To take it back: --undo {report.import_id}")


@seldom_swept()
@transaction.atomic
def undo(import_id: str, *, by: Actor, progress: Say = lambda line: None) -> int:
    """Take all of an import back as one act; return how much that was.

    Of a record that a later import changed again, only what the later one did can be taken back, by its own id.
    Raises Refused for no such import, and Outdated where somebody has changed the same since.
    """
    row = Import.objects.select_for_update().filter(id=_id(import_id), taken_back=False).first()
    if row is None:
        raise Refused("There is no such import, or it was taken back already.")
    ids = iter(list(row.records.exclude(change=None).values_list("change", flat=True)))
    done = 0
    while batch := list(islice(ids, BATCH)):
        done += take_back_all(list(Change.objects.filter(id__in=batch)), by=by)
        progress(f"{done} taken back")
    SourceRecord.objects.filter(of_import=row).update(fingerprint="")
    row.taken_back = True
    row.save(update_fields=["taken_back"])
    return done


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as problem:
        raise Refused(f"“{text}” is no id of an import.") from problem
