"""Each API's OpenAPI document is one, is whole and true: schemathesis asks what it allows and forbids."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.conf import settings as configured
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator, FormatChecker
from schemathesis.checks import CHECKS

from config.wsgi import application
from locator import keys, moderation
from locator.api.open_referral.asking import Parameters
from locator.api.open_referral.describing import OBJECTS, WORDS
from locator.api.proposing import EachKey, EachProposal
from locator.exchange.importing import load
from locator.models import Listing, Service, Status
from locator.rules import Actor, Role
from tests.accounts import a_person
from tests.routes import HSDS, ORUK, patterns
from tests.standards import get_lines
from tests.world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("documents")]
DOCUMENTS = ["/api/schema/?format=json", f"{HSDS}/openapi.json", f"{ORUK}/openapi.json"]
ours, hsds, oruk = (schemathesis.openapi.from_wsgi(path, application) for path in DOCUMENTS)
whole = schemathesis.openapi.from_wsgi(DOCUMENTS[0], application)
whole.config.phases.coverage.enabled = False  # each member of a document in turn: 1,600 requests
# Checks are there once a document was loaded.
LEFT_OUT = {"positive_data_acceptance", "ignored_auth"}  # two places at once are well-formed and refused
# The standards take an empty parameter for none, for which JSON Schema has no word.
LENIENT = {*LEFT_OUT, "negative_data_rejection"}
SOUND = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]
SOUND_BUT_FOR_NOTHING = [check for check in CHECKS.get_all() if check.__name__ not in LENIENT]
turns = count()
PROPOSED = "/api/v1/changes/proposed/"
FEW = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def test_more_is_looked_at_than_faults() -> None:
    kept = {"response_schema_conformance", "status_code_conformance", "content_type_conformance"}
    assert kept < {check.__name__ for check in SOUND_BUT_FOR_NOTHING}
    assert "negative_data_rejection" in {check.__name__ for check in SOUND}


def document(path: str) -> Any:
    return Client().get(path, headers={"accept": "application/vnd.oai.openapi+json"}).json()


@pytest.mark.parametrize("path", DOCUMENTS)
def test_it_is_an_openapi_document(path: str) -> None:
    validate_schema(document(path))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_part_that_is_named_is_there_and_every_part_is_named(path: str) -> None:
    found = document(path)
    named = set(str(found).split("'#/components/schemas/")[1:])
    assert {each.partition("'")[0] for each in named} == set(found["components"]["schemas"])


def test_every_address_is_in_a_document() -> None:
    """But for the documents themselves, pages about them, files to take away, and what is nowhere."""
    known = {path[1:] for path in document(DOCUMENTS[0])["paths"]}
    for root, path in ((HSDS, DOCUMENTS[1]), (ORUK, DOCUMENTS[2])):
        known |= {f"{root}{each}"[1:] for each in document(path)["paths"]}
    said = {_plain(path) for path in known}
    routes = {_plain(route) for route in patterns() if route.startswith(("api/", "hsds/", "oruk/"))}
    about = {"api/schema", "api/docs", "hsds/3.2/profile", "hsds/3.2/openapi.json", "oruk/3.0/openapi.json"}
    about |= {"api/v1/export/<>"}
    assert {route for route in routes if not route.endswith("<rest>")} - about == said


def _plain(path: str) -> str:
    """Return an address with its arguments as `<>`, whoever wrote it down."""
    path = path.replace("<path:rest>", "<rest>").replace("(?P<key>[^/]+)", "<>")
    return re.sub(r"<\w+:\w+>|\{\w+\}|\^|/?\?\$", lambda found: "<>" if len(found[0]) > 3 else "", path).rstrip(
        "/"
    )


def test_every_parameter_of_the_standards_has_words() -> None:
    assert WORDS.keys() == Parameters.base_fields.keys()


@pytest.mark.parametrize(("root", "path"), [(HSDS, DOCUMENTS[1]), (ORUK, DOCUMENTS[2])])
def test_the_start_leads_to_it(root: str, path: str) -> None:
    start = Client().get(f"{root}/").json()
    assert start["openapi_url"] == f"http://testserver{path}"
    assert document(path)["servers"] == [{"url": f"http://testserver{root}"}]


# Asked with real ids, over invented listings and a world with everything that is hidden


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, list[str]]]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        files = [configured.BASE_DIR / "fixtures" / "demo" / f"{city}.json" for city in ("leeds", "bangkok")]
        load(files, by=Actor("Olu", Role.OPERATOR), status=Status.LISTED)
        room = world.listed["Lantern room"]
        person = a_person("Paula", of=room.organization, role="manager")
        places = Listing.objects.order_by("id").values_list("id", "service_id")[:20]
        yield {
            "services": [str(service) for _place, service in places] + [str(room.id)],
            "service_at_locations": [str(place) for place, _service in places],
            "organizations": [str(room.organization_id)],
            "key": [keys.make(room.organization, "Test", account=person.pk, days=90).key],
            "change": [_proposed(room, person)],
        }
        transaction.set_rollback(True)


def _proposed(service: Service, person: Any) -> str:
    by = Actor("Paula", Role.PARTNER, person.pk, frozenset({str(service.organization_id)}))
    document = moderation.current(service.id) | {"wait_time": "None"}
    return str(moderation.propose(document, by=by).id)


@pytest.mark.parametrize(("root", "path"), [(HSDS, DOCUMENTS[1]), (ORUK, DOCUMENTS[2])])
@pytest.mark.parametrize("name", OBJECTS)
def test_every_member_of_everything_is_in_it(demo: dict[str, list[str]], root: str, path: str, name: str) -> None:
    described = document(path)
    if f"/{name}" in described["paths"]:
        component = {"$ref": f"#/components/schemas/{OBJECTS[name]}", "components": described["components"]}
        wrong = Draft202012Validator(component, format_checker=FormatChecker())
        ids = [row["id"] for row in get_lines(name, root)]
        found = [*get_lines(name, root), *(Client().get(f"{root}/{name}/{key}").json() for key in ids[:12])]
        assert found
        assert [error.message for row in found for error in wrong.iter_errors(row)] == []


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """Keep the test's transaction open between requests, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def as_often_as_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in (EachKey, EachProposal):
        monkeypatch.setattr(kind, "rate", "100000/min")


