"""A partner sends a spreadsheet in, sees what would change, takes it over and back; closes several at once."""

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from locator import moderation
from locator.models import Change, Organization, Service, Upload
from tests.accounts import a_person, signed_in
from tests.conftest import a_document, publish
from tests.test_bulk import NEW, OLD, PAULA, a_sheet, five_hundred, visible
from tests.test_web import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Service:
    return publish(a_document("Tuesday room", phone=OLD, description="Tea and a chair."))


@pytest.fixture
def paula(room: Service) -> Client:
    return signed_in(a_person("Paula", of=room.organization, role="manager"))


@pytest.fixture
def sid() -> Client:
    """An editor of another organization."""
    return signed_in(a_person("Sid", of=Organization.objects.create(name="Others")))


def send(browser: Client, data: bytes, organization: Organization) -> Any:
    form = {"organization": str(organization.id), "sheet": SimpleUploadedFile("x.csv", data)}
    return browser.post("/team/bulk/", form, follow=True)


def sent(browser: Client, service: Service, **cells: str) -> str:
    """Send one row in; return the address of what it would change."""
    answer = send(browser, a_sheet({"short_id": service.short_id, **cells}), service.organization)
    return str(answer.redirect_chain[-1][0])


def take_over(browser: Client, address: str) -> Any:
    """Press the button of the page as it is now."""
    seen = browser.get(address).context["upload"].looks
    return browser.post(f"{address}confirm/", {"seen": seen}, follow=True)


# Out


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ones_file_goes_out_and_comes_in_as_it_was(paula: Client, room: Service, kind: str) -> None:
    answer = paula.get(f"/team/bulk/sheet/{room.organization_id}/{kind}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Nothing would change." in text(send(paula, answer.content, room.organization))


def test_a_workbook_holds_text_alone_so_that_no_number_loses_its_zero(paula: Client, room: Service) -> None:
    data = paula.get(f"/team/bulk/sheet/{room.organization_id}/xlsx/").content
    sheet: Any = openpyxl.load_workbook(io.BytesIO(data)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
    assert OLD in [cell.value for cell in sheet[3]]


def test_r21_nobody_gets_the_file_of_another_organization(sid: Client, room: Service) -> None:
    assert sid.get(f"/team/bulk/sheet/{room.organization_id}/csv/").status_code == 404


# In


def test_what_would_change_is_shown_field_by_field_and_nothing_has(paula: Client, room: Service) -> None:
    page = text(paula.get(sent(paula, room, description="Soup.", phone=NEW)))
    assert "1 change, 0 new services, 0 rows stay as they are." in page
    for words in ("Tea and a chair.", "Soup.", OLD, NEW, "needs a second person"):
        assert words in page
    assert "Soup." not in str(moderation.draft_of(room.id))


def test_r37_each_bad_row_is_named_with_its_column_and_reason(paula: Client, room: Service) -> None:
    page = text(send(paula, five_hundred(room.organization), room.organization))
    assert "0 changes, 460 new services, 0 rows stay as they are, 40 rows have something wrong." in page
    assert page.count("is no code we know") == 40
    assert "Row 102 Room 100 types : “tea” is no code we know" in page.replace("types:", "types :")
    assert "Take over the 460 good rows" in page


def test_the_button_that_leaves_nothing_out_is_the_plain_one(paula: Client, room: Service) -> None:
    answer = paula.get(sent(paula, room, description="Soup."))
    assert "Take over 1 row" in text(answer)
    assert b'name="good"' not in answer.content


def test_bad_rows_stop_a_confirm_that_does_not_leave_them_out(paula: Client, room: Service) -> None:
    address = sent(paula, room, types="tea")
    assert "Nothing was taken over." in text(take_over(paula, address))


def test_taking_over_twice_does_nothing_the_second_time(paula: Client, room: Service) -> None:
    address = sent(paula, room, description="Soup.")
    first, second = (text(take_over(paula, address)) for _ in range(2))
    assert "1 service is taken over." in first
    assert "is taken over" not in second
    assert Change.objects.filter(state="waiting").count() == 1


def test_what_a_colleague_looked_at_again_is_shown_and_not_taken_over(paula: Client, room: Service) -> None:
    address = sent(paula, room, description="Soup.")
    moderation.submit(moderation.draft_of(room.id) | {"wait_time": "A week"}, by=PAULA)
    take_over(paula, address)  # by a colleague, who is shown what would change now
    page = text(paula.post(f"{address}confirm/", {"seen": "1"}, follow=True))
    assert "Somebody has looked at this once more since. Nothing was taken over" in page
    assert "Take over 1 row" in page
    assert not Change.objects.filter(state="waiting", document__description="Soup.").exists()


@pytest.mark.parametrize("form", [{}, {"seen": ""}, {"seen": "x"}])
def test_what_was_not_seen_is_not_taken_over(paula: Client, room: Service, form: dict[str, str]) -> None:
    address = sent(paula, room, description="Soup.")
    paula.post(f"{address}confirm/", form)
    assert not Change.objects.filter(state="waiting").exists()


def test_a_service_that_changed_since_is_shown_anew(paula: Client, room: Service) -> None:
    address = sent(paula, room, description="Soup.")
    paula.post(f"/team/s/{room.short_id}/close/", {"today": "1"})
    page = text(take_over(paula, address))
    assert "“Tuesday room” has changed since you looked. Nothing was taken over." in page
    assert "1 service is taken over." in text(take_over(paula, address))


def test_all_of_it_goes_back_in_one_step_from_its_page_and_the_history_leads_there(
    paula: Client, room: Service
) -> None:
    Organization.objects.update(trusted=True)
    address = sent(paula, room, description="Soup.")
    take_over(paula, address)
    assert address in paula.get(f"/team/s/{room.short_id}/history/").content.decode()
    assert "All of it is taken back." in text(paula.post(f"{address}undo/", follow=True))
    assert moderation.current(room.id)["description"] == "Tea and a chair."


def test_what_was_taken_over_shows_what_changed(paula: Client, room: Service) -> None:
    Organization.objects.update(trusted=True)
    address = sent(paula, room, description="Soup.", phone=NEW)
    take_over(paula, address)
    page = text(paula.get(address))
    assert "What changed" in page
    assert all(words in page for words in ("Tea and a chair.", "Soup.", OLD, NEW))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "This file is empty."),
        (b"%PDF-1.7", "This is a PDF."),
        (b"short_id,nmae\n", "We do not know these columns: nmae"),
        (
            b"short_id,name\n" + b",x\n" * 501,
            "This file has more than 500 rows, which is the most that can be taken here",
        ),
        (b"x" * (5 * 2**20 + 1), "larger than 5 MB"),
        (b"x" * (6 * 2**20), "larger than 5 MB"),
    ],
)
def test_r39_a_file_that_cannot_be_taken_says_what_to_do(
    paula: Client, room: Service, data: bytes, words: str
) -> None:
    answer = send(paula, data, room.organization)
    assert answer.status_code == 400
    assert words in text(answer)
    assert not Upload.objects.exists()


