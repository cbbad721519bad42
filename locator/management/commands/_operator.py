"""What the operator's commands share: which service, and who acts."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError as FieldError
from django.core.management.base import BaseCommand, CommandError
from rest_framework.exceptions import ValidationError

from locator import moderation
from locator.exchange.importing import in_words
from locator.models import Service
from locator.rules import Actor, Refused, Role


def a_day(text: str) -> date:
    """Return the day somebody was asked, or say how to write one; nobody was asked tomorrow."""
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError(f"“{text}” is no day. Write it as 2026-05-03.") from problem
    if day > moderation.today():
        raise ArgumentTypeError(f"{text} has not come yet.")
    return day


class OperatorCommand(BaseCommand):
    """Act on one listing under the operator's own name, which is recorded."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("short_id", help="the eight letters in the listing's address, /s/…/")
        parser.add_argument("--by", required=True, help="your name; it is kept with what you did")

    def handle(self, *args: Any, **options: Any) -> None:
        service = Service.objects.filter(short_id=options["short_id"]).first()
        if service is None:
            raise CommandError(f"There is no service {options['short_id']}.")
        if not options["by"].strip():
            raise CommandError("Say who you are: --by NAME.")
        try:
            done = self.act(service, Actor(options["by"].strip(), Role.OPERATOR), options)
        except ValidationError as problem:
            raise CommandError(f"Nothing was changed. {in_words(problem.detail)}") from problem
        except FieldError as problem:
            raise CommandError(f"Nothing was changed. {' '.join(problem.messages)}") from problem
        except Refused as problem:
            raise CommandError(f"Nothing was changed. {problem}") from problem
        self.stdout.write(done)

    def act(self, service: Service, by: Actor, options: dict[str, Any]) -> str:
        """Do it, and return a sentence that says what was done."""
        raise NotImplementedError
