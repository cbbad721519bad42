"""Give an emergency notice, list those that are shown, or take one back."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from locator.management.commands._written import a_moment
from locator.moderation import notices
from locator.rules import Actor, Refused, Role


class Command(BaseCommand):
    help = "List the emergency notices; --words gives one, --take-back ends one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--words", help="what people have to know, in plain words")
        parser.add_argument("--kind", choices=notices.NoticeKind.values, default="warning")
        parser.add_argument("--where", help="an area (manchester-gb) or a country (GB)")
        parser.add_argument("--until", type=a_moment, help="when it ends: 2026-12-01T08:00, UTC")
        parser.add_argument("--language", default="en", help="of the words")
        parser.add_argument("--by", default="", help="your name; it is kept and not shown")
        parser.add_argument("--take-back", metavar="ID")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["take_back"]:
            self._take_back(options["take_back"])
        elif options["words"]:
            self._give(options)
        else:
            for row in (shown := notices.notices_given()):
                where = row.area.slug if row.area else row.country
                self.stdout.write(f"{row.id}  {where}  until {row.ends:%Y-%m-%d %H:%M} UTC  {row.words}")
            self.stdout.write(f"{len(shown)} notices are shown." if shown else "No notice is shown.")

    def _give(self, options: dict[str, Any]) -> None:
        if not (options["where"] and options["until"] and options["by"].strip()):
            raise CommandError("A notice needs --where, --until and --by.")
        try:
            given = notices.give_notice(
                notices.NoticeKind(options["kind"]),
                options["words"],
                where=options["where"],
                ends=options["until"],
                by=Actor(options["by"].strip(), Role.OPERATOR),
                language=options["language"],
            )
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Shown until {given.ends:%Y-%m-%d %H:%M} UTC. To end it: --take-back {given.id}")

    def _take_back(self, notice_id: str) -> None:
        try:
            found = notices.take_back_notice(notice_id)
        except ValidationError as problem:
            raise CommandError(f"“{notice_id}” is no notice's number.") from problem
        if not found:
            raise CommandError("There is no such notice, or it was taken back already.")
        self.stdout.write("It is shown no more.")
