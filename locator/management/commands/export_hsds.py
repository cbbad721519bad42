"""Write the listings to files: what the public may have, or with --full all of the directory for yourself."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from locator.exchange import own_package
from locator.exchange.packages.writing import FORMS, write


class Command(BaseCommand):
    help = "Write the published listings as HSDS 3.2, GeoJSON or CSV; with --full the whole record, for you alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a folder, or a file: .zip, .json, .ndjson, .geojson, .csv")
        parser.add_argument("--format", choices=FORMS, help="what it shall be, where its name does not say")
        parser.add_argument("--full", action="store_true", help="everything, drafts and notes too; to a new place")

    def handle(self, *args: Any, **options: Any) -> None:
        path, form = options["path"], options["format"]
        if options["full"] and form not in {None, "folder", "zip"}:
            raise CommandError("With --full it is a folder, or a file that ends in .zip.")
        try:
            done = own_package.write(path) if options["full"] else write(path, form)
        except (own_package.Unsafe, OSError, ValueError) as problem:
            raise CommandError(f"Nothing was written. {problem}") from problem
        self.stdout.write(done)
