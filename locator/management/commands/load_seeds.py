"""Load the starter listings: listed where somebody tries the site out, drafts in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from locator.exchange.importing import UnreadableFile, load
from locator.models import Status
from locator.rules import Actor, Role


class Command(BaseCommand):
    help = "Load the starter listings of seeds/. In production they stay drafts until `list_service`."

    def handle(self, *args: Any, **options: Any) -> None:
        status = Status.DRAFT if settings.PRODUCTION else Status.LISTED
        paths = sorted((settings.BASE_DIR / "seeds").glob("*.json"))
        try:
            report = load(paths, by=Actor("load_seeds", Role.OPERATOR), status=status, progress=self.stdout.write)
        except UnreadableFile as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Starter listings: {report}")
