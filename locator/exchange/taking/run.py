"""One import: records as they come, in batches; all of it in one transaction, and safe to run again."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from rest_framework.exceptions import ValidationError

from locator.exchange.bulk.uploads import seldom_swept
from locator.exchange.importing import in_words
from locator.exchange.records import Kind, Record, Remark
from locator.exchange.taking import limits
from locator.exchange.taking.filling import fill
from locator.exchange.taking.matching import Match, Organizations, Services
from locator.exchange.taking.reporting import Became, Report, written_to
from locator.hsds.agreement import Document
from locator.hsds.shape import clean_organization, clean_service
from locator.models import Change, Import, SourceRecord, Status
from locator.moderation.merging import same
from locator.moderation.sources import Proposal, Rows, approve_all, as_they_are, propose_all, replace_all
from locator.moderation.together import mark
from locator.rules import Actor, Role

BATCH = 500
LOOKS_LIKE = "It looks like another one: somebody has to look at it first."
LONGEST_KEY, LONGEST_PLACE = 200, 300
Progress = Callable[[str], object]
Subject = Change.Subject
COLUMNS = (
    "subject", "said_id", "row_id", "is_ours", "fingerprint", "where", "remarks", "doubtful", "change",
    "of_import",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """How an import is run."""

    source: str
    file: str
    by: Actor | None = None  # who approves it at once; None where all of it waits
    own: bool = False  # a full export of ours: it says all that we can say, statuses and confirmations too
    listed: bool = False  # what is new shall be listed, not a draft
    dry_run: bool = False
    report: Path | None = None


@dataclass
class Read:
    """A record, and what has been found out about it so far."""

    record: Record
    fingerprint: str
    known: SourceRecord | None
    document: Document = field(default_factory=dict)  # cleaned, as the source says it
    remarks: list[Remark] = field(default_factory=list)
    row_id: UUID | None = None  # of ours that it is about
    doubts: tuple[str, ...] = ()
    proposed: Document | None = None
    change: Change | None = None

    @property
    def is_ours(self) -> bool:
        return self.known.is_ours if self.known else self.row_id is not None


@seldom_swept()
def take(records: Iterable[Record], wanted: Wanted, *, progress: Progress = lambda line: None) -> Report:
    """Turn records into changes that wait, and approve them if somebody says so; all of it or nothing.

    Organizations have to come before their services. What `records` raises goes through, and nothing has changed.
    """
    report = Report()
    with written_to(report, wanted.report), transaction.atomic():
        _without_limit()
        act = _Act(wanted, report)
        for batch in _batches(iter(records)):
            act.take(batch)
            progress(
                f"{report.counts['read']} records: {report.counts[Became.NEW]} new, "
                f"{report.counts[Became.CHANGE]} changes, {report.counts[Became.UNCHANGED]} unchanged"
            )
        if wanted.dry_run:
            transaction.set_rollback(True)
    return report


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    """Yield some records at a time, and let go of what the last ones left behind: rows that lead to one another.

    What is known for the whole import is set apart from that, so that it is not looked through each time.
    """
    gc.freeze()
    try:
        while batch := list(islice(records, BATCH)):
            yield batch
            gc.collect()
    finally:
        gc.unfreeze()


def _without_limit() -> None:
    """Let a statement take longer than one of a visitor may, to the end of this transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")


