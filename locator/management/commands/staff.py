"""Let somebody with an account look things up in the back room, or no more."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Let an account into the back room (ADMIN_PATH), where staff look things up and change nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="of the account")
        parser.add_argument("--no-more", action="store_true", help="from now on they may not")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"There is no account with {options['email']}. Invite them first.")
        user.is_staff = not options["no_more"]
        user.save(update_fields=["is_staff"])
        may = "may not look things up any more" if options["no_more"] else "may look things up in the back room"
        self.stdout.write(f"{user.email} {may}.")
