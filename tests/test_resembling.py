"""R56: whoever brings a service in is told what it looks like, by all that is filled in, and refused nothing."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from locator import moderation
from locator.models import Service, Upload
from locator.moderation.listed import Listed
from tests.accounts import a_person, signed_in
from tests.conftest import a_document, about_place, publish
from tests.test_bulk import PAULA, a_sheet
from tests.test_bulk_pages import WHO, send, take_over
from tests.test_web import text

pytestmark = pytest.mark.django_db
THEIRS = "0161 496 0055"


def of_another(name: str, **parts: Any) -> Service:
    return publish(a_document(name, organization="Lantern group", **parts))


@pytest.fixture
def room() -> Service:
    return publish(a_document("Tuesday room"))


@pytest.fixture
def paula(room: Service) -> Client:
    return signed_in(a_person("Paula", of=room.organization, role="manager"))


def the_row(paula: Client, room: Service, **cells: str) -> str:
    return text(send(paula, a_sheet(cells), room.organization))


# Many at once


def test_a_new_row_that_looks_like_a_listed_service_says_which_and_why(paula: Client, room: Service) -> None:
    of_another("Night walk", phone=THEIRS)
    page = the_row(paula, room, name="Nіght walk", phone=THEIRS)
    assert "Night walk ( Lantern group ): the same name to the eye, in other letters, the same number" in page
    assert "Take over 1 row" in page


def test_a_new_row_says_nothing_of_what_is_not_listed(paula: Client, room: Service) -> None:
    of_another("Night walk", status="draft")
    of_another("Soup", unchecked_phone=THEIRS)
    assert "It looks like" not in the_row(paula, room, name="Night walk", phone=THEIRS)


def test_new_rows_that_look_like_each_other_say_so(paula: Client, room: Service) -> None:
    sheet = a_sheet({"name": "Night walk"}, {"name": "Night walks"})
    page = text(send(paula, sheet, room.organization))
    assert "Row 3, Night walks : a name one letter away" in page
    assert "Row 2, Night walk : a name one letter away" in page


def test_a_row_that_was_taken_over_does_not_look_like_itself(paula: Client, room: Service) -> None:
    the_row(paula, room, name="Night walk")
    page = text(take_over(paula, f"/team/bulk/{Upload.objects.get().id}/"))
    assert "It looks like" not in page


def test_the_command_says_what_a_new_row_looks_like(room: Service, tmp_path: Path) -> None:
    of_another("Night walk")
    (tmp_path / "x.csv").write_bytes(a_sheet({"name": "The night walk"}))
    out = StringIO()
    call_command("bulk", str(tmp_path / "x.csv"), *WHO, stdout=out)
    assert "Row 2 looks like “Night walk” (Lantern group): the same name" in out.getvalue()


# An operator's files


def test_listing_what_looks_like_another_takes_a_word_of_its_own(room: Service) -> None:
    twin = of_another("The Tuesday room", status="draft")
    with pytest.raises(CommandError, match=r"“Tuesday room” \(Example group\): the same name.*--although-alike"):
        call_command("list_service", twin.short_id, "--by", "Olu", "--because", "We know them")
    assert Service.objects.get(id=twin.id).status == "draft"
    words = ("--by", "Olu", "--because", "We know them", "--although-alike")
    call_command("list_service", twin.short_id, *words, stdout=StringIO())
    assert Service.objects.get(id=twin.id).status == "listed"


def test_what_was_withdrawn_is_in_nobodys_way(room: Service) -> None:
    twin = of_another("The Tuesday room", status="draft")
    moderation.withdraw(room.id, by=PAULA, reason="Ended")
    call_command("list_service", twin.short_id, "--by", "Olu", "--because", "We know them", stdout=StringIO())
    assert Service.objects.get(id=twin.id).status == "listed"


def test_loading_says_in_its_last_line_what_looks_like_what(room: Service, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    twins = [
        about_place(a_document(f"{name} room", organization="Lantern group")) for name in ("Tuesdays", "Soup")
    ]
    (tmp_path / "seeds" / "x.json").write_text(json.dumps({"services": twins}), encoding="utf-8")
    settings.BASE_DIR, out = tmp_path, StringIO()
    call_command("load_seeds", stdout=out)
    assert "2 loaded" in out.getvalue()
    assert "1 look like another: “Tuesdays room” like “Tuesday room” (Example group): a name" in out.getvalue()


# Step by step


def test_a_draft_is_compared_by_its_number_its_page_and_its_place(paula: Client, room: Service) -> None:
    of_another("Night walk", phone=THEIRS)
    begun = moderation.begin(room.organization, "Something else", by=PAULA)
    mine = Service.objects.get(id=begun.subject_id)
    assert "Something like it" not in text(paula.get(f"/team/s/{mine.short_id}/"))
    draft = moderation.draft_of(mine.id)
    draft["phones"] = [{"id": str(mine.id), "number": "+44 161 4960055", "type": "voice"}]
    draft["brolly"]["phones"] = [{"id": str(mine.id)}]
    moderation.submit(draft, by=PAULA)
    page = text(paula.get(f"/team/s/{mine.short_id}/"))
    assert "Night walk ( Lantern group ): the same number" in page


@pytest.mark.parametrize("parts", [{"status": "draft", "phone": THEIRS}, {"unchecked_phone": THEIRS}])
def test_nobody_learns_of_a_number_that_is_not_shown(parts: dict[str, Any]) -> None:
    of_another("Night walk", **parts)
    assert Listed().alike(a_document("Soup", phone=THEIRS, at=["berlin"])) == [[]]


@pytest.mark.parametrize("parts", [{"at": ["manchester"]}, {"areas": ["manchester"]}, {"serves": ["country:GB"]}])
def test_what_is_shown_of_a_place_tells_whether_a_name_is_close(parts: dict[str, Any]) -> None:
    of_another("Night walk", **parts)
    found = [Listed().alike(a_document("The night walk", at=[spot]))[0] for spot in ("manchester", "berlin")]
    assert list(map(bool, found)) == [True, False]


def test_comparing_with_what_is_listed_takes_one_query(room: Service, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        Listed().alike(a_document("Soup"), a_document("Bread"))
