"""Take in a mail that came back: pipe each mail of the mailbox that reminders are sent from through this."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from locator import mailing

MOST = 1024 * 1024  # bytes; a report is small, and what it sends back may not be


class Command(BaseCommand):
    help = "Read a delivery report (RFC 3464) from the standard input, or note addresses that take no mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", nargs="*", help="instead of a report")

    def handle(self, *args: Any, **options: Any) -> None:
        found = options["address"] or mailing.returned(sys.stdin.buffer.read(MOST))
        noted = [address for address in found if mailing.came_back(address)]
        self.stdout.write(f"{len(noted)} addresses take no mail.")
