"""Make every listing again from the record, and say how many were wrong."""

from typing import Any

from django.core.management.base import BaseCommand

from locator import publishing


class Command(BaseCommand):
    help = "Project every service again. A healthy directory answers that nothing was wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = publishing.rebuild(lambda done: self.stdout.write(f"{done:,} services"))
        self.stdout.write("Nothing was wrong." if not wrong else f"{wrong:,} were wrong and are right now.")
