"""Correct a listing: an answer, words, or a number that has to go."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from locator import moderation
from locator.management.commands._operator import OperatorCommand
from locator.models import Basis, Service
from locator.rules import Actor


class Command(OperatorCommand):
    help = (
        "Correct answers and words, or take a number or an address away. New contact data needs a second person."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--answer", action="append", default=[], metavar="QUESTION=yes|no|declined|unknown")
        parser.add_argument("--set", action="append", default=[], metavar="FIELD=WORDS", dest="words")
        parser.add_argument("--remove-contact", action="append", default=[], metavar="NUMBER_OR_ADDRESS")
        parser.add_argument("--hide-address", metavar="AREA", help="show only this area, such as manchester-gb")
        parser.add_argument(
            "--on", type=date.fromisoformat, default=None, help="the day they told you, if not today"
        )

    def act(self, service: Service, by: Actor, options: dict[str, Any]) -> str:
        asked = moderation.Asked(service.organization.name, options["on"] or moderation.today())
        correction = moderation.Correction(
            answers=dict(pair.split("=", 1) for pair in options["answer"] if "=" in pair),
            words=dict(pair.split("=", 1) for pair in options["words"] if "=" in pair),
            removed=options["remove_contact"],
            area=options["hide_address"] or "",
            basis=Basis.ORGANIZATION,
        )
        moderation.correct(service.id, correction, by=by, asked=asked)
        return f"{service.name} is corrected."