def with_real_ids(case: Any, known: dict[str, list[str]]) -> Any:
    """Put an id that there is into every second request that names one, and a key into every one that needs it."""
    for name in case.path_parameters or {}:
        ids = known.get("change" if name == "change_id" else case.path.strip("/").split("/")[-2], [])
        ids = ids or known.get(case.path.strip("/").split("/")[0], [])
        if ids and next(turns) % 2:
            case.path_parameters[name] = ids[next(turns) % len(ids)]
    if case.operation.definition.raw.get("security"):
        case.headers["Authorization"] = f"Bearer {known['key'][0]}"
    return case


@ours.exclude(path=PROPOSED).parametrize()
@FEW
def test_our_document_tells_the_truth(case: Any, demo: dict[str, list[str]], kept_connection: None) -> None:
    with_real_ids(case, demo).call_and_validate(checks=SOUND)


@whole.include(path=PROPOSED).parametrize()
@FEW
def test_what_it_says_of_proposing_is_true(case: Any, demo: dict[str, list[str]], kept_connection: None) -> None:
    with_real_ids(case, demo).call_and_validate(checks=SOUND)


@hsds.parametrize()
@FEW
def test_the_document_of_hsds_tells_the_truth(case: Any, demo: Any, kept_connection: None) -> None:
    with_real_ids(case, demo).call_and_validate(checks=SOUND_BUT_FOR_NOTHING)


@oruk.parametrize()
@FEW
def test_the_document_of_the_uk_tells_the_truth(case: Any, demo: Any, kept_connection: None) -> None:
    with_real_ids(case, demo).call_and_validate(checks=SOUND_BUT_FOR_NOTHING)
