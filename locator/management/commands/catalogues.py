"""Compile the catalogues of words, or bring them into step with the program first."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.catalogues import compile_all, update


class Command(BaseCommand):
    help = "Compile the catalogues of words that have changed; --update first adds what the program newly says."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--update", action="store_true", help="add new words to locale/*.po, drop old ones")

    def handle(self, *args: Any, **options: Any) -> None:
        for code, missing in (update() if options["update"] else {}).items():
            self.stdout.write(f"{code}: {len(missing)} without words")
        self.stdout.write(f"{compile_all()} catalogues compiled.")