class _Act:
    """What is known while the records of one import go by."""

    def __init__(self, wanted: Wanted, report: Report) -> None:
        self.wanted, self.report = wanted, report
        self.status = Status.LISTED.value if wanted.listed else Status.DRAFT.value
        by = wanted.by.name if wanted.by else wanted.source
        self.of_import = Import.objects.create(source=wanted.source, file=wanted.file[:200], author=by[:200])
        report.import_id = self.of_import.id
        self.services, self.organizations = Services(wanted.source), Organizations(wanted.source)
        self.author = Actor(wanted.source, Role.SOURCE)
        self.keys: set[int] = set()

    def take(self, batch: Sequence[Record]) -> None:
        """Take some records: organizations first, for the services that are of them."""
        fresh, earlier = self._not_seen(batch)
        for subject in (Subject.ORGANIZATION, Subject.SERVICE):
            self._propose([each for each in fresh if each.record.subject == subject])
        self._remember([each for each in fresh if each.row_id or each.change])
        if self.wanted.by:
            self._approve([each for each in fresh if each.change], earlier, self.wanted.by)

    def _not_seen(self, batch: Sequence[Record]) -> tuple[list[Read], list[Read]]:
        """Return what says something new, and what says what it said before."""
        keys = [record.key[:LONGEST_KEY] for record in batch]
        rows = SourceRecord.objects.filter(source=self.wanted.source, key__in=keys).select_related("change")
        known = {row.key: row for row in rows}
        fresh, earlier = list[Read](), list[Read]()
        for record, key in zip(batch, keys, strict=True):
            if record.document is None:
                self.report.note(record, Became.SKIPPED, record.remarks)
                continue
            if hash(key) in self.keys:
                self._skip(record, "key", "It is there twice.")
                continue
            self.keys.add(hash(key))
            said = mark({"document": record.document, "status": self.status, "own": self.wanted.own})
            each = Read(record, said, known.get(key))
            if each.known and each.known.fingerprint == said:
                self.report.note(record, Became.UNCHANGED)
                earlier.append(each)
            else:
                fresh.append(each)
        return fresh, earlier

    def _skip(self, record: Record, where: str, words: str) -> None:
        self.report.note(record, Became.SKIPPED, [*record.remarks, Remark(Kind.SKIPPED, where, words)])

    def _propose(self, fresh: list[Read]) -> None:
        """Propose what is new in records of one subject."""
        clean = [each for each in fresh if self._clean(each)]
        self._match(clean)
        subject = fresh[0].record.subject if fresh else ""
        rows = as_they_are(subject, {each.row_id for each in clean if each.row_id})
        wanted = [each for each in clean if self._fill(each, rows.get(str(each.row_id)))]
        replace_all([each.known.change for each in wanted if each.known and each.known.change], by=self.author)
        proposals = [_proposal(each, rows) for each in wanted]
        for each, proposal, change in zip(wanted, proposals, propose_all(proposals, by=self.author), strict=True):
            each.change = change
            if change is None:
                each.row_id = None
                self.report.note(each.record, Became.LEFT_OUT)
                continue
            self.report.note(each.record, Became.CHANGE if proposal.row else Became.NEW, each.remarks)

    def _clean(self, each: Read) -> bool:
        """Bring a document into its one shape; note why it is skipped where it has another."""
        record = each.record
        document, each.remarks = record.document, list(record.remarks)
        assert document is not None  # noqa: S101  # nosec B101 (those were skipped)
        try:
            if not self.wanted.own:
                of = {"source": self.wanted.source, "status": self.status}
                document, dropped = limits.of_source(document, record.subject, **of)
                each.remarks += dropped
            is_service = record.subject == Subject.SERVICE
            each.document = clean_service(document) if is_service else clean_organization(document)
        except ValidationError as problem:
            self._skip(record, "", in_words(problem.detail))
            return False
        if is_service:
            self._of_known_organization(each.document)
        return True

    def _of_known_organization(self, document: Document) -> None:
        said = UUID(document["organization"]["id"])
        document["organization"]["id"] = str(self.organizations.known_as(said))

    def _match(self, clean: list[Read]) -> None:
        """Say of each which row of ours it is about."""
        for each in clean:
            each.row_id = each.known.row_id if each.known else None
        new = [each for each in clean if each.known is None]
        services = [each for each in new if each.record.subject == Subject.SERVICE]
        found = self.services.match([(each.record.key, each.record.where, each.document) for each in services])
        for each, match in zip(services, found, strict=True):
            _note(each, match)
        for each in new:
            if each.record.subject == Subject.ORGANIZATION:
                _note(each, self.organizations.match(each.document))
        for each in clean:
            if each.record.subject == Subject.ORGANIZATION:
                said = UUID(each.document["id"])
                self.organizations.ours[said] = each.row_id or said

    def _fill(self, each: Read, now: Any) -> bool:
        """Work out what is to be proposed; return whether there is anything."""
        document = each.document
        if each.row_id:
            document = {**document, "id": str(each.row_id)}
        if now is None:
            each.proposed = document
            return True
        _row, ours = now
        known = each.known
        if known and not known.is_ours and not known.fingerprint:  # it was taken back, and is asked for anew
            each.proposed = _anew(document, ours)
            return True
        before = known.change.document if known and known.change and not known.is_ours else None
        filled = fill(ours, document, before)
        each.remarks += filled.remarks
        if same(filled.document, ours):
            self.report.note(each.record, Became.UNCHANGED, each.remarks)
            return False
        each.proposed = filled.document
        return True

    def _remember(self, fresh: list[Read]) -> None:
        """Keep which record became what, for the next time."""
        rows = [
            SourceRecord(
                source=self.wanted.source,
                key=each.record.key[:LONGEST_KEY],
                subject=each.record.subject,
                said_id=each.document["id"],
                row_id=each.row_id or each.document["id"],
                is_ours=each.is_ours,
                fingerprint=each.fingerprint,
                where=each.record.where[:LONGEST_PLACE],
                remarks=[[remark.kind, remark.field, remark.words] for remark in each.remarks],
                doubtful=bool(each.doubts),
                change=each.change or (each.known.change if each.known else None),
                of_import=self.of_import,
            )
            for each in fresh
        ]
        SourceRecord.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["source", "key"], update_fields=COLUMNS
        )

    def _approve(self, fresh: list[Read], earlier: list[Read], by: Actor) -> None:
        """Approve what is without doubt; what was proposed before is read again."""
        for each in earlier:
            each.change = each.known.change if each.known else None
        waiting = [each for each in earlier if each.change and each.change.state == Change.State.WAITING]
        for some, checked in ((fresh, True), (waiting, False)):
            sure = [each for each in some if not _doubts(each)]
            refused = approve_all(
                [each.change for each in sure if each.change], by=by, checked=checked, vouched=self.wanted.own
            )
            for each in some:
                assert each.change is not None  # noqa: S101  # nosec B101 (chosen so)
                self.report.decided(each.record, _doubts(each) or refused.get(each.change.id, ""))


def _doubts(each: Read) -> str:
    """Return why a person has to look at a record first."""
    if each.known and not each.document:
        return LOOKS_LIKE if each.known.doubtful else ""
    return " ".join(each.doubts)


def _note(each: Read, match: Match) -> None:
    each.row_id, each.doubts = match.row_id, match.doubts
    each.remarks += [Remark(Kind.GUESSED, "?", words) for words in match.doubts]


def _anew(document: Document, ours: Document) -> Document:
    """Return what a source wants a row to be that is here already, under the address it has."""
    kept = {key: value for key, value in ours.get("brolly", {}).items() if key == "short_id"}
    brolly = {**document.get("brolly", {}), **kept}
    return {**document, "brolly": brolly} if brolly else document


def _proposal(each: Read, rows: Rows) -> Proposal:
    row, base = rows.get(str(each.row_id), (None, None))
    assert each.proposed is not None  # noqa: S101  # nosec B101 (what has none is not proposed)
    cleaned = each.proposed if row is None else _cleaned(each)
    return Proposal(each.record.subject, cleaned, row, base)


def _cleaned(each: Read) -> Document:
    clean = clean_service if each.record.subject == Subject.SERVICE else clean_organization
    return clean(each.proposed)
