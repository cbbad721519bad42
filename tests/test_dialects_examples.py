"""The official examples lose nothing that we have a place for, and our own feed is read back as it was."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from locator.exchange.dialects import UnreadableFile, read
from locator.exchange.dialects.remarks import STRUCTURE
from locator.exchange.dialects.streams import items_of
from locator.exchange.dialects.words import cleaned
from locator.exchange.records import Record
from locator.hsds.shape import clean_organization, clean_service
from locator.models.questions import QUESTIONS
from tests.conftest import a_document, an_id, publish
from tests.standards import SCHEMAS, get_lines, leaves

pytestmark = pytest.mark.django_db
EXAMPLES = SCHEMAS.parent / "examples"
NO_EXAMPLES = "../shared/hsds is not beside this checkout. The examples are CC BY-SA: no copy of them is in it."
needs_examples = pytest.mark.skipif(not EXAMPLES.is_dir(), reason=NO_EXAMPLES)
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.suffix == ".json" or path.name == "csv")
FILES = [path for path in FILES if "field-guidance" not in path.parts]  # pictures of one table each
NOT_RECORDS = {
    "base",
    "location",
    "taxonomy",
    "taxonomy_list",
    "taxonomy_term",
    "taxonomy_term_list",
    "datapackage",
}
BESIDE = ("taxonomies", "taxonomy_terms", "meta_table_descriptions")  # of words, not of services


def read_all(path: Path) -> list[Record]:
    records = list(read(path, "Town list"))
    for record in records:
        if record.document is not None:
            (clean_service if record.subject == "service" else clean_organization)(record.document)
    return records


def path_of(found: str) -> str:
    """Return a path as remarks have it: without the numbers of rows and the envelope."""
    steps = [step for step in found.split(".")[1:] if not step.isdigit()]
    return ".".join(steps)


def sources(path: Path) -> list[tuple[str, Any]]:
    """Return every leaf of a file with its path."""
    if path.is_dir():
        from locator.exchange.dialects.envelopes import files_of

        rows = [(item.table, item.row) for file in files_of(path) for item in items_of(file)]
        return [(f"{table}.{path_of(at)}", value) for table, row in rows for at, value in leaves(row)]
    return [(path_of(at), value) for at, value in leaves(json.loads(path.read_text(encoding="utf-8")))]


def is_lost(at: str, value: Any, text: str, named: set[str]) -> bool:
    """Say whether a leaf is in no document, and no remark names it, or what holds it."""
    steps = at.split(".")
    if steps[-1] in STRUCTURE or value in (None, "", [], {}) or cleaned(str(value))[0].strip('"') in text:
        return False
    tails = {".".join(steps[n:m]) for n in range(len(steps)) for m in range(n + 1, len(steps) + 1)}
    return not tails & named


@needs_examples
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_every_leaf_of_an_example_is_in_a_document_or_a_remark(path: Path) -> None:
    if path.stem in NOT_RECORDS:
        with pytest.raises(UnreadableFile):
            read_all(path)
        return
    records = read_all(path)
    text = "\n".join(str(value) for record in records for _at, value in leaves(record.document))
    named = {remark.field for record in records for remark in record.remarks}
    named |= {field.rpartition(".")[2] for field in named}
    envelope = {"total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty"}
    lost = [
        (at, value)
        for at, value in sources(path)
        if at not in envelope and at.partition(".")[0] not in BESIDE and is_lost(at, value, text, named)
    ]
    assert not lost


# Our own feed, read back


def kept(document: Any) -> dict[str, Any]:
    """Return what has to be the same once a listing went out and came in."""
    at = document.get("service_at_locations", [])
    times = {row["id"]: row for row in document["brolly"].get("times", [])}
    whole = [{k: v for k, v in times.get(row["id"], {}).items() if k not in {"id", "dated"}} for row in at]
    facts = document["brolly"].get("facts", [])
    return {
        "name": document["name"],
        "phones": [(row["number"].replace(" ", "")[-9:], row["type"]) for row in document.get("phones", [])],
        "links": sorted(row["url"] for row in document.get("additional_urls", [])),
        "languages": sorted(row["code"] for row in document.get("languages", [])),
        "hours": [hours(row.get("schedules", [])) for row in at],
        "whole": whole,
        "line hours": [hours(row.get("schedules", [])) for row in document.get("phones", [])],
        "costs": sorted(row["option"] for row in document.get("cost_options", [])),
        "answers": sorted((fact["question"], fact["answer"]) for fact in facts),
        "types": sorted(document["brolly"].get("types", [])),
    }


def hours(rules: list[Any]) -> list[Any]:
    names = ("freq", "byday", "opens_at", "closes_at", "interval", "dtstart", "valid_to", "description")
    found = [{"interval": 1, **{name: rule[name] for name in names if name in rule}} for rule in rules]
    return sorted(found, key=str)


def read_back(folder: Path) -> Any:
    path = folder / "feed.ndjson"
    lines = get_lines("services", full="true")
    path.write_text("\n".join(json.dumps(line) for line in [*lines, {}]), encoding="utf-8")
    (document,) = [row.document for row in read_all(path) if row.subject == "service" and row.document]
    return document


ANSWERS = st.dictionaries(st.sampled_from([q.key for q in QUESTIONS]), st.sampled_from(["yes", "no"]), max_size=8)
TIMES = st.tuples(st.sampled_from(["09:00:00", "13:30:00", "22:00:00"]), st.sampled_from(["02:00:00", "17:00:00"]))


def span(times: tuple[str, str]) -> dict[str, str]:
    return {"opens_at": times[0], "closes_at": times[1]}


RULES = st.one_of(
    st.builds(
        lambda days, times, more: {"freq": "WEEKLY", "byday": ",".join(sorted(days)), **span(times), **more},
        st.sets(st.sampled_from(["MO", "TU", "WE", "SA"]), min_size=1), TIMES,
        st.sampled_from([
            {}, {"interval": 2, "dtstart": "2026-11-03"}, {"valid_to": "2027-12-31"}, {"description": "A note"},
        ]),
    ),
    st.builds(
        lambda nth, times: {"freq": "MONTHLY", "byday": nth, **span(times)},
        st.sampled_from(["1TU,3TU", "-1FR", "2SA"]), TIMES,
    ),
    st.just({"freq": "WEEKLY", "byday": "SU", "opens_at": "00:00:00", "closes_at": "00:00:00"}),
    st.just({"freq": "WEEKLY", "byday": "FR"}),
)  # fmt: skip
WHOLE = st.sampled_from([
    {}, {"access": "appointment"}, {"access": "call_first", "on_public_holidays": "closed"},
    {"on_public_holidays": "open"},
    {"on_public_holidays": "hours", "holiday_opens_at": "10:00:00", "holiday_closes_at": "14:00:00"},
])  # fmt: skip


class ReadBack(TestCase):
    """What our feed says of a listing is read back as it was, but on the word of a source."""

    folder: Path

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        ANSWERS, st.lists(RULES, min_size=1, max_size=3, unique_by=str), WHOLE,
        st.lists(st.sampled_from(["en", "ro", "bfi", "th"]), min_size=1, unique=True),
        st.lists(st.sampled_from(["low_cost", "sliding_scale", "donation"]), unique=True, max_size=2),
        st.booleans(),
    )  # fmt: skip
    def test_a_listing_comes_back(
        self, answers: Any, rules: Any, whole: Any, languages: Any, options: Any, chat: bool
    ) -> None:
        basis = {"basis": "organization", "stated_by": "Example group", "stated_on": "2026-05-03"}
        document = a_document(
            "Tuesday room", phone="+44 161 496 0000", hours=rules, languages=languages,
            yes=[key for key, said in answers.items() if said == "yes"],
            no=[key for key, said in answers.items() if said == "no"],
            cost_options=[{"option": option} for option in options], assured_date="2026-11-01",
            **({"chat": "https://example.org/chat"} if chat else {}),
        )  # fmt: skip
        document["brolly"] |= {"assurer": "Olu", "costs": [{"option": option, **basis} for option in options]}
        at = document["service_at_locations"][0]
        at["location"]["addresses"][0]["postal_code"] = "M1 1AA"
        if whole:
            document["brolly"]["times"] = [{"id": at["id"], **whole}]
        document["brolly"]["phones"][0].pop("country")
        publish(document)
        assert kept(read_back(self.folder)) == kept(document)


def test_hours_of_a_number_come_back_to_it(tmp_path: Path) -> None:
    document = a_document("Night line", serves=["country:GB"], phone="0161 496 0000", types=["helpline"])
    rule = {"freq": "WEEKLY", "byday": "MO", "opens_at": "20:00:00", "closes_at": "02:00:00"}
    document["phones"][0]["schedules"] = [{"id": an_id("rule"), **rule}]
    document["brolly"]["times"] = [{"id": document["phones"][0]["id"], "timezone": "Europe/London"}]
    document["service_areas"][0]["name"] = "United Kingdom"
    document |= {"assured_date": "2026-11-01"}
    document["brolly"]["assurer"] = "Olu"
    publish(document)
    found = read_back(tmp_path)
    assert kept(found)["line hours"] == kept(document)["line hours"]
    assert found["brolly"]["times"][0]["timezone"] == "Europe/London"
    assert [row["covers"] for row in found["brolly"]["areas"]] == ["country:GB"]


def test_r16_an_address_that_our_feed_hides_stays_hidden(tmp_path: Path) -> None:
    document = a_document("Quiet room", areas=["manchester"], phone="0161 496 0000", assured_date="2026-11-01")
    document["brolly"]["assurer"] = "Olu"
    publish(document)
    found = read_back(tmp_path)
    (shown,) = found["brolly"]["locations"]
    assert shown["address_visibility"] in {"area", "none"}
    assert "addresses" not in found["service_at_locations"][0]["location"]
