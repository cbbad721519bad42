"""Make an encrypted backup of the whole database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from locator.exchange import backups


class Command(BaseCommand):
    help = "Write the whole database, encrypted, into a new file, and delete those older than BACKUP_DAYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="where backups are; better another machine's")
        parser.add_argument("--for", dest="whom", default=settings.BACKUP_RECIPIENT, help="age1…")
        parser.add_argument("--new-key", metavar="FILE", type=Path, help="only make the key that opens them")

    def handle(self, *_args: Any, folder: Path | None, whom: str, new_key: Path | None, **_said: Any) -> None:
        try:
            if new_key:
                self.stdout.write(f"BACKUP_RECIPIENT={backups.new_key(new_key)}")
            elif folder is None:
                raise CommandError("Name the folder that backups go to.")
            else:
                self.stdout.write(f"{backups.backup(folder, whom)}")
        except (backups.BackupFailed, OSError) as problem:
            raise CommandError(str(problem)) from problem
