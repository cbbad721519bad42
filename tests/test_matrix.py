"""R21: who reads which field of whose record, on every page there is; the table is in tests/classification.py.

Every text of every row gets a word of its own, for two organizations, each with a listed service and a draft. Then
each kind of person opens every address of the portal and the back room, with the arguments of both. What they saw
is compared with the table: a word seen by somebody it does not name is a leak.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import clear_url_caches

from locator import membership, moderation
from locator.models import (
    ApiKey,
    Approval,
    Change,
    Contact,
    Inclusion,
    Invitation,
    LeftOut,
    LeftOutMark,
    Link,
    Location,
    Membership,
    Organization,
    Phone,
    Report,
    Service,
    ServiceAtLocation,
    Suggestion,
    Translation,
    Upload,
    UploadRow,
)
from locator.portal.steps import STEPS
from locator.rules import Actor, Role
from tests import back_room_urls
from tests.accounts import a_person, signed_in
from tests.classification import FIELDS, PUBLIC, PUBLISHED, REFERENCE, RESTRICTED, SOMETIMES, WHOLE, readers
from tests.conftest import a_document, an_id, publish
from tests.routes import patterns

pytestmark = pytest.mark.django_db
TABLES = list(apps.get_app_config("locator").get_models())
NAMES = ("Alder", "Birch")
COLUMNS = [
    (table, column)
    for table in TABLES
    for column in table._meta.concrete_fields
    if WHOLE.get(table.__name__) not in {REFERENCE, PUBLISHED}
]
# Where a word would be no text: a choice, a code, a number of a telephone, or a thing of its own shape.
SHAPED = {
    "short_id", "text_language", "country", "timezone", "covers", "url", "byday", "code", "currency",
    "holiday_region", "language", "question", "number", "email", "access", "source_revision", "same",
}  # fmt: skip
NEVER_OPENED = {"account_logout"}


@dataclass
class Planted:
    """A word, and where it is: the table's column, whose record, and whether the public may read it."""

    word: str
    where: str
    whose: str
    readers: frozenset[str]
    public: bool = False


@dataclass
class Grove:
    """Two organizations with everything that can be held about one, and the words that were planted in it."""

    planted: list[Planted] = field(default_factory=list)
    arguments: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    people: dict[str, Any] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(100))

    def word(self, where: str, whose: str, *, public: bool = False) -> str:
        table, column = where.split(".")
        allowed = readers(table, column)
        assert allowed is not None, f"Say in tests/classification.py who reads {where}."
        word = f"kanarie{next(self.numbers)}{whose.lower()}"
        self.planted.append(Planted(word, where, whose, allowed, public))
        return word


# The table


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda part: getattr(part, "__name__", str(part)))
def test_r21_somebody_said_who_reads_every_column(table: Any, column: Any) -> None:
    where = f"{table.__name__}.{column.name}"
    known = WHOLE.get(table.__name__, FIELDS.get(table.__name__, {}).get(column.name))
    assert known in {PUBLIC, RESTRICTED, SOMETIMES}, f"Say in tests/classification.py what {where} is."
    assert readers(table.__name__, column.name) is not None, f"Say in tests/classification.py who reads {where}."


# The grove


@pytest.fixture
def grove(settings: Any) -> Iterator[Grove]:
    settings.ADMIN_PATH, settings.ROOT_URLCONF = "back", back_room_urls.__name__
    clear_url_caches()
    found = Grove()
    for name in NAMES:
        _grow(found, name)
    _common(found)
    _people(found)
    ways = [Phone, Link, ServiceAtLocation]  # one each: what a step of the form is about
    found.arguments["which"] = [
        str(row.pk) for way in ways if (row := way._default_manager.order_by("pk").first())
    ]
    yield found
    clear_url_caches()


