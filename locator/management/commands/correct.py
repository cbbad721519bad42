"""Correct a listing: an answer, words, or a number that has to go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from locator import moderation
from locator.management.commands._operator import OperatorCommand, a_day
from locator.management.commands._written import a_pair, hours_written, some_dates
from locator.models import Basis, Service
from locator.rules import Actor

ANSWER = "QUESTION=yes|no|declined|unknown"
WORDS = "FIELD=WORDS"
CLOSED = "FIRST..LAST=WHY"


class Command(OperatorCommand):
    help = (
        "Correct answers and words, or take a number or an address away. New contact data needs a second person."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--answer", action="append", default=[], type=a_pair, metavar=ANSWER)
        parser.add_argument("--set", action="append", default=[], type=a_pair, metavar=WORDS, dest="words")
        parser.add_argument("--remove-contact", action="append", default=[], metavar="NUMBER_OR_ADDRESS")
        parser.add_argument("--hide-address", metavar="AREA", help="show only this area, such as manchester-gb")
        parser.add_argument(
            "--hours", help="“Mon-Fri 9am-5pm; Sat 18:00-20:00; bank holidays closed”; all of them"
        )
        parser.add_argument("--closed", action="append", default=[], type=some_dates, metavar=CLOSED)
        parser.add_argument("--of-lines", action="store_true", help="the hours are those of its numbers and chats")
        parser.add_argument("--reopen", action="store_true", help="take every closure away")
        parser.add_argument("--on", type=a_day, default=None, help="the day they told you, if not today")

    def act(self, service: Service, by: Actor, options: dict[str, Any]) -> str:
        asked = moderation.Asked(service.organization.name, options["on"] or moderation.today())
        correction = moderation.Correction(
            answers=dict(options["answer"]),
            words=dict(options["words"]),
            removed=options["remove_contact"],
            area=options["hide_address"] or "",
            hours=hours_written(options),
            basis=Basis.ORGANIZATION,
        )
        said = (correction.answers, correction.words, correction.removed, correction.area, correction.hours)
        if not any(said):
            raise CommandError(
                "Say what to correct: --answer, --set, --hours, --closed, --remove-contact or --hide-address."
            )
        before = moderation.current(service.id)
        moderation.correct(service.id, correction, by=by, asked=asked)
        if moderation.current(service.id) == before:
            return f"Nothing is different now: {service.name} said so already, or has nothing to say it of."
        return f"{service.name} is corrected."
