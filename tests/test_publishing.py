"""A listing holds what the public may see, and nothing else."""

import json
from typing import Any

import pytest

from locator import publishing
from locator.models import Listing, ListingText, Place, SearchToken
from locator.models.questions import BY_KEY, QUESTIONS
from tests.conftest import MakeService, a_document, publish

pytestmark = pytest.mark.django_db


def shown() -> dict[str, Any]:
    view: dict[str, Any] = json.loads(Listing.objects.select_related("content").get().content.data + "}")
    return view


@pytest.mark.parametrize("status", ["draft", "unlisted", "withdrawn"])
def test_only_listed_services_are_published(make_service: MakeService, status: str) -> None:
    make_service(status=status)
    assert not Listing.objects.exists()


def test_every_question_has_an_answer_and_nobody_said_is_unknown(make_service: MakeService) -> None:
    make_service()
    assert shown()["answers"] == {question.key: {"answer": "unknown"} for question in QUESTIONS}


def test_declined_looks_like_unknown(make_service: MakeService) -> None:
    make_service(declined=["id_free"])
    assert shown()["answers"]["id_free"] == {"answer": "unknown"}
    assert Listing.objects.get().yes_bits == 0


def test_an_answer_says_on_whose_word_and_since_when(make_service: MakeService) -> None:
    make_service(yes=["id_free"])
    assert shown()["answers"]["id_free"] == {
        "answer": "yes",
        "basis": "organization",
        "stated_by": "Example group",
        "stated_on": "2026-05-03",
    }


def test_what_a_document_says_is_no_confirmed_yes(make_service: MakeService) -> None:
    make_service(said=["free"])
    listing = Listing.objects.get()
    assert (listing.yes_bits, listing.said_bits) == (0, 1 << BY_KEY["free"].bit)


def test_peer_led_is_shown_only_on_their_own_word(make_service: MakeService) -> None:
    make_service(said=["peer_led"])
    assert shown()["answers"]["peer_led"] == {"answer": "unknown"}
    assert Listing.objects.get().said_bits == 0


def test_an_unconfirmed_number_is_not_shown(make_service: MakeService) -> None:
    make_service(unchecked_phone="0161 496 0000")
    assert shown()["phones"] == []
    assert shown()["unchecked_contact"] is True


def test_who_confirmed_a_number_stays_with_us(make_service: MakeService) -> None:
    make_service(phone="0161 496 0000")
    assert shown()["phones"][0]["confirmed_on"] == "2026-05-03"
    assert "Olu" not in json.dumps(shown())


def test_r18_an_area_listing_stands_at_its_areas_centre(make_service: MakeService) -> None:
    make_service(areas=["manchester"])
    area, listing = Place.objects.get(slug="manchester-gb"), Listing.objects.get()
    assert (listing.latitude, listing.longitude) == (area.latitude, area.longitude)
    assert shown()["location"] == {
        "address_visibility": "area",
        "area": {"name": "Manchester", "slug": "manchester-gb"},
        "country": "GB",
        "timezone": "Europe/London",  # of the area, whatever the place says
        "holiday_region": "GB-ENG",
    }


def test_a_service_has_one_listing_a_place(make_service: MakeService) -> None:
    make_service(at=["manchester", "salford", "berlin"])
    assert Listing.objects.count() == 3
    assert not Listing.objects.filter(sole=True).exists()


def test_a_remote_service_has_one_listing_an_area_it_serves(make_service: MakeService) -> None:
    make_service(serves=["country:GB", "continent:EU"])
    assert sorted(Listing.objects.values_list("serves", flat=True)) == ["GB", "c:EU"]


def test_rebuilding_changes_nothing(make_service: MakeService) -> None:
    make_service("One", at=["manchester", "berlin"], yes=["id_free"], phone="0161 496 0000")
    make_service("Two", serves=["area:manchester-gb"], languages=["ro", "th"])
    make_service("Three", areas=["london"])
    assert publishing.rebuild() == 0


def test_rebuilding_mends_what_was_tampered_with(make_service: MakeService) -> None:
    make_service()
    Listing.objects.update(yes_bits=1)
    assert publishing.rebuild() == 1
    assert Listing.objects.get().yes_bits == 0


def test_rebuilding_counts_words_again(make_service: MakeService) -> None:
    make_service("Unmistakable room")
    SearchToken.objects.filter(token="unmistakable").delete()
    SearchToken.objects.filter(token="room").update(uses=9)
    assert publishing.rebuild() == 2
    assert publishing.rebuild() == 0


def test_a_word_nobody_uses_any_more_is_forgotten(make_service: MakeService) -> None:
    make_service("Unmistakable room")
    publish(a_document("Unmistakable room", status="withdrawn"))
    assert not SearchToken.objects.filter(token="unmistakable").exists()
    assert not ListingText.objects.exists()


def test_a_draft_translation_is_not_searchable(make_service: MakeService) -> None:
    text = {"field": "description", "language": "ro", "text": "cald", "status": "draft"}
    make_service(brolly={"translations": [text]})
    assert not ListingText.objects.filter(language="ro").exists()
