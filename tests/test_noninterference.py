"""R19: two directories that differ only in what the public may not see answer alike, to the byte.

Hypothesis draws what differs: a restricted column of any row, a draft, a waiting or decided change, an
unconfirmed number, a declined answer, where an area-only service keeps its notes about the place. Then every
route answers again: status, headers in order, body and the number of queries have to be the same.
"""

import os
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from locator import moderation, publishing
from locator.hsds.reading import service_document
from locator.models import (
    Change,
    Contact,
    Fact,
    Link,
    Location,
    Membership,
    Moved,
    Organization,
    Phone,
    Service,
    Translation,
)
from locator.publishing import view
from locator.rules import Actor, Role
from tests.classification import FIELDS, RESTRICTED, WHOLE
from tests.conftest import a_document, publish
from tests.routes import Ask, cases, patterns, public_cases, visible
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
GROUPS = 10
PAIRS = settings(
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)
PAULA = Actor("Paula", Role.PARTNER)
MO = Actor("Mo", Role.MODERATOR)
words = st.text(st.characters(codec="utf-8", categories=["L", "N", "Zs"]), min_size=1, max_size=20)
Mutate = Callable[[Any], None]
NOWHERE = {
    "api/<path:rest>",
    "api/v1/own/services/",  # what needs a key: test_keys
    "api/v1/own/services/<str:key>/",
    "api/v1/changes/proposed/",
    "api/v1/changes/proposed/<uuid:change_id>/",
    "hsds/3.2/<path:rest>",
    "oruk/3.0/<path:rest>",
    "team/join/<str:token>/",
    "team/still/<str:token>/",
    "(none)",
}


def test_every_column_is_classified() -> None:
    for model in apps.get_app_config("locator").get_models(include_auto_created=False):
        name = model.__name__
        if name not in WHOLE:
            missing = {f.name for f in model._meta.concrete_fields} - FIELDS.get(name, {}).keys()
            assert not missing, f"Say in tests/classification.py what {name}.{sorted(missing)} is."


def test_every_route_has_a_case() -> None:
    with transaction.atomic():
        missing = set(patterns()) - {route for route, asked in cases(make_world()).items() if asked}
    assert not missing, f"Say in tests/routes.py how to ask {sorted(missing)}."


def test_every_route_works(world: World) -> None:
    """A route that answered every request with an error would give nothing away, and nothing else."""
    client = Client()
    for route, requests in cases(world).items():
        if route not in NOWHERE:
            assert any(ask.send(client).status_code < 400 for ask in requests), f"{route} only fails"


def a_value(column: "models.Field[Any, Any]", draw: Callable[..., Any]) -> Any:
    """Draw another value for a restricted column, by its kind."""
    if column.choices:
        return draw(st.sampled_from([value for value, _label in column.flatchoices]))
    if isinstance(column, (models.CharField, models.TextField)):
        return draw(words)[: column.max_length]
    if isinstance(column, models.BooleanField):
        return draw(st.booleans())
    if isinstance(column, models.IntegerField):
        return draw(st.integers(2, 1000))
    if isinstance(column, models.DateTimeField):
        return timezone.now()
    if isinstance(column, models.DateField):
        return draw(st.dates(date(2020, 1, 1), date(2026, 1, 1)))
    raise AssertionError(f"No values for {column}: teach a_value its kind.")


def restricted_columns() -> list[tuple[type[models.Model], str]]:
    """Return every column the public may not learn of, from the classification; keys stay as they are."""
    return [
        (model, column.name)
        for model in apps.get_app_config("locator").get_models()
        for column in model._meta.concrete_fields
        if FIELDS.get(model.__name__, {}).get(column.name) == RESTRICTED and not column.primary_key
    ]


def change_a_column(draw: Any) -> None:
    model, name = draw(st.sampled_from(restricted_columns()))
    rows = model._default_manager.all()
    if model is Location and name == "external_identifier":
        rows = rows.filter(address_visibility="public")
    if name == "confirmed_by":
        rows = rows.filter(confirmed_on__isnull=False)
    rows.update(**{name: a_value(model._meta.get_field(name), draw)})


def add_a_hidden_service(draw: Any) -> None:
    status = draw(st.sampled_from(["draft", "unlisted", "withdrawn"]))
    parts: dict[str, Any] = {"yes": ["id_free", "free"], "phone": "0161 496 0009", "description": draw(words)}
    publish(a_document(f"Hidden {draw(words)}", status=status, areas=["manchester"], **parts))


