"""Take a service out of sight, everywhere, at once."""

from argparse import ArgumentParser
from typing import Any

from locator import moderation
from locator.management.commands._operator import OperatorCommand
from locator.models import Service
from locator.rules import Actor


class Command(OperatorCommand):
    help = "Withdraw a service: it is gone from pages, search, API and files in the same moment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--reason", default="", help="for the record; never shown")

    def act(self, service: Service, by: Actor, options: dict[str, Any]) -> str:
        moderation.withdraw(service.id, by=by, reason=options["reason"])
        return f"{service.name} is withdrawn."
