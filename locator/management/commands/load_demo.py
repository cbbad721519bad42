"""Load the invented listings, to try the site out and to test it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from locator.exchange.importing import UnreadableFile, load
from locator.models import Status
from locator.rules import Actor, Role


class Command(BaseCommand):
    help = "Load the invented listings of fixtures/demo/. Never in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Invented listings have no place where people look for help.")
        paths = sorted((settings.BASE_DIR / "fixtures" / "demo").glob("*.json"))
        by = Actor("load_demo", Role.OPERATOR)
        try:
            report = load(paths, by=by, status=Status.LISTED, progress=self.stdout.write)
        except UnreadableFile as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Invented listings: {report.loaded} loaded, {report.kept} kept as they were.")