def _grow(grove: Grove, name: str) -> None:
    """Make one organization with a listed service and a draft, a history, and people; then plant in every row."""
    more = {"organization": name, "phone": "0161 496 0000", "chat": f"https://example.org/{name}"}
    listed = publish(a_document(f"{name} room", description="Tea.", yes=["id_free", "step_free"], **more))
    draft = publish(a_document(f"{name} flat", status="draft", areas=["manchester"], organization=name))
    organization = listed.organization
    _plant_changes(grove, name, listed)
    Contact.objects.create(organization=organization, name="Sam", email="sam@example.org", phone="1")
    Translation.objects.create(service=draft, field="description", language="ro", text="?", status="draft")
    Phone.objects.create(service=draft, number="0161 496 0009", country="GB", type="voice", description="?")
    Report.objects.create(service=listed, kind="closed", day=date(2026, 11, 1))
    upload = Upload.objects.create(organization=organization, author=grove.word("Upload.author", name))
    problems = {"types": grove.word("UploadRow.problems", name)}
    UploadRow.objects.create(
        upload=upload, number=2, kind="wrong", name=grove.word("UploadRow.name", name), problems=problems
    )
    for table, rows, public in _rows(organization, listed, draft):
        _plant(grove, table, rows, name, public=public)
    email = f"{grove.word('Invitation.email', name)}@example.org"
    by = grove.word("Invitation.invited_by", name)
    membership.invite(email, role="editor", by=by, organization=organization)
    colleague = a_person(f"Colleague{name}", of=organization)
    colleague.email = f"{grove.word('Membership.user', name)}@example.org"
    colleague.save()
    made = {"name": grove.word("ApiKey.name", name), "mark": grove.word("ApiKey.mark", name)}
    ApiKey.objects.create(
        organization=organization, prefix=name.upper(), made_by=colleague, expires_on=date(2027, 1, 1), **made
    )
    _note_arguments(grove, organization)


def _plant_changes(grove: Grove, name: str, service: Service) -> None:
    """Make an edit that waits and one that was approved; plant in what they were, are, and who said what."""
    for waits in (False, True):
        before = moderation.current(service.id)
        edit = {**before, "description": grove.word("Change.document", name, public=not waits)}
        notes = grove.word("Service.staff_notes", name)
        change = moderation.propose({**edit, "brolly": {**edit["brolly"], "staff_notes": notes}}, by=_paula(name))
        if not waits:
            moderation.approve(change, by=Actor("Mo", Role.MODERATOR))
            held = (
                {**change.previous, "wait_time": grove.word("Change.previous", name)} if change.previous else None
            )
            Change.objects.filter(id=change.id).update(previous=held, base=held)
    moderated = Change.objects.filter(subject_id=service.id)
    moderated.update(author=grove.word("Change.author", name))
    done = moderated.filter(state="approved")
    done.update(decider=grove.word("Change.decider", name), reason=grove.word("Change.reason", name))
    moderated.filter(state="waiting").update(finds=[["description", grove.word("Change.finds", name), "?"]])
    for approval in Approval.objects.filter(change__in=moderated):
        Approval.objects.filter(pk=approval.pk).update(name=grove.word("Approval.name", name))


def _paula(name: str) -> Actor:
    return Actor("Paula", Role.PARTNER, None, frozenset({an_id("organization", name)}))


def _rows(organization: Organization, listed: Service, draft: Service) -> list[tuple[Any, Any, bool]]:
    """Return rows to plant in: what is listed is public where its columns are, a draft's rows are not."""
    found: list[tuple[Any, Any, bool]] = [
        (Organization, Organization.objects.filter(id=organization.id), True),
        (Contact, Contact.objects.filter(organization=organization), False),
        (Inclusion, Inclusion.objects.filter(organization=organization), False),
        (Location, Location.objects.filter(of_services__service=draft), False),
        (Location, Location.objects.filter(of_services__service=listed), True),
        (Service, Service.objects.filter(id=draft.id), False),
        (Service, Service.objects.filter(id=listed.id), True),
    ]
    for table in (Phone, Link, Translation):
        found += [(table, table._default_manager.filter(service=draft), False)]
        found += [(table, table._default_manager.filter(service=listed), True)]
    return found


def _plant(grove: Grove, table: Any, rows: Any, name: str, *, public: bool) -> None:
    for column in table._meta.concrete_fields:
        if not isinstance(column, (models.CharField, models.TextField)) or column.choices:
            continue
        hidden = table is Location and column.name not in {"name"} and not public
        if column.name in SHAPED or hidden or not rows.exists() or (table is Inclusion and column.name == "label"):
            continue
        kind = WHOLE.get(table.__name__, FIELDS.get(table.__name__, {}).get(column.name))
        if column.name == "confirmed_by" and not rows.filter(confirmed_on__isnull=False).exists():
            continue
        where = f"{table.__name__}.{column.name}"
        rows.update(**{column.name: grove.word(where, name, public=public and kind != RESTRICTED)})


def _note_arguments(grove: Grove, organization: Organization) -> None:
    """Keep everything of it that an address may name."""
    services = Service.objects.filter(organization=organization)
    grove.arguments["slug"] += services.values_list("short_id", flat=True)
    ids = [organization.id, *services.values_list("id", flat=True)]
    ids += Change.objects.filter(subject_id__in=services.values("id")).values_list("id", flat=True)
    ids += Upload.objects.filter(organization=organization).values_list("id", flat=True)
    ids += Invitation.objects.filter(organization=organization).values_list("id", flat=True)
    grove.arguments["uuid"] += [str(row) for row in ids]
    grove.arguments["uuid"] += [
        str(row) for row in ApiKey.objects.filter(organization=organization).values_list("id", flat=True)
    ]
    members = Membership.objects.filter(organization=organization)
    grove.arguments["int"] += [str(key) for row in members for key in (row.pk, row.user_id)]


