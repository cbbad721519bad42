"""Save the public pages as files, for when the program does not answer."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from locator.web.saving import save


class Command(BaseCommand):
    help = "Save the public pages into SAVED_DIR, if anything has changed; for cron, each minute."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anew", action="store_true", help="whether anything has changed or not")

    def handle(self, *_args: Any, anew: bool, **_said: Any) -> None:
        if not settings.SAVED_DIR:
            raise CommandError("Say where to: SAVED_DIR=/srv/brolly/saved")
        count = save(Path(settings.SAVED_DIR), anew=anew, say=self.stdout.write)
        self.stdout.write(f"{count} pages saved." if count else "Nothing has changed.")
