"""Load the invented listings, to try the site out and to test it."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from locator.exchange.importing import UnreadableFile, load
from locator.models import Status
from locator.rules import Actor, Role

MADE_ON = date(2026, 11, 1)
DATES = {"assured_date", "stated_on", "confirmed_on", "first", "last"}


def _made_today(document: Any) -> None:
    """Move its dates as if it had been written today: some are fresh and some are stale, on any day."""
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        if key in DATES:
            document[key] = (date.fromisoformat(value) + (timezone.localdate() - MADE_ON)).isoformat()
        elif isinstance(value, (dict, list)):
            _made_today(value)


class Command(BaseCommand):
    help = "Load the invented listings of fixtures/demo/. Never in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Invented listings have no place where people look for help.")
        paths = sorted((settings.BASE_DIR / "fixtures" / "demo").glob("*.json"))
        by = Actor("load_demo", Role.OPERATOR)
        try:
            report = load(paths, by=by, status=Status.LISTED, progress=self.stdout.write, edit=_made_today)
        except UnreadableFile as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Invented listings: {report}")