def _common(grove: Grove) -> None:
    """Plant what is of no organization."""
    words = {name: grove.word(f"Suggestion.{name}", "nobody") for name in ("name", "where", "contact")}
    Suggestion.objects.create(same="?", how="went", first=date(2026, 11, 1), last=date(2026, 11, 1), **words)
    said = {name: grove.word(f"LeftOut.{name}", "nobody") for name in ("reason", "decided_by", "let_back_by")}
    said["let_back_reason"] = grove.word("LeftOut.let_back_reason", "nobody")
    on = {"decided_on": date(2026, 11, 1), "let_back_on": date(2026, 11, 2)}
    entry = LeftOut.objects.create(wish=an_id("wish"), kind="phone", **said, **on)
    LeftOutMark.objects.create(entry=entry, mark=grove.word("LeftOutMark.mark", "nobody"))


def _people(grove: Grove) -> None:
    first = Organization.objects.get(services__name__contains="alder", services__status="listed")
    grove.people = {
        "editor": a_person("Petra", of=first),
        "manager": a_person("Paula", of=first, role="manager"),
        "moderator": a_person("Mo", moderator=True),
        "staff": a_person("Stella"),
    }
    grove.people["staff"].is_staff = True
    grove.people["staff"].save()


# The walk


def addresses(grove: Grove) -> list[str]:
    """Return every address of the portal and the back room with every argument it can have."""
    found = []
    for route in patterns():
        if route.startswith("back/"):
            continue
        if route.startswith("team/") and not route.endswith("logout/"):
            kinds = re.findall(r"<(\w+):(\w+)>", route)
            for values in itertools.product(*(_values(grove, kind, name) for kind, name in kinds)):
                filled = iter(values)
                found.append("/" + re.sub(r"<\w+:\w+>", lambda _found: next(filled), route))  # noqa: B023
    return found + _back(grove)


def _values(grove: Grove, kind: str, name: str) -> list[str]:
    if name == "step":
        return list(STEPS)
    if name == "which":
        return ["ro", "new", *grove.arguments["which"]]
    if name == "page":
        return ["1"]
    return grove.arguments[kind] or ["nothere2"]


def _back(grove: Grove) -> list[str]:
    found = ["/back/"]
    for table in TABLES:
        if WHOLE.get(table.__name__) not in {REFERENCE, PUBLISHED}:
            stem = f"/back/locator/{table._meta.model_name}/"
            found += [stem, *(f"{stem}{row.pk}/change/" for row in table._default_manager.all())]
    return found


def seen_by(browser: Client, grove: Grove) -> set[str]:
    """Return the words that somebody gets to read, walking everywhere."""
    found: set[str] = set()
    for address in addresses(grove):
        answer = browser.get(address)
        assert answer.status_code < 500, address
        found |= set(re.findall(r"kanarie\d+[a-z]+", answer.content.decode()))
    return found


def test_r21_nobody_reads_what_is_not_theirs(grove: Grove) -> None:
    by_word = {planted.word: planted for planted in grove.planted}
    browsers = {role: signed_in(person) for role, person in grove.people.items()}
    for role, browser in {"visitor": Client(), **browsers}.items():
        seen = seen_by(browser, grove)
        leaks = [by_word[word] for word in sorted(seen) if not _may(role, by_word[word])]
        assert not leaks, f"{role} reads {[(leak.where, leak.whose) for leak in leaks]}"
        if role != "visitor":
            assert seen, f"{role} saw nothing at all: the walk went nowhere"


def _may(role: str, planted: Planted) -> bool:
    """Say whether somebody may read a word; the editor and the manager are of the first organization."""
    if planted.public:
        return True
    own = planted.whose == NAMES[0] or role not in {"editor", "manager"}
    return own and role in planted.readers


def test_r21_staff_read_every_word_in_the_back_room(grove: Grove) -> None:
    """So that nothing is planted where no page would show it, and the walk above cannot pass for want of words."""
    seen = seen_by(signed_in(grove.people["staff"]), grove)
    missed = {planted.where for planted in grove.planted if planted.word not in seen}
    assert missed <= {"Membership.user"}, missed  # an account's address: accounts are not in the back room
