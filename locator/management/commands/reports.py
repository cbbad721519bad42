"""List what visitors say is wrong, or take a listing's reports off the list."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from locator.moderation import reports


class Command(BaseCommand):
    help = "List what visitors reported in the last 90 days. --settle when you have looked at a listing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--settle", metavar="SHORT_ID", help="take this listing's reports off the list")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["settle"]:
            self.stdout.write(f"{reports.settle(options['settle'])} reports taken off the list.")
            return
        rows = reports.reported()
        for row in rows:
            when = f"{row.first:%Y-%m-%d}" + ("" if row.first == row.last else f" to {row.last:%Y-%m-%d}")
            self.stdout.write(f"/s/{row.short_id}/  {row.kind.label} ({row.count} times, {when})  {row.name}")
        self.stdout.write(f"{len(rows)} things to look at." if rows else "Nothing was reported.")
