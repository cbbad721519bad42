"""The takeover drill (`make drill`): a stolen session does its worst, and one act undoes it (SAFETY R51, R52).

Everything goes through the pages, as a thief's browser would. The organization is one that is trusted: its words
take effect without a second person, so there is something to undo.
"""

import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core import mail
from django.test import Client

OLD, SWAPPED, OWN = "0161 496 0000", "0161 496 0666", "0161 496 0667"
WORDS, THEIRS = "Tea and a chair.", "Call us only on the new number."
LATER = "Our friend says so too."
PUBLIC = (
    "/s/{short_id}/", "/api/v1/services/", "/api/v1/services/{short_id}/", "/api/v1/services/?format=csv",
    "/api/v1/services/?format=geojson",
)  # fmt: skip


@dataclass
class Drill:
    """What was taken over, and what was seen on the way: each step with the seconds it took."""

    short_id: str = ""
    organization: str = ""
    seen: set[str] = field(default_factory=set)  # numbers of the thief's that the public got to see
    steps: list[tuple[str, float]] = field(default_factory=list)

    def step(self, words: str, act: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        found = act()
        self.steps.append((words, time.perf_counter() - began))
        self.look()
        return found

    def look(self) -> None:
        """Look at everything the public can get, and note the thief's numbers in it."""
        for path in PUBLIC:
            page = shown(path.format(short_id=self.short_id))
            assert OLD in page, path  # or there would be nothing to see there
            self.seen |= {number for number in (SWAPPED, OWN) if number in page}

    def page(self) -> str:
        return shown(f"/s/{self.short_id}/")


def shown(path: str) -> str:
    return Client().get(path).content.decode()


def run() -> Drill:
    """Take an account over and give it back; raises AssertionError where a page does not do what it should."""
    from locator.models import Contact, Organization, Service
    from tests.accounts import a_person, signed_in
    from tests.conftest import a_document, publish

    service: Service = publish(a_document("Tuesday room", phone=OLD, description=WORDS))
    Organization.objects.update(trusted=True)
    Contact.objects.create(organization=service.organization, name="Sam", email="sam@example.org")
    paula, mo = a_person("Paula", of=service.organization, role="manager"), a_person("Mo", moderator=True)
    thief, moderator = signed_in(paula), signed_in(mo)
    drill = Drill(service.short_id, str(service.organization_id))
    mail.outbox.clear()
    edit = f"/team/s/{drill.short_id}/edit"
    number = str(service.phones.get().id)
    drill.step("The thief swaps the number", lambda: save(thief, f"{edit}/contact/{number}/", value=SWAPPED))
    own = {"kind": "voice", "value": OWN, "country": "GB"}
    drill.step("The thief adds a number of their own", lambda: save(thief, f"{edit}/contact/new/", **own))
    drill.step("The thief changes the words", lambda: save(thief, f"{edit}/words/", description=THEIRS))
    assert THEIRS in drill.page()
    key = drill.step("The thief makes a key for a program", lambda: make_key(thief, drill.organization))
    drill.step("The program proposes words of its own", lambda: propose(key, str(service.id)))
    friend = drill.step("The thief lets a friend in", lambda: let_in(thief, drill.organization))
    drill.step("The friend changes the words again", lambda: save(friend, f"{edit}/words/", wait_time=LATER))
    assert LATER in drill.page()
    drill.step("A moderator undoes it all", lambda: undo(moderator, paula.pk))
    assert_whole(drill, thief, friend)
    assert read(key, str(service.id)).status_code == 401
    return drill


def save(browser: Client, address: str, **typed: str) -> None:
    """Open a form, change some of it, and send it, as a browser would."""
    opened = browser.get(address).context
    form = {name: opened["form"][name].value() for name in opened["form"].fields}
    kept = {name: value for name, value in form.items() if value not in (None, False, "")}
    done = browser.post(address, {**kept, "seen": opened["seen"], **typed})
    assert done.status_code == 302, done.content.decode()


def let_in(thief: Client, organization: str) -> Client:
    """Invite somebody, take the link out of the mail, and set up the second step; return their browser."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.contrib.auth import get_user_model

    from tests.accounts import PASSWORD, signed_in

    form = {"organization": organization, "email": "sid@example.org", "role": "editor"}
    assert thief.post("/team/people/", form).status_code == 200
    (link,) = re.findall(r"/team/join/\S+", str(mail.outbox[-1].body))
    assert Client().post(link, {"name": "Sid", "password": PASSWORD}).status_code == 302
    sid = get_user_model().objects.get(email="sid@example.org")
    TOTP.activate(sid, generate_totp_secret())
    return signed_in(sid)


def make_key(thief: Client, organization: str) -> str:
    """Make a key, and return it as the page shows it."""
    form = {"organization": organization, "name": "Ours", "days": "365"}
    page = thief.post("/team/keys/", form).content.decode()
    return str(re.findall(r"brolly_[0-9A-Za-z]{46}", page)[0])


def read(key: str, service_id: str) -> Any:
    headers = {"authorization": f"Bearer {key}"}
    return Client().get(f"/api/v1/own/services/{service_id}/", headers=headers)


def propose(key: str, service_id: str) -> None:
    headers = {"authorization": f"Bearer {key}", "if-match": read(key, service_id).headers["ETag"]}
    body = json.dumps({"id": service_id, "fees_description": THEIRS})
    kind = "application/merge-patch+json"
    assert Client().post("/api/v1/changes/proposed/", body, kind, headers=headers).status_code == 201


def undo(moderator: Client, account: int) -> None:
    """The one act: everything since the day began, and the account is closed."""
    from django.utils import timezone

    form = {"undo": "1", "since": f"{timezone.localdate().isoformat()}T00:00", "close": "1"}
    assert moderator.post(f"/team/queue/person/{account}/", form).status_code == 302


def assert_whole(drill: Drill, thief: Client, friend: Client) -> None:
    """Raise AssertionError unless everything is as it was, and both are out."""
    from locator.models import Change, Membership

    assert OLD in drill.page()
    assert WORDS in drill.page()
    assert THEIRS not in drill.page()
    assert LATER not in drill.page()
    assert not Change.objects.filter(state=Change.State.WAITING).exists()
    assert not Membership.objects.filter(user__email="sid@example.org").exists()
    assert thief.get("/team/").headers["Location"].startswith("/team/account/login/")
    assert friend.get(f"/team/s/{drill.short_id}/").status_code == 404


def told() -> list[str]:
    """Return the subjects of the mails that the organization's contact got."""
    return [str(message.subject) for message in mail.outbox if message.to == ["sam@example.org"]]


def main() -> None:
    """Run the drill on a database of its own, and print each step with the seconds it took."""
    database = Path(__file__).resolve().parents[1] / ".build" / "drill.sqlite3"
    database.parent.mkdir(exist_ok=True)
    for leftover in database.parent.glob(f"{database.name}*"):
        leftover.unlink()
    os.environ |= {"DATABASE_URL": f"sqlite:///{database}", "PRODUCTION": "False"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
    call_command("migrate", verbosity=0)
    drill = run()
    for words, seconds in drill.steps:
        print(f"{seconds:6.2f} s  {words}")  # noqa: T201
    assert drill.seen == set()
    print(f"The public never saw the thief's numbers. The organization got {len(told())} mails.")  # noqa: T201


if __name__ == "__main__":
    main()
