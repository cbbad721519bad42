"""R56: what looks like another listing is found, and what merely resembles one is not.

The corpus is made by rule from the listings we ship, the invented ones and the seeds: every one of them is written
as somebody would who wants to pass for it, or who enters it a second time. Its other half is harmless: what
different services have in common, or might.
"""

import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from io import StringIO
from typing import Any
from uuid import uuid4

import phonenumbers
import pytest
from django.core.management import call_command
from django.db import transaction

from locator import moderation
from locator.hsds.reading import PREFETCH, service_document
from locator.models import Service
from locator.models.contact_values import dial, parsed_phone
from locator.moderation.likeness import Directory
from tests.conftest import a_document, an_id, publish

Document = dict[str, Any]
Rule = Callable[[Document], Iterator[Document]]
CYRILLIC = str.maketrans("aceopxyATBEKMHOPCX", "асеорхуАТВЕКМНОРСХ")
GREEK = str.maketrans("ovaiATBEZHIKMNOPYX", "ονaιΑΤΒΕΖΗΙΚΜΝΟΡΥΧ")
ACCENTS = str.maketrans("aeiouc", "áèïôüç")
FORMS = phonenumbers.PhoneNumberFormat
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def stranger(document: Document, **words: Any) -> Document:
    """Return the same place under a new organization, with other words and nobody's number or page."""
    found = deepcopy(document)
    found |= {"id": str(uuid4()), "organization": {"id": str(uuid4()), "name": "Nobody we know"}, **words}
    for part, own in (("phones", "phones"), ("additional_urls", "links")):
        found.pop(part, None)
        found["brolly"].pop(own, None)
    return found


def elsewhere(document: Document) -> Document:
    """Return a service of another name in another town and country, to be given one thing of this one's."""
    found = stranger(document, name="Zzyzx quarry")
    for part in ("service_at_locations", "service_areas"):
        found.pop(part, None)
    return found | {"brolly": {"status": "listed", "areas": [{"id": str(uuid4()), "covers": "country:NZ"}]}}


def chosen(document: Document, several: list[int]) -> int:
    """Return one of several, the same in every run and evenly over the documents."""
    return several[zlib.crc32(document["id"].encode()) % len(several)]


def renamed(change: Callable[[str], str]) -> Rule:
    def rule(document: Document) -> Iterator[Document]:
        if change(document["name"]) != document["name"]:
            yield stranger(document, name=change(document["name"]))

    return rule


def reordered(name: str) -> str:
    whose, _colon, what = name.partition(": ")
    return f"{what} – {whose}" if what else " ".join(reversed(name.split()))


def filled_up(name: str) -> str:
    return f"The {name} Project e.V."


def one_slip(document: Document) -> Iterator[Document]:
    """Change, drop, add and swap one letter, each somewhere in the name."""
    name = document["name"]
    at = chosen(document, [n for n in range(len(name) - 1) if name[n : n + 2].isalpha()])
    other = "z" if name[at] != "z" else "q"
    swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    for slipped in (
        name[:at] + other + name[at + 1 :],
        name[:at] + name[at + 1 :],
        f"{name[:at]}z{name[at:]}",
        swapped,
    ):
        if slipped.casefold() != name.casefold():
            yield stranger(document, name=slipped)


def number_otherwise(document: Document) -> Iterator[Document]:
    """Write each number in other ways; a national one needs its country, an international one none."""
    countries = {row["id"]: row.get("country", "") for row in document["brolly"].get("phones", [])}
    for row in document.get("phones", []):
        country = countries[row["id"]]
        found = parsed_phone(row["number"], country)
        if not phonenumbers.is_valid_number(found):
            continue
        national = phonenumbers.format_number(found, FORMS.NATIONAL)
        dialled = phonenumbers.format_number(found, FORMS.E164)
        for number in (
            dialled, phonenumbers.format_number(found, FORMS.INTERNATIONAL).replace(" ", "-"),
            "".join(filter(str.isdigit, national)), national.translate(ARABIC), f"{national} ext. 5",
        ):  # fmt: skip
            yield with_number(document, number, country)
        yield with_pages(document, f"tel:{dialled}")
        yield with_pages(document, f"https://wa.me/{dialled[1:]}")


def with_number(document: Document, number: str, country: str) -> Document:
    found, row_id = elsewhere(document), str(uuid4())
    found["phones"] = [{"id": row_id, "number": number, "type": "voice"}]
    found["brolly"]["phones"] = [{"id": row_id, "country": country}]
    return found


