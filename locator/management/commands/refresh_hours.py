"""Carry opening times on to 28 days from now, and forget what is too old. Run it every night."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from locator.exchange import forgetting
from locator.publishing import times


class Command(BaseCommand):
    help = "Carry opening times on to 28 days from now, every night. It may be stopped and begun again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anew", action="store_true", help="make all of them again, after an upgrade")

    def handle(self, *args: Any, **options: Any) -> None:
        def progress(done: int) -> None:
            if options["verbosity"] > 1:
                self.stdout.write(f"{done:,} listings so far")

        forgetting.forget()
        done = times.refresh(progress, anew=options["anew"])
        known, _due = times.stored_and_due()
        self.stdout.write(f"{done:,} listings carried on. We know the hours of {known:,}.")
