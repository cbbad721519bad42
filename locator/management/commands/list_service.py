"""Show a service that is not listed yet: a starter listing whose organization agreed."""

from argparse import ArgumentParser
from typing import Any

from locator import moderation
from locator.management.commands._operator import OperatorCommand
from locator.models import Inclusion, Service
from locator.rules import Actor


class Command(OperatorCommand):
    help = "List a service, one by one, after its organization agreed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--because", default="", help="why its organization belongs here, if nobody said yet")

        parser.add_argument("--although-alike", action="store_true", help="list it although it looks like another")

    def act(self, service: Service, by: Actor, options: dict[str, Any]) -> str:
        if not options["although_alike"]:
            moderation.check_unlike(moderation.current(service.id))
        if options["because"] or not Inclusion.objects.filter(organization=service.organization).exists():
            of = service.organization
            moderation.decide_inclusion(of.id, name=of.name, included=True, reason=options["because"], by=by)
        moderation.apply(service.id, lambda document: document["brolly"].update(status="listed"), by=by)
        return f"{service.name} is listed now: /s/{service.short_id}/"