def with_pages(document: Document, *urls: str) -> Document:
    found = elsewhere(document)
    found["additional_urls"] = [{"id": str(uuid4()), "url": url} for url in urls]
    return found


def page_otherwise(document: Document) -> Iterator[Document]:
    for row in document.get("additional_urls", []):
        url = row["url"]
        if url.startswith("mailto:"):
            yield with_pages(document, url.upper().replace("MAILTO", "mailto"))
            yield with_pages(document, f"{url}?subject=Hello")
            continue
        bare = url.partition("://")[2]
        for other in (f"http://{bare}", f"https://www.{bare}", f"{url}/", f"{url}?utm_source=x", f"{url}#top"):
            yield with_pages(document, other)


LOOKS_LIKE: dict[str, Rule] = {
    "Cyrillic letters": renamed(lambda name: name.translate(CYRILLIC)),
    "Greek letters": renamed(lambda name: name.translate(GREEK)),
    "accents": renamed(lambda name: name.translate(ACCENTS)),
    "digits for letters": renamed(lambda name: name.replace("o", "0", 1)),
    "capitals": renamed(str.upper),
    "words in another order": renamed(reordered),
    "filler words": renamed(filled_up),
    "one slip": one_slip,
    "number written otherwise": number_otherwise,
    "page written otherwise": page_otherwise,
}


def one_digit_off(document: Document) -> Iterator[Document]:
    countries = {row["id"]: row.get("country", "") for row in document["brolly"].get("phones", [])}
    for row in document.get("phones", []):
        number = row["number"][:-1] + str((int(row["number"][-1]) + 5) % 10)
        yield with_number(document, number, countries[row["id"]])


def same_name_elsewhere(document: Document) -> Iterator[Document]:
    """Two rooms of one name in two countries are two rooms; where a place is unknown it cannot tell them apart."""
    if any(row["covers"].startswith("country") for row in document["brolly"].get("areas", [])) or document.get(
        "service_at_locations"
    ):
        yield elsewhere(document) | {"name": document["name"]}


def own_switchboard(document: Document) -> Iterator[Document]:
    """Another service of the same organization has the same number and the same page."""
    found = stranger(document, name="Zzyzx quarry", organization=document["organization"])
    for part, own in (("phones", "phones"), ("additional_urls", "links")):
        if document.get(part):
            found[part], found["brolly"][own] = deepcopy(document[part]), deepcopy(document["brolly"][own])
    if found.get("phones") or found.get("additional_urls"):
        yield found


def other_page_of_a_shared_host(document: Document) -> Iterator[Document]:
    if document.get("additional_urls"):
        yield with_pages(document, "https://example.org/another-page", "https://facebook.com/another")


def another_kind_there(document: Document) -> Iterator[Document]:
    """What another group in the same place would be called that does the same."""
    _whose, _colon, what = document["name"].partition(": ")
    if what:
        yield stranger(document, name=f"Zzyzx quarry: {what}")


HARMLESS: dict[str, Rule] = {
    "one digit off": one_digit_off,
    "the same name elsewhere": same_name_elsewhere,
    "an organization's own switchboard": own_switchboard,
    "another page of a shared host": other_page_of_a_shared_host,
    "the same kind of help there": another_kind_there,
}


