"""How the feeds of Open Referral are asked, and held against the standards' own schemas."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from tests.routes import HSDS, ORUK, whole

LISTS = ["services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms"]
UK_LISTS = [name for name in LISTS if name != "organizations"]
BOTH = [(HSDS, name) for name in LISTS] + [(ORUK, name) for name in UK_LISTS]


def _schemas() -> Path:
    """Return the folder of the standards' schemas: beside the checkout, or beside the one it is a copy of."""
    above = Path(settings.BASE_DIR).parents
    return next((folder for path in above if (folder := path / "shared/hsds/schemas").is_dir()), Path("nowhere"))


SCHEMAS = _schemas()
NO_SCHEMAS = "../shared/hsds is not beside this checkout. The schemas are CC BY-SA: no copy of them is in it."
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=NO_SCHEMAS)


@cache
def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=FormatChecker())


def problems(name: str, document: Any) -> list[str]:
    found = validator(name).iter_errors(document)
    empty = [f"{path} says nothing" for path, value in leaves(document) if value in (None, "", [], {})]
    return [f"{error.json_path}: {error.message[:200]}" for error in found] + empty


def leaves(value: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """Yield every member that holds no other, the empty ones too."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from leaves(member, f"{path}.{key}")
    if not members:
        yield path, value


def things(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from things(member)


def get(path: str, root: str = HSDS, **query: Any) -> Any:
    return Client().get(f"{root}/{path}", query).json()


def pages(path: str, root: str = HSDS, **query: Any) -> list[Any]:
    """Return the contents of every page."""
    first = get(path, root, **query)
    rest = [get(path, root, **query, page=page) for page in range(2, first["total_pages"] + 1)]
    return [document for page in [first, *rest] for document in page["contents"]]


def get_lines(name: str, root: str = HSDS, **query: str) -> list[Any]:
    response = Client().get(f"{root}/{name}", {**query, "format": "ndjson"})
    return [json.loads(line) for line in whole(response).content.decode().splitlines()]
