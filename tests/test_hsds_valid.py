"""All that we have, through both feeds, is valid by the standards' own schemas, by page and by line."""

from typing import Any

import pytest
from django.test import Client

from tests.routes import HSDS, ORUK
from tests.standards import BOTH, UK_LISTS, get, get_lines, needs_schemas, pages, problems, things

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("standards")]


LIST_SCHEMAS = {
    (HSDS, "services"): "hsds-3.2/compiled/service_list",
    (HSDS, "service_at_locations"): "hsds-3.2/compiled/service_at_location_list",
    (HSDS, "organizations"): "hsds-3.2/compiled/organization_list",
    (HSDS, "taxonomies"): "hsds-3.2/strict/taxonomy",
    (HSDS, "taxonomy_terms"): "hsds-3.2/strict/taxonomy_term",
}
WHOLE = {"services": "service", "service_at_locations": "service_at_location", "organizations": "organization"}


@needs_schemas
@pytest.mark.parametrize(("root", "name"), LIST_SCHEMAS)
def test_every_page_of_every_list_is_valid(everything: None, root: str, name: str) -> None:
    found = pages(name, root, per_page=20)
    assert found
    assert [problem for row in found for problem in problems(LIST_SCHEMAS[root, name], row)] == []


@needs_schemas
@pytest.mark.parametrize("name", UK_LISTS)
def test_every_page_of_every_uk_list_is_valid(everything: None, name: str) -> None:
    kind = {"services": "service", "service_at_locations": "service_at_location", "taxonomies": "taxonomy"}
    schema = f"oruk-3.0/validator-V3.0-UK/{kind.get(name, 'taxonomy_term')}_list"
    for page in range(1, get(name, ORUK, per_page=20)["total_pages"] + 1):
        answer = get(name, ORUK, per_page=20, page=page)
        assert answer["contents"]
        assert problems(schema, answer) == []


@needs_schemas
@pytest.mark.parametrize("name", WHOLE)
def test_everything_with_all_that_hangs_on_it_is_valid_and_has_no_other_keys(everything: None, name: str) -> None:
    found = get_lines(name, full="true")
    assert len(found) > 3
    assert [problem for row in found for problem in problems(f"hsds-3.2/strict/{WHOLE[name]}", row)] == []
    assert problems(f"hsds-3.2/compiled/{WHOLE[name]}", found[0]) == []


@needs_schemas
def test_organizations_with_whole_services_are_valid(everything: None) -> None:
    found = pages("organizations", full_service="true", per_page=500)
    assert [problem for row in found for problem in problems("hsds-3.2/compiled/organization", row)] == []


@needs_schemas
@pytest.mark.parametrize(("root", "name"), BOTH)
def test_each_thing_by_its_own_id_is_valid(everything: None, root: str, name: str) -> None:
    kind = WHOLE.get(name) or {"taxonomies": "taxonomy", "taxonomy_terms": "taxonomy_term"}[name]
    schema = f"hsds-3.2/strict/{kind}" if root == HSDS else f"oruk-3.0/validator-V3.0-UK/{kind}"
    for row in pages(name, root, per_page=500)[::4]:
        found = get(f"{name}/{row['id']}", root)
        assert found["id"] == row["id"]
        assert problems(schema, found) == []


@needs_schemas
def test_the_start_of_the_uk_feed_is_valid(client: Client) -> None:
    assert problems("oruk-3.0/validator-V3.0-UK/api_details", client.get(f"{ORUK}/").json()) == []


@pytest.mark.parametrize(("root", "name"), BOTH)
def test_line_by_line_is_all_pages(everything: None, root: str, name: str) -> None:
    assert get_lines(name, root) == pages(name, root, per_page=7)


def test_the_same_bytes_again(everything: None) -> None:
    first, again = (Client().get(f"{HSDS}/services?full=true&per_page=500").content for _time in range(2))
    assert first == again


def test_no_id_stands_for_two_things(everything: None) -> None:
    seen: dict[str, Any] = {}
    for service in get_lines("services", full="true"):
        for thing in things(service):
            if "taxonomy_term" in thing or "number" in thing or "freq" in thing or "location_type" in thing:
                assert seen.setdefault(thing["id"], thing) == thing