@pytest.fixture(scope="module")
def shipped(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[list[Document], Directory]]:
    """Load what we ship once; return its documents, and the directory as it is compared."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", stdout=StringIO())
        call_command("load_seeds", stdout=StringIO())
        rows = Service.objects.select_related("organization").prefetch_related(*PREFETCH)
        yield [service_document(row) for row in rows], Directory()
        transaction.set_rollback(True)


def found_in(directory: Directory, document: Document) -> set[str]:
    (found,) = directory.alike(document)
    return {str(each.row.id) for each in found}


def counted(shipped: tuple[list[Document], Directory], rules: dict[str, Rule]) -> dict[str, tuple[int, int]]:
    """Return, by rule, how many of its documents look like the one they were made from, and how many there are."""
    documents, directory = shipped
    figures = {}
    for name, rule in rules.items():
        made = [(document["id"], twin) for document in documents for twin in rule(document)]
        figures[name] = (sum(key in found_in(directory, twin) for key, twin in made), len(made))
    return figures


def share(figures: dict[str, tuple[int, int]]) -> float:
    return sum(hits for hits, _all in figures.values()) / sum(of for _hits, of in figures.values())


def told(figures: dict[str, tuple[int, int]]) -> str:
    return "; ".join(f"{name}: {hits} of {of}" for name, (hits, of) in figures.items())


@pytest.mark.django_db
def test_r56_at_least_95_in_100_look_alikes_are_found(shipped: tuple[list[Document], Directory]) -> None:
    figures = counted(shipped, LOOKS_LIKE)
    assert share(figures) >= 0.95, told(figures)
    assert min(hits / of for hits, of in figures.values()) >= 0.9, told(figures)


@pytest.mark.django_db
def test_r56_at_most_5_in_100_harmless_ones_are(shipped: tuple[list[Document], Directory]) -> None:
    figures = counted(shipped, HARMLESS)
    assert share(figures) <= 0.05, told(figures)


@pytest.mark.django_db
def test_r56_what_we_ship_does_not_look_like_itself(shipped: tuple[list[Document], Directory]) -> None:
    """No two of these are one service: every pair found is a false alarm, of one organization or of two."""
    documents, directory = shipped
    pairs = {frozenset((row["id"], other)) for row in documents for other in found_in(directory, row)}
    alarmed, every = set().union(*pairs), len(documents) * (len(documents) - 1) // 2
    assert len(pairs) <= 0.05 * every, f"{len(pairs)} of {every} pairs"
    assert len(alarmed) <= 0.05 * len(documents), f"{len(alarmed)} of {len(documents)} listings: {alarmed}"


# Of one organization and of several; every reason


def reasons(document: Document) -> dict[str, list[str]]:
    return {each.row.name: [str(why) for why in each.reasons] for each in moderation.alike(document)}


def of_another(name: str, **parts: Any) -> Document:
    return a_document(name, organization="New group", **parts)


@pytest.mark.django_db
def test_r56_every_reason_is_told() -> None:
    publish(a_document("Tuesday room", phone="0161 496 0000", chat="https://tuesday-room.org/chat"))
    twin = of_another("Tuesday rooms", unchecked_phone="+441614960000", chat="http://www.tuesday-room.org/chat/")
    by_contact = ["the same page or mailbox", "the same web site", "the same number"]
    assert reasons(twin) == {"Tuesday room": ["a name one letter away", *by_contact]}


@pytest.mark.django_db
def test_r56_an_organization_of_nearly_the_same_name_is_told() -> None:
    publish(a_document("Tuesday room", organization="Lantern group"))
    assert reasons(a_document("Soup", organization="Lаntern grоup")) == {
        "Tuesday room": ["an organization of the same name"]
    }


@pytest.mark.django_db
def test_r56_another_of_their_own_is_said_to_be_theirs() -> None:
    publish(a_document("Tuesday room", phone="0161 496 0000"))
    assert moderation.alike(a_document("Soup", phone="0161 496 0000")) == []
    (found,) = moderation.alike(a_document("Room on Tuesdays", phone="0161 496 0000"))
    assert found.same_organization


@pytest.mark.django_db
def test_r56_a_short_number_that_many_name_is_nobodys() -> None:
    publish(a_document("Night line", serves=["country:GB"], phone="116 123"))
    assert reasons(of_another("Soup", phone="116123")) == {}


@pytest.mark.django_db
def test_r56_a_number_that_three_organizations_have_is_nobodys() -> None:
    for n in range(3):
        publish(a_document(f"Line {n}", organization=f"Group {n}", serves=["country:GB"], phone="0808 157 0000"))
        assert bool(reasons(of_another("Soup", phone="0808 157 0000"))) is (n < 2)


@pytest.mark.django_db
def test_r56_a_place_that_shows_its_area_is_compared_by_that() -> None:
    publish(a_document("Quiet flat", areas=["manchester"]))
    assert reasons(of_another("The quiet flat")) == {"Quiet flat": ["the same name"]}
    assert reasons(of_another("The quiet flat", at=["london"])) == {}


@pytest.mark.django_db
def test_r56_comparing_takes_five_queries_however_much_there_is(django_assert_num_queries: Any) -> None:
    for n in range(12):
        publish(a_document(f"Room {n}", phone=f"0161 496 00{n:02}", chat=f"https://room{n}.org/"))
    with django_assert_num_queries(5):
        assert moderation.alike(of_another("The room 11", phone="0161 496 0003"))


@pytest.mark.django_db
def test_r56_a_service_does_not_look_like_itself() -> None:
    service = publish(a_document("Tuesday room"))
    assert moderation.alike(moderation.current(service.id)) == []
    assert str(service.id) == an_id("service", "Tuesday room")
    assert dial("0161 496 0000", "GB") == "+441614960000"
