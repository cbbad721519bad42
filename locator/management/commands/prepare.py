"""Make the database ready to serve: tables, places, starter listings, static files."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from config.catalogues import compile_all
from locator.models import Change, Place


class Command(BaseCommand):
    help = "Bring the database up to date and load what is not there yet. Running it again is quick and safe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="also load the invented listings")

    def handle(self, *args: Any, **options: Any) -> None:
        compile_all()
        call_command("migrate", verbosity=0)
        if not Place.objects.exists():
            self.stdout.write("Loading places, once; this takes a minute or two.")
            call_command("load_gazetteer", stdout=self.stdout)
        call_command("load_seeds", stdout=self.stdout)
        if options["demo"]:
            call_command("load_demo", stdout=self.stdout)
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(f"{Change.objects.filter(state='approved').count():,} changes published so far.")
