"""What there is to ask for: each endpoint once, with what it takes, what it finds and how that is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from locator.api.open_referral.asking import Asked, narrowing
from locator.exchange.open_referral import services as written
from locator.exchange.open_referral.terms import TAXONOMIES, made, taxonomy_object, term_object, terms
from locator.search import standard
from locator.search.standard import Keys, Published

Document = dict[str, Any]
PAGING = {"search", "page", "per_page", "format"}
TERMED = {"taxonomy_term_id", "taxonomy_id"}
TIMED = {"minimum_age", "maximum_age", "start_time", "end_time", "day"}
NEAR = {"postcode", "proximity"}


@dataclass(frozen=True)
class Form:
    """How much of each thing to write."""

    full: bool = False
    minimal: bool = False
    full_service: bool = False
    uk: bool = False


@dataclass(frozen=True)
class Endpoint:
    """A kind of thing: which parameters narrow it, the keys that match, and what stands for some keys."""

    takes: frozenset[str]
    takes_uk: frozenset[str]
    find: Callable[[Asked], Keys | list[str]]
    write: Callable[[Sequence[Any], Form], list[Document]]
    one: Callable[[UUID, Form], list[Document]]


def _services(keys: Sequence[UUID], form: Form) -> list[Document]:
    if form.minimal:
        return [{"id": str(key), "last_modified": written.moment(at)} for key, at in standard.modified(keys)]
    write = written.service if form.full else written.basic_service
    return [write(rows, uk=form.uk) for rows in standard.of_services(keys)]


def _places(keys: Sequence[UUID], form: Form) -> list[Document]:
    write = written.whole_place if form.full else written.basic_place
    return [write(row, uk=form.uk) for row in standard.of_places(keys)]


def _organizations(keys: Sequence[UUID], form: Form) -> list[Document]:
    return [_organization(rows, form) for rows in standard.of_organizations(keys)]


def _one_organization(key: UUID, form: Form) -> list[Document]:
    """Return it with the services that lists show; without any, when nobody confirmed one for a year."""
    found = _organizations([key], form)
    old = [] if found else standard.of_organizations([key], also_old=True)
    return found or [written.organization(rows[0].shown) for rows in old]


def _organization(rows: list[Published], form: Form) -> Document:
    found = written.organization(rows[0].shown)
    if not form.full and not form.full_service:
        return found
    by_service = [list(own) for _key, own in groupby(sorted(rows, key=_of_service), key=_of_service)]
    write = written.service if form.full_service else _named
    return found | {"services": [write(own) for own in by_service]}


def _of_service(row: Published) -> str:
    return str(row.shown["id"])


def _named(rows: list[Published]) -> Document:
    return {name: rows[0].shown[name] for name in ("id", "name", "status")}


def _known(of: Callable[[], dict[str, Document]]) -> dict[str, Any]:
    """Return how to find and write what is in a table of ours."""

    def find(asked: Asked) -> list[str]:
        words = asked["search"].casefold().split()
        return [
            key
            for key, document in of().items()
            if all(word in f"{document['name']} {document['description']}".casefold() for word in words)
            and asked["taxonomy_id"].lower() in {"", document.get("taxonomy_id")}
            and not asked["parent_id"]  # our terms have no parents
        ]

    return {
        "find": find,
        "write": lambda keys, _form: [of()[key] for key in keys],
        "one": lambda key, _form: [of()[str(key)]] if str(key) in of() else [],
    }


def _of_taxonomies() -> dict[str, Document]:
    return {made("taxonomy", key): taxonomy_object(key) for key in TAXONOMIES}


def _of_terms() -> dict[str, Document]:
    return {key: term_object(term) for key, term in terms().items()}


ENDPOINTS: dict[str, Endpoint] = {
    "services": Endpoint(
        frozenset(PAGING | TERMED | {"organization_id", "modified_after", "full", "minimal"}),
        frozenset(PAGING | TERMED | TIMED),
        lambda asked: standard.services(narrowing(asked)),
        _services,
        lambda key, form: _services([key], form),
    ),
    "service_at_locations": Endpoint(
        frozenset(PAGING | TERMED | NEAR | {"organization_id", "modified_after", "full"}),
        frozenset(PAGING | TERMED | TIMED | NEAR),
        lambda asked: standard.places(narrowing(asked)),
        _places,
        lambda key, form: _places([key], form),
    ),
    "organizations": Endpoint(
        frozenset(PAGING | TERMED | {"full", "full_service"}),
        frozenset(),
        lambda asked: standard.organizations(narrowing(asked)),
        _organizations,
        _one_organization,
    ),
    "taxonomies": Endpoint(frozenset(PAGING), frozenset(PAGING), **_known(_of_taxonomies)),
    "taxonomy_terms": Endpoint(
        frozenset(PAGING | {"taxonomy_id", "parent_id", "top_only"}),
        frozenset(PAGING),
        **_known(_of_terms),
    ),
}
UK = [name for name, endpoint in ENDPOINTS.items() if endpoint.takes_uk]
