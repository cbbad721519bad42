"""Propose what a file of somebody else says, or take such an import back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from locator.exchange.importing import UnreadableFile
from locator.exchange.taking.operating import Asked, act
from locator.rules import Refused


class Command(BaseCommand):
    help = "Read a file of services; all of it waits for a moderator, unless --approve says so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a file, a folder or a package")
        parser.add_argument("--source", default="", help="who wrote it; the same name each time")
        parser.add_argument("--approve", action="store_true", help="and approve what nobody has to look at")
        parser.add_argument("--by", default="", help="your name; it is kept with what you approved")
        parser.add_argument("--list", action="store_true", help="propose what is new to be listed, not as a draft")
        parser.add_argument(
            "--restore", action="store_true", help="a full export of ours: as it was, with statuses"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write what became of each record, as CSV")
        parser.add_argument("--undo", default="", metavar="ID", help="take an import back")

    def handle(self, *_args: Any, **said: Any) -> None:
        how = {name: said[name] for name in ("source", "approve", "restore", "dry_run", "report")}
        asked = Asked(said["file"], name=said["by"], listed=said["list"], undone=said["undo"], **how)
        try:
            act(asked, say=self.stdout.write)
        except (UnreadableFile, Refused, OSError) as problem:
            raise CommandError(f"Nothing was changed. {problem}") from problem
