"""The clock jumps a day ahead, comes back, and falls an hour behind: nothing breaks, nothing stays open too long.

`python -m tests.faults.clock`, or `make faults`; on a SQLite file of its own, with Python's clock moved.
What the program measures by (deadlines, how far behind a replica is) is the clock that never jumps.
"""

import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import time_machine
from django.conf import settings

from tests.faults.site import environment, fill

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
MOMENTS = {
    "as it is": NOON,
    "a day ahead": NOON + timedelta(days=1),
    "back": NOON + timedelta(minutes=1),
    "an hour behind": NOON - timedelta(hours=1),
    "as it was": NOON + timedelta(minutes=2),
}
READ = [
    "/",
    "/in/manchester-gb/",
    "/now/",
    "/api/v1/services/?near=Manchester",
    "/api/v1/services/?open=now",
    "/healthz",
]


def searched() -> str:
    """Return the sealed address of a search made now."""
    from django.test import Client

    found = Client().post("/find/search/", {"near": "Manchester"})
    return str(found.headers["Location"])


def open_now() -> tuple[set[str], set[str]]:
    """Return which services the API calls open now, and which are by their stored times."""
    from django.test import Client
    from django.utils import timezone

    from locator.models import OpenInterval

    called: set[str] = set()
    page = 1
    while True:
        asked = f"/api/v1/services/?open=now&page_size=100&include_unconfirmed=true&page={page}"
        answer = Client().get(asked).json()
        called |= {row["id"] for row in answer["results"]}
        if not answer["next"]:
            break
        page += 1
    now = timezone.now()
    rows = OpenInterval.objects.filter(start_utc__lte=now, end_utc__gt=now)
    return called, {str(key) for key in rows.values_list("listing__service_id", flat=True)}


def drill() -> list[str]:
    """Go through the moments; return what did not hold."""
    from django.test import Client

    from tests.accounts import a_person, signed_in

    wrong: list[str] = []
    made: dict[str, str] = {}
    with time_machine.travel(NOON):
        signed: list[Any] = [signed_in(a_person("Paula", moderator=True))]
    with time_machine.travel(MOMENTS["a day ahead"]):
        signed.append(signed_in(a_person("Pat", moderator=True)))
    for words, moment in MOMENTS.items():
        with time_machine.travel(moment):
            reader = Client(raise_request_exception=False)
            wrong += [
                f"{words}: {path} {status}" for path in READ if (status := reader.get(path).status_code) != 200
            ]
            answers = {name: reader.get(address).status_code for name, address in made.items()}
            made[words] = searched()
            own = reader.get(made[words]).status_code
            tried = [_sign_in(reader) for _time in range(12)]
            called, are = open_now()
            session = [browser.get("/team/").status_code for browser in signed]
        wrong += [f"{words}: a search of its own {own}"] * (own != 200)
        wrong += [
            f"{words}: a search made when {name}: {got}" for name, got in answers.items() if got not in (200, 410)
        ]
        wrong += [f"{words}: a search made a day ahead opens"] * (answers.get("a day ahead") == 200)
        wrong += [f"{words}: called open and is not: {called - are}"] * bool(called - are)
        wrong += [f"{words}: signing in {tried}"] * bool(set(tried) - {200, 302, 429})
        wrong += [f"{words}: /team/ {session}"] * bool(set(session) - {200, 302})
        wrong += ["a session lasts a day"] * (words == "a day ahead" and session[0] == 200)
        wrong += [f"{words}: a session that begins tomorrow"] * (words != "a day ahead" and session[1] == 200)
        typed = sorted(set(tried))
        sys.stdout.write(
            f"The clock {words}: {len(READ)} pages, a new search {own}, earlier ones {answers or 'none'}, "
            f"{len(called)} called open ({len(called - are)} wrongly), sessions {session}, "
            f"wrong passwords {typed}.\n"
        )
    return wrong


def _sign_in(browser: Any) -> int:
    typed = {"login": "paula@example.org", "password": "not the password at all"}
    return int(browser.post("/team/account/login/", typed).status_code)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'x.sqlite3'}"
        fill(url)
        os.environ |= environment(url)
        django.setup()
        settings.ALLOWED_HOSTS = ["testserver"]
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        with time_machine.travel(NOON):
            from django.core.management import call_command

            call_command("refresh_hours", anew=True, stdout=open(os.devnull, "w"))  # noqa: PTH123, SIM115
        wrong = drill()
    sys.stdout.writelines(f"  {words}\n" for words in wrong)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
