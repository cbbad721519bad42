"""Invite somebody: the first moderator, or the first manager of an organization. Only here are moderators made."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from locator import membership
from locator.management.commands._named import organization_named
from locator.models import Membership
from locator.rules import Refused


class Command(BaseCommand):
    help = "Invite a moderator, or a manager of an organization; prints the address to pass on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--by", required=True, help="your name: the person who is invited reads it")
        asked = parser.add_mutually_exclusive_group(required=True)
        asked.add_argument("--moderator", action="store_true")
        asked.add_argument("--organization", help="its name, or its id")
        parser.add_argument("--site", default="http://127.0.0.1:8000", help="https://support.example.org")
        parser.add_argument("--mail", action="store_true", help="send it to them, too")

    def handle(self, *_args: Any, **options: Any) -> None:
        organization = None if options["moderator"] else organization_named(options["organization"])
        role = membership.MODERATOR if options["moderator"] else Membership.Role.MANAGER
        try:
            invited = membership.invite(options["email"], role=role, by=options["by"], organization=organization)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        link = options["site"].rstrip("/") + reverse("join", args=[invited.token])
        if options["mail"] and not membership.send(invited, link):
            self.stderr.write("The mail could not be sent; pass the address on yourself.")
        self.stdout.write(f"{link}\nIt works once, for 7 days.")