def test_no_other_page_takes_a_file(paula: Client, room: Service, visitor: Client) -> None:
    for browser, address in ((visitor, "/find/"), (paula, f"/team/s/{room.short_id}/close/")):
        answer = browser.post(address, {"today": "1", "x": SimpleUploadedFile("x", b"x")})
        assert answer.status_code == 400


def test_a_file_is_taken_from_our_own_form_alone(paula: Client, room: Service) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = paula.cookies
    assert send(strict, b"short_id,name\n,x\n", room.organization).status_code == 403


@pytest.mark.parametrize("what", ["", "1/", "confirm/", "undo/"])
def test_r21_nobody_opens_what_others_sent(paula: Client, sid: Client, room: Service, what: str) -> None:
    address = sent(paula, room, description="Soup.") + what
    answer = sid.post(address) if what in {"confirm/", "undo/"} else sid.get(address)
    assert answer.status_code == 404
    assert sid.get(f"/team/bulk/{uuid4()}/{what}").status_code in {404, 405}


def test_r21_nobody_sends_a_file_for_another_organization(sid: Client, room: Service) -> None:
    assert send(sid, a_sheet({"name": "Ours now"}), room.organization).status_code == 400
    assert not Upload.objects.exists()


@pytest.mark.parametrize("rows", [2, 60])
def test_the_page_costs_the_same_queries_however_many_rows(
    paula: Client, room: Service, rows: int, django_assert_num_queries: Any
) -> None:
    services = [publish(a_document(f"Room {n}")) for n in range(rows - 1)]
    sheet = a_sheet(*({"short_id": row.short_id, "description": "Soup."} for row in [room, *services]))
    address = send(paula, sheet, room.organization).redirect_chain[-1][0]
    with django_assert_num_queries(32):
        paula.get(address)


def test_r51_a_stolen_session_puts_no_number_before_the_public(paula: Client, room: Service) -> None:
    Organization.objects.update(trusted=True)
    for cells in ({"phone": NEW}, {"description": f"Call {NEW}."}, {"phone": "-", "phone_2": NEW}):
        address = sent(paula, room, **cells)
        take_over(paula, address)
        paula.post(f"{address}undo/")
        take_over(paula, address)
        assert NEW not in visible()
    assert not Service.objects.filter(phones__number=NEW).exists()


# Closing several


def closing(*services: Service, **said: str) -> dict[str, Any]:
    today = timezone.localdate()
    days = {"first": today.isoformat(), "last": (today + timedelta(days=3)).isoformat()}
    return {"services": [service.short_id for service in services], **days, "why": "the holidays", **said}


