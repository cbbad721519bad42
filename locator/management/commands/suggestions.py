"""List the services that visitors suggest, or take one off the list."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from locator.moderation import suggestions


class Command(BaseCommand):
    help = "List the services that visitors suggested. --settle when you have asked one, or decided not to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--settle", type=int, metavar="NUMBER", help="take this one off the list")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["settle"] is not None:
            if not suggestions.looked_at(options["settle"]):
                raise CommandError(f"There is no suggestion {options['settle']}.")
            self.stdout.write("It is off the list.")
            return
        rows = suggestions.suggested()
        for row in rows:
            how = row.get_how_display()
            self.stdout.write(
                f"{row.id}  {row.name}, {row.where}  {row.contact or '-'}  {how} ({row.count} times)"
            )
        self.stdout.write(f"{len(rows)} services to look at." if rows else "Nothing was suggested.")
