"""Make the database ready to serve: tables, places, starter listings, static files."""

from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from config.catalogues import compile_all
from locator.models import Change, Listing, Place


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
        if Listing.objects.exclude(assured_date=None).filter(fresh_until=None).exists():  # of an older version
            call_command("rebuild_listings", stdout=self.stdout)
        call_command("load_seeds", stdout=self.stdout)
        if options["demo"]:
            call_command("load_demo", stdout=self.stdout)
        _collect_static()
        self.stdout.write(f"{Change.objects.filter(state='approved').count():,} changes published so far.")


def _collect_static() -> None:
    """Collect and compress the static files, unless they are the ones that were collected last time.

    Compressing takes most of the time of a start, and WhiteNoise does it anew whether a file changed or not.
    """
    found = sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            found.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    collected = settings.STATIC_ROOT / "collected"
    if collected.exists() and collected.read_text(encoding="utf-8") == found.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    collected.write_text(found.hexdigest(), encoding="utf-8")
