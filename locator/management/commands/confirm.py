"""Record that you asked an organization and its listing is right."""

from argparse import ArgumentParser
from typing import Any

from locator import moderation
from locator.management.commands._operator import OperatorCommand, a_day
from locator.models import Service
from locator.rules import Actor


class Command(OperatorCommand):
    help = "Record that you asked the organization, today, and were told that the listing is right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--on", type=a_day, default=None, help="the day you asked, if not today")
        parser.add_argument(
            "--contact",
            action="append",
            default=[],
            help="a number or address of the record that you tried: it is shown from now on",
        )

    def act(self, service: Service, by: Actor, options: dict[str, Any]) -> str:
        asked = moderation.Asked(service.organization.name, options["on"] or moderation.today())
        moderation.confirm(service.id, by=by, asked=asked, contacts=options["contact"])
        return f"{service.name}: checked on {asked.on:%-d %B %Y} by {asked.assurer}."
