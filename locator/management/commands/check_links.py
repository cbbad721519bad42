"""Look whether the pages and numbers of listed services still work; off unless the operator says so."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from locator.exchange import link_checks, reaching

OFF = (
    "This asks other people's machines from this one, so it is off. Set LINK_CHECKS=True to allow it, and read "
    "docs/privacy.md first. --dry-run tells what would be asked, and asks nobody."
)


class Network:
    """The real one."""

    addresses_of = staticmethod(reaching.addresses_of)
    ask = staticmethod(reaching.ask)
    now = staticmethod(time.monotonic)
    wait = staticmethod(time.sleep)


class Command(BaseCommand):
    help = "Look once a day whether pages and numbers of listed services work. It may be stopped and begun again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="tell what would be asked, and ask nobody")

    def handle(self, *args: Any, **options: Any) -> None:
        dry = options["dry_run"]
        if not (settings.LINK_CHECKS or dry):
            raise CommandError(OFF)
        said = self.stdout.write if dry or options["verbosity"] > 1 else _nothing
        report = link_checks.run(Network(), today=timezone.localdate(), dry=dry, progress=said)
        if dry:
            self.stdout.write(f"{report.checked} would be looked at.")
            return
        self.stdout.write(
            f"{report.checked} looked at, {report.failed} failed; {report.kept} were looked at today already."
        )


def _nothing(_line: str) -> None:
    pass
