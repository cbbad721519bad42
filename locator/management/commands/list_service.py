"""Show a service that is not listed yet: a starter listing whose organization agreed."""

from typing import Any

from locator import moderation
from locator.management.commands._operator import OperatorCommand
from locator.models import Service
from locator.rules import Actor


class Command(OperatorCommand):
    help = "List a service, one by one, after its organization agreed."

    def act(self, service: Service, by: Actor, options: dict[str, Any]) -> str:
        moderation.apply(service.id, lambda document: document["brolly"].update(status="listed"), by=by)
        return f"{service.name} is listed now: /s/{service.short_id}/"
