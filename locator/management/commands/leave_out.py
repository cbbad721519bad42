"""Leave somebody out who asked for it: an organization with all it has, or a name, number, page or address."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from locator import moderation
from locator.management.commands._named import organization_named
from locator.rules import Actor, Refused, Role


class Command(BaseCommand):
    help = "Leave out whoever asked for it, for good. What matches is withdrawn and erased at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", required=True, help="your name; it is kept")
        parser.add_argument("--reason", required=True, help="without their name and address: only this is kept")
        parser.add_argument("--organization", help="its name, or its id: all that it has")
        for name in ("name", "number", "page", "street", "postcode", "city"):
            parser.add_argument(f"--{name}", default="")
        parser.add_argument("--country", default=settings.SITE_COUNTRY, help="of the number")

    def handle(self, *args: Any, **options: Any) -> None:
        by, reason = Actor(options["by"].strip(), Role.OPERATOR), options["reason"]
        if not by.name:
            raise CommandError("Say who you are: --by NAME.")
        try:
            if options["organization"]:
                row = organization_named(options["organization"])
                made = moderation.leave_out_organization(row.id, reason=reason, by=by)
                more = f" {made.shared} are another one's as well and stay." if made.shared else ""
                self.stdout.write(f"{len(made.entries)} left out.{more}")
                return
            entries = moderation.leave_out(moderation.values_given(options), reason=reason, by=by)
            self.stdout.write(f"{len(entries)} left out.")
        except Refused as problem:
            raise CommandError(f"Nothing was changed. {problem}") from problem
