"""Ask organizations whether what grows old is still right. Run it every night; a missed night is made up for."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import reverse

from locator import freshness


class Command(BaseCommand):
    help = "Mail the reminders that are due: 21 days before a listing is too old, on that day, and 21 days after."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", required=True, help="https://support.example.org")
        parser.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        def link(token: str) -> str:
            return f"{options['site'].rstrip('/')}{reverse('confirm_by_mail', args=[token])}"

        def progress(line: str) -> None:
            if options["verbosity"] > 1:
                self.stdout.write(line)

        sent = freshness.remind(link, dry_run=options["dry_run"], progress=progress)
        would = "would be sent" if options["dry_run"] else "sent"
        self.stdout.write(f"{sent.mails:,} mails {would}, about {sent.listings:,} listings.")
        if sent.refused:
            said = "where nobody of an organization got one, the next run tries again"
            self.stdout.write(f"{sent.refused:,} mails were not taken by a server; {said}.")
        if sent.nobody:
            self.stdout.write(f"Nobody to ask about {len(sent.nobody):,}: {' '.join(sent.nobody)}")