def edit_a_hidden_service(draw: Any) -> None:
    Service.objects.exclude(status="listed").update(
        name=draw(words), description=draw(words), wait_time=draw(words)
    )


def unite_what_nobody_saw(draw: Any) -> None:
    """A draft that turns out to be a listed service, and a listed one's twin that turns out to be a hidden one."""
    parts: dict[str, Any] = {"status": "draft", "areas": ["manchester"], "description": draw(words)}
    draft = publish(a_document(f"Twin {draw(words)}", **parts))
    listed = draw(st.sampled_from(list(Service.objects.filter(status="listed").order_by("name"))))
    moderation.unite(draft.id, listed.id, by=MO, reason=draw(words))
    hidden, moved = (Service.objects.filter(status=status).order_by("id")[0] for status in ("draft", "unlisted"))
    Moved.objects.create(service=moved, to=hidden, was_public=True, before="listed")


def propose_a_change(draw: Any) -> None:
    service = draw(st.sampled_from(list(Service.objects.order_by("name"))))
    document = service_document(service)
    document["description"] = f"Proposed {draw(words)}"
    change = moderation.propose(document, by=PAULA)
    if draw(st.booleans()):
        moderation.reject(change, by=MO, reason=draw(words))


def propose_an_address(draw: Any) -> None:
    """Where an area-only service really is: known to a partner, waiting for nobody to publish it."""
    document = service_document(Service.objects.get(name="Quiet flat"))
    location = document["service_at_locations"][0]["location"]
    address = {"address_1": f"{draw(words)} Street", "country": "GB", "address_type": "physical"}
    location |= {"latitude": draw(st.floats(53, 54)), "longitude": draw(st.floats(-3, -2)), "addresses": [address]}
    document["brolly"]["locations"][0] = {"id": location["id"], "address_visibility": "public"}
    moderation.propose(document, by=PAULA)


def name_an_area_only_place(draw: Any) -> None:
    """And whose clock it goes by: the public is shown that of its area."""
    zone = draw(st.sampled_from(["Europe/London", "Asia/Bishkek", "America/New_York"]))
    Location.objects.filter(address_visibility="area").update(name=draw(words), country="GB", timezone=zone)


def change_an_unconfirmed_number(draw: Any) -> None:
    digits = draw(st.integers(0, 999))
    Phone.objects.filter(confirmed_on=None).update(
        number=f"0161 496 0{digits:03d}", description=draw(words), type=draw(st.sampled_from(["voice", "text"]))
    )


def change_an_unconfirmed_link(draw: Any) -> None:
    service = Service.objects.get(name="Quiet flat")  # it has an unconfirmed number already
    Link.objects.create(service=service, kind="chat", label=draw(words), url=f"https://example.org/{uuid4()}")


def decline_an_answer(draw: Any) -> None:
    service = Service.objects.get(name="Berlin room")
    fact = {"answer": "declined", "basis": draw(st.sampled_from(["organization", "moderator", "source"]))}
    question = draw(st.sampled_from(["id_free", "free", "anonymous", "peer_led"]))
    said = {"stated_by": draw(words), "stated_on": draw(st.dates()), "limits": draw(words)}
    Fact.objects.create(service=service, question=question, **fact, **said)


def withdraw_a_refusal_to_say(_draw: Any) -> None:
    Fact.objects.filter(answer="declined").delete()


def hear_that_it_is_peer_led(draw: Any) -> None:
    """Only they may say that sex workers run it; what others say must change nothing."""
    service = Service.objects.get(name="Night line")
    said = {"stated_by": draw(words), "stated_on": date(2026, 1, 1)}
    basis = draw(st.sampled_from(["source", "moderator"]))
    Fact.objects.create(service=service, question="peer_led", answer="yes", basis=basis, **said)


def add_a_person(draw: Any) -> None:
    organization = Organization.objects.order_by("name")[0]
    Contact.objects.create(organization=organization, name=draw(words), email="someone@example.org")
    user = get_user_model().objects.create(username=str(uuid4()), first_name=draw(words))
    Membership.objects.create(user=user, organization=organization, role="manager")


def draft_a_translation(draw: Any) -> None:
    service = Service.objects.get(name="Lantern room")
    row = {"field": "description", "language": draw(st.sampled_from(["ro", "th"])), "text": draw(words)}
    Translation.objects.create(service=service, status="draft", **row)


