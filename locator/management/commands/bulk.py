"""Take over an organization's services from a spreadsheet of any length, or take such an act back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from locator.exchange.bulk.operating import Wanted, act
from locator.exchange.cells import UnreadableSheet
from locator.rules import Refused


class Command(BaseCommand):
    help = "Look at a spreadsheet of an organization's services; with --confirm take it over, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="XLSX or CSV, in the shape of the template")
        parser.add_argument("--organization", required=True, help="its name, or its id")
        parser.add_argument("--by", required=True, help="your name; it is kept with what you did")
        parser.add_argument("--confirm", action="store_true", help="take it over, if no row has anything wrong")
        parser.add_argument("--good-rows", action="store_true", help="and leave out the rows that have")
        parser.add_argument("--upload", metavar="ID", help="instead of a file: what was looked at under this id")
        parser.add_argument("--seen", metavar="N", help="take it over only if nobody looked at it again since")
        parser.add_argument("--undo", metavar="ID", help="take back what was taken over under this id")

    def handle(self, *_args: Any, **said: Any) -> None:
        try:
            act(Wanted(*(said[name] for name in Wanted._fields)), self.stdout.write)
        except (UnreadableSheet, Refused, OSError) as problem:
            raise CommandError(f"Nothing was changed. {problem}") from problem