def test_several_close_in_one_step_and_open_in_one(paula: Client, room: Service) -> None:
    other, third = publish(a_document("Thursday room")), publish(a_document("Friday room"))
    answer = paula.post("/team/close/", closing(room, other), follow=True)
    assert "Closed. Visitors see it now." in text(answer)
    pages = [text(Client().get(f"/s/{row.short_id}/")) for row in (room, other, third)]
    assert ["closed (the holidays)" in page for page in pages] == [True, True, False]
    paula.post(f"{answer.redirect_chain[-1][0]}undo/")
    assert "closed (the holidays)" not in text(Client().get(f"/s/{room.short_id}/"))


@pytest.mark.parametrize(
    ("said", "words"),
    [({"services": []}, "This field is required"), ({"last": "2020-01-01"}, "The last day is before the first")],
)
def test_nothing_closes_when_something_is_missing(
    paula: Client, room: Service, said: dict[str, Any], words: str
) -> None:
    answer = paula.post("/team/close/", closing(room) | said)
    assert answer.status_code == 400
    assert words in text(answer)
    assert not Upload.objects.exists()


def test_one_that_cannot_be_closed_stops_all(paula: Client, room: Service) -> None:
    page = publish(a_document("A page", at=[]))
    answer = paula.post("/team/close/", closing(room, page))
    assert "A page: It has no place, number or chat that could be closed." in text(answer)
    assert not Change.objects.filter(subject_id=room.id)[1:]


def test_r21_nobody_closes_what_is_not_theirs(sid: Client, room: Service) -> None:
    assert sid.post("/team/close/", closing(room)).status_code == 400


# By command


def run(*words: Any) -> str:
    out = io.StringIO()
    call_command("bulk", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Any, room: Service) -> Any:
    path = tmp_path / "x.csv"
    path.write_bytes(a_sheet({"short_id": room.short_id, "description": "Soup."}, {"name": "Night walk"}))
    return path


WHO = ("--organization", "Example group", "--by", "Olu")


def test_a_command_looks_takes_over_and_takes_back(file: Any, room: Service) -> None:
    assert "1 change, 1 are new, 0 stay, 0 have something wrong." in run(file, *WHO)
    assert not Service.objects.filter(name="Night walk").exists()
    assert "2 are taken over, 1 of them wait for a second person." in run(file, *WHO, "--confirm")
    assert "0 change, 0 are new, 2 stay" in run(file, *WHO, "--confirm")
    upload = Upload.objects.filter(state="confirmed").earliest("made_at")
    assert "2 services are taken back" in run(*WHO, "--undo", str(upload.id))


def test_a_command_takes_up_what_it_looked_at(file: Any, room: Service) -> None:
    told = run(file, *WHO)
    upload = Upload.objects.get()
    assert f"--upload {upload.id} --seen 1 --confirm" in told
    assert "1 change, 1 are new" in run(*WHO, "--upload", str(upload.id))
    assert "2 are taken over" in run(*WHO, "--upload", str(upload.id), "--seen", "1", "--confirm")
    with pytest.raises(CommandError, match="taken over already"):
        run(*WHO, "--upload", str(upload.id), "--confirm")


def test_a_command_takes_over_nothing_that_was_looked_at_again(file: Any, room: Service) -> None:
    run(file, *WHO)
    Upload.objects.update(looks=2)
    with pytest.raises(CommandError, match="once more since"):
        run(*WHO, "--upload", str(Upload.objects.get().id), "--seen", "1", "--confirm")


def test_r51_an_operators_sheet_puts_no_number_before_the_public_either(file: Any, room: Service) -> None:
    file.write_bytes(a_sheet({"short_id": room.short_id, "phone": NEW}))
    run(file, *WHO, "--confirm")
    assert NEW not in visible()
    assert Change.objects.get(state="waiting").author == "Olu"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([*WHO], "Name a file"),
        (["/nowhere", *WHO], "No such file"),
        (["/nowhere", *WHO, "--upload", "x"], "one of them"),
        ([*WHO, "--upload", "x"], "no such act"),
        ([*WHO, "--undo", "x"], "no such act"),
        (["--organization", "Nobody", "--by", "Olu", "--undo", "x"], "no organization “Nobody”"),
        (["--organization", "Example group", "--by", " ", "--undo", "x"], "Say who you are"),
    ],
)
def test_a_command_says_what_it_needs(room: Service, words: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        run(*words)


def test_a_command_leaves_bad_rows_out_only_if_told_to(file: Any, room: Service) -> None:
    file.write_bytes(a_sheet({"short_id": room.short_id, "types": "tea"}, {"name": "Night walk"}))
    with pytest.raises(CommandError, match="Nothing was taken over"):
        run(file, *WHO, "--confirm")
    assert "Row 2, types: “tea” is no code we know" in run(file, *WHO, "--good-rows")
    assert Service.objects.filter(name="Night walk").exists()