def know_an_organization_without_services(draw: Any) -> None:
    Organization.objects.create(name=draw(words), description=draw(words))


def forget_what_was_decided(_draw: Any) -> None:
    Change.objects.all().delete()


MUTATIONS: list[Mutate] = [
    change_a_column,
    add_a_hidden_service,
    edit_a_hidden_service,
    unite_what_nobody_saw,
    propose_a_change,
    propose_an_address,
    name_an_area_only_place,
    change_an_unconfirmed_number,
    change_an_unconfirmed_link,
    decline_an_answer,
    withdraw_a_refusal_to_say,
    hear_that_it_is_peer_led,
    add_a_person,
    draft_a_translation,
    know_an_organization_without_services,
    forget_what_was_decided,
]


@pytest.fixture
def clock() -> Any:
    with time_machine.travel("2026-05-03T21:00:00Z", tick=False):
        yield


@pytest.fixture
def world(db: None, clock: None) -> World:
    return make_world()


def asked(world: World, group: int | None = None) -> list[Ask]:
    """Return every tenth request of the public ones; or all, the portal's too.

    Signed out, the portal sends everybody to sign in before it reads a row (test_r47_only_the_pages_…): a full
    sweep over it is enough, a thousand pairs would say the same thing a thousand times. So it is for the PDF:
    it takes a second to set, and is made of what `/card/` answers with.
    """
    routes = cases(world) if group is None else {**public_cases(world), "card/pdf/": []}
    everything = [ask for route in routes.values() for ask in route]
    return everything if group is None else everything[group::GROUPS]


def answers(requests: list[Ask]) -> list[tuple[str, Any, int]]:
    client, queries = Client(raise_request_exception=False), QueryCount()
    cache.clear()  # of how often somebody has tried to sign in
    found = []
    for ask in requests:
        queries.count = 0
        with connection.execute_wrapper(queries):
            response = ask.send(client)
        found.append((str(ask), visible(response), queries.count))
    return found


class QueryCount:
    """Count queries without keeping them: a thousand pairs would fill Django's own log."""

    count = 0

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.count += 1
        return execute(*args)


def project_everything() -> None:
    publishing.project(Service.objects.values_list("id", flat=True))
    publishing.feed.number()


def compare(before: list[Any], after: list[Any]) -> None:
    for (ask, seen, queries), (_ask, seen_now, queries_now) in zip(before, after, strict=True):
        assert seen_now == seen, f"{ask} gives away something restricted"
        assert queries_now == queries, f"{ask} takes another number of queries"


# A thousand pairs.
@pytest.mark.parametrize("group", range(GROUPS))
def test_r19_the_public_learns_nothing_restricted(world: World, group: int) -> None:
    requests = asked(world, group)
    before = answers(requests)

    @settings(PAIRS, max_examples=int(os.environ.get("PAIRS", "100")))
    @given(st.data(), st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=3, unique=True))
    def pairs(data: Any, mutations: list[Mutate]) -> None:
        with transaction.atomic():
            for mutate in mutations:
                mutate(data.draw)
            project_everything()
            compare(before, answers(requests))
            transaction.set_rollback(True)

    pairs()


@settings(PAIRS, max_examples=3)
@given(data=st.data())
def test_r19_one_full_sweep(world: World, data: Any) -> None:
    requests = asked(world)
    with transaction.atomic():
        before = answers(requests)
        for mutate in MUTATIONS:
            mutate(data.draw)
        project_everything()
        compare(before, answers(requests))
        transaction.set_rollback(True)


LEAKS: dict[str, Callable[[Any, dict[str, Any]], dict[str, Any]]] = {
    "staff notes in the text": lambda service, shown: shown | {"description": service.staff_notes},
    "the revision": lambda service, shown: shown | {"places": service.revision},
    "unconfirmed numbers": lambda service, shown: (
        shown | {"source": str([p.number for p in service.phones.all()])}
    ),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_the_harness_sees_a_planted_leak(world: World, monkeypatch: pytest.MonkeyPatch, leak: str) -> None:
    honest = view.of_service
    monkeypatch.setattr(view, "of_service", lambda service, places: LEAKS[leak](service, honest(service, places)))
    project_everything()
    before = answers(asked(world, 1))
    Service.objects.update(staff_notes="Something else", revision=77)
    Phone.objects.filter(confirmed_on=None).update(number="0161 496 0777")
    project_everything()
    with pytest.raises(AssertionError, match="gives away"):
        compare(before, answers(asked(world, 1)))
