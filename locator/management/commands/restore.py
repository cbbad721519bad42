"""Put a backup into an empty database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from locator.exchange.backups import BackupFailed, restore


class Command(BaseCommand):
    help = "Open a backup, see that it is whole, and put it into the empty database of DATABASE_URL."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, required=True, help="the file that backup --new-key wrote")
        parser.add_argument("--check", action="store_true", help="only see that it is whole")

    def handle(self, *_args: Any, file: Path, key: Path, check: bool, **_said: Any) -> None:
        try:
            about = restore(file, key, only_check=check)
        except (BackupFailed, OSError) as problem:
            raise CommandError(f"Nothing was restored. {problem}") from problem
        what = "It is whole" if check else "Restored, and the same as what was saved. Run prepare now"
        self.stdout.write(f"{what}: made {about.made_at}, {about.digest[:16]}.")
