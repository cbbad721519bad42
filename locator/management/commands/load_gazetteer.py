"""Load places and postcodes that a typed town is looked up in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from locator.exchange import gazetteer, postcodes

READERS = {
    "onspd": postcodes.read_onspd,
    "code_point": postcodes.read_code_point,
    "geonames_postal": postcodes.read_geonames_postal,
}


class Command(BaseCommand):
    help = "Load places and postcodes, from what is installed or from files you have. Loading again is safe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--smallest", type=int, default=500, choices=[500, 1000, 5000, 15000])
        parser.add_argument("--onspd", type=Path, help="the ONS Postcode Directory's CSV file")
        parser.add_argument("--code-point", type=Path, help="Code-Point Open's folder of CSV files")
        parser.add_argument(
            "--geonames-postal", type=Path, help="a GeoNames postal code file, such as allCountries.txt"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files = {name: options[name] for name in READERS if options[name]}
        if not files:
            total = gazetteer.load(smallest=options["smallest"], progress=self.stdout.write)
            self.stdout.write(f"{total:,} places loaded.")
        for name, path in files.items():
            try:
                report = postcodes.store(READERS[name](path))
            except postcodes.UnreadableFile as problem:
                raise CommandError(f"Nothing was stored. {problem}") from problem
            if not report.stored and not report.refused:
                raise CommandError(f"{path} holds no postcodes that we can read.")
            self.stdout.write(f"{path}: {report.stored:,} postcodes stored, {report.refused:,} refused.")
            for reason in report.reasons:
                self.stdout.write(f"  {reason}")
