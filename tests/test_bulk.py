"""Many services by spreadsheet: what a row says, what would change, one act there and one act back."""

import csv
import io
from typing import Any

import pytest
from django.core.management import call_command

from locator import moderation
from locator.exchange.bulk.columns import cells_of
from locator.exchange.bulk.files import export
from locator.exchange.bulk.uploads import confirm, counts, preview, undo
from locator.exchange.cells import UnreadableSheet
from locator.models import Change, ListingData, Organization, Service, Upload, UploadRow
from locator.rules import Actor, Refused, Role
from tests.conftest import a_document, an_id, publish

pytestmark = pytest.mark.django_db
OURS = an_id("organization", "Example group")
OLD, NEW = "0161 496 0000", "0161 496 0001"
PAULA = Actor("Paula", Role.PARTNER, None, frozenset({OURS}))


@pytest.fixture
def room() -> Service:
    return publish(a_document("Tuesday room", phone=OLD, description="Tea and a chair.", yes=["id_free"]))


def a_sheet(*rows: dict[str, str]) -> bytes:
    """Return a CSV with the columns that the rows have."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(["short_id", *(name for row in rows for name in row)])))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def looked_at(service: Service, **cells: str) -> Upload:
    sheet = a_sheet({"short_id": service.short_id, **cells})
    return preview(sheet, service.organization, by=PAULA)


def wrong(service: Service, **cells: str) -> dict[str, str]:
    """Return what is wrong with a row, by column."""
    found: dict[str, str] = looked_at(service, **cells).rows.get().problems
    return found


def said(service: Service, **cells: str) -> Any:
    """Return the document that a row asks for."""
    row = looked_at(service, **cells).rows.get()
    assert row.problems == {}
    return row.document


def exported(organization: Organization) -> list[dict[str, str]]:
    text = export(organization, "csv").decode("utf-8-sig")
    return [row for row in csv.DictReader(io.StringIO(text)) if not row["short_id"].startswith("##")]


# Round trip


def test_what_was_exported_says_that_nothing_would_change() -> None:
    call_command("load_demo", stdout=io.StringIO())
    for organization in Organization.objects.all():
        actor = Actor("Paula", Role.PARTNER, None, frozenset({str(organization.id)}))
        for kind in ("csv", "xlsx"):
            upload = preview(export(organization, kind), organization, by=actor)
            assert [(row.name, row.problems, row.cells) for row in upload.rows.all()] == []
            assert upload.stay == organization.services.count()


def test_a_file_of_an_organization_without_services_is_a_template_with_an_example() -> None:
    rows = exported(Organization.objects.create(name="Nobody yet"))
    assert [row["name"] for row in rows] == ["Example: Tuesday drop-in"]


def test_the_second_row_says_how_and_is_no_service(room: Service) -> None:
    how = export(room.organization, "csv").decode("utf-8-sig").splitlines()[1]
    assert "an empty cell leaves what is there" in how
    assert preview(export(room.organization, "csv"), room.organization, by=PAULA).stay == 1


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "'", "＝"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_words_that_begin_like_a_formula_are_not_run_and_come_back_equal(kind: str, begins: str) -> None:
    service = publish(a_document("Tuesday room", description=f"{begins}1+1 of us"))
    data = export(service.organization, kind)
    assert preview(data, service.organization, by=PAULA).stay == 1
    if kind == "csv":
        assert exported(service.organization)[0]["description"] == f"'{begins}1+1 of us"


# What a cell says


def test_an_empty_cell_leaves_what_is_there_and_a_dash_takes_it_away(room: Service) -> None:
    document = said(room, description="-", name="", phone="-")
    assert "description" not in document
    assert "phones" not in document
    assert document["name"] == "Tuesday room"


def test_codes_words_and_answers_are_taken_over(room: Service) -> None:
    document = said(room, types="legal; drop-in", languages="ro;en", id_free="no", free="declined", walk_in="yes")
    assert document["brolly"]["types"] == ["drop-in", "legal"]
    assert [row["code"] for row in document["languages"]] == ["en", "ro"]
    answers = {fact["question"]: fact["answer"] for fact in document["brolly"]["facts"]}
    assert answers == {"id_free": "no", "free": "declined", "walk_in": "yes"}


def test_an_answer_that_is_as_it_was_keeps_whose_word_it_is(room: Service) -> None:
    document = said(room, id_free="yes", free="yes")
    days = {fact["question"]: fact["stated_on"] for fact in document["brolly"]["facts"]}
    assert days["id_free"] == "2026-05-03" != days["free"]


def test_a_number_that_is_another_keeps_its_row_and_one_that_only_moved_its_confirmation(room: Service) -> None:
    before = moderation.current(room.id)["phones"][0]["id"]
    assert [row["id"] for row in said(room, phone=NEW)["phones"]] == [before]
    both = said(room, phone=NEW, phone_2=OLD)
    assert {row["number"]: row["id"] == before for row in both["phones"]} == {OLD: True, NEW: False}


def test_hours_are_read_as_openstreetmap_writes_them(room: Service) -> None:
    document = said(room, hours="Mo-Fr 09:00-17:00; PH off")
    assert document["service_at_locations"][0]["schedules"][0]["byday"] == "MO,TU,WE,TH,FR"
    assert document["brolly"]["times"][0]["on_public_holidays"] == "closed"


def test_a_closure_is_put_and_another_takes_its_place(room: Service) -> None:
    confirm(looked_at(room, closed_from="2098-12-24", closed_until="2099-01-02"), by=PAULA)
    document = said(room, closed_until="2099-01-06")
    assert [(row["first"], row["last"]) for row in document["brolly"]["times"][0]["dated"]] == [
        ("2098-12-24", "2099-01-06")
    ]


def test_a_place_moves_to_its_area_and_its_address_is_gone(room: Service) -> None:
    document = said(room, address_visibility="area", area="Manchester")
    assert document["service_at_locations"][0]["location"].keys() == {"id", "location_type"}
    assert document["brolly"]["locations"][0]["area"] == "manchester-gb"


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"name": "x" * 201}, "name", "fewer words"),
        ({"name": "-"}, "name", "cannot be empty"),
        ({"description": "a\u202eb"}, "description", "hidden control sign"),
        ({"types": "tea"}, "types", "“tea” is no code we know"),
        ({"languages": "english"}, "languages", "no code we know"),
        ({"phone": "12"}, "phone", "not a phone number"),
        ({"phone": "4.4E+11"}, "phone", "has shortened this number"),
        ({"phone": NEW, "phone_2": NEW}, "phone_2", "there twice"),
        ({"email": "nobody"}, "email", "names no mailbox"),
        ({"website": "javascript:alert(1)"}, "website", "not an address"),
        ({"website": "mailto:a@example.org"}, "website", "begins with https://"),
        ({"free": "perhaps"}, "free", "“perhaps” is no answer"),
        ({"hours": "whenever"}, "hours", "could not read"),
        ({"closed_from": "24.12.2026", "closed_until": "2027-01-01"}, "closed_from", "no date"),
        ({"closed_from": "2026-12-24"}, "closed_until", "Give both dates"),
        ({"closed_from": "2026-12-24", "closed_until": "2026-12-20"}, "closed_until", "before the first"),
        ({"status": "withdrawn"}, "status", "Write listed"),
        ({"address_visibility": "secret"}, "address_visibility", "public, area or none"),
        ({"address_visibility": "area", "area": "Manchester", "city": "Leeds"}, "city", "keep no address"),
        ({"address_visibility": "area", "area": "Atlantisville"}, "area", "do not know an area"),
        ({"country": "Britain"}, "country", "fewer words"),
        ({"country": "XX"}, "country", "no country code"),
        ({"latitude": "200", "longitude": "0"}, "latitude", "Latitude goes from"),
        ({"latitude": "north", "longitude": "0"}, "latitude", "cannot tell where"),
    ],
)
def test_what_is_wrong_with_a_cell_is_said_of_its_column(
    room: Service, cells: dict[str, str], column: str, words: str
) -> None:
    assert words in wrong(room, **cells)[column]


def test_a_draft_is_listed_only_when_it_says_what_it_offers_and_how_to_get_there(room: Service) -> None:
    sheet = a_sheet({"name": "Night walk", "status": "listed"})
    told = preview(sheet, room.organization, by=PAULA).rows.get().problems["status"]
    assert "Say what you offer." in told
    assert "Say where it is" in told


@pytest.mark.parametrize("names", ["short_id,nmae", "name,description", "short_id,name,name"])
def test_columns_that_are_not_ours_are_refused(room: Service, names: str) -> None:
    with pytest.raises(UnreadableSheet):
        preview(f"{names}\n".encode(), room.organization, by=PAULA)


# Whose


def test_r21_another_organizations_service_is_wrong_in_its_row_and_tells_nothing(room: Service) -> None:
    other = publish(a_document("Their room", organization="Others"))
    sheet = a_sheet({"short_id": other.short_id, "name": "Ours"}, {"short_id": "bcdfghjk", "name": "Nobody's"})
    rows = preview(sheet, room.organization, by=PAULA).rows.all()
    assert {str(row.problems) for row in rows} == {str(rows[0].problems)}
    assert "has no service with this short_id" in rows[0].problems["short_id"]


def test_r21_nobody_looks_at_a_file_for_an_organization_that_is_not_theirs(room: Service) -> None:
    stranger = Actor("Sid", Role.PARTNER, None, frozenset({an_id("organization", "Others")}))
    with pytest.raises(Refused):
        preview(export(room.organization, "csv"), room.organization, by=stranger)
    upload = looked_at(room, description="Soup.")
    with pytest.raises(Refused):
        confirm(upload, by=stranger)
    with pytest.raises(Refused):
        undo(upload, by=stranger)


# New ones


def test_a_row_without_a_short_id_is_a_new_draft_that_nobody_else_sees(room: Service) -> None:
    upload = preview(a_sheet({"name": "Night walk", "types": "outreach"}), room.organization, by=PAULA)
    confirm(upload, by=PAULA)
    draft = Service.objects.get(name="Night walk")
    assert draft.status == "draft"
    assert not Change.objects.filter(subject_id=draft.id, state="waiting").exists()


def test_a_new_service_that_asks_to_be_listed_waits(room: Service) -> None:
    row = {"name": "Night walk", "types": "outreach", "email": "walk@example.org", "status": "listed"}
    confirm(preview(a_sheet(row), room.organization, by=PAULA), by=PAULA)
    change = Change.objects.get(state="waiting")
    assert moderation.differences(change.base, change.document)[0].new.startswith("shown to visitors")
    assert len(moderation.differences(change.base, change.document)) == 1


def test_r36_the_same_file_again_makes_no_second_draft(room: Service) -> None:
    sheet = a_sheet({"name": "Night walk", "types": "outreach"})
    confirm(preview(sheet, room.organization, by=PAULA), by=PAULA)
    assert counts(preview(sheet, room.organization, by=PAULA))["stays"] == 1


def test_a_new_row_of_a_name_that_is_there_asks_whether_it_is_meant(room: Service) -> None:
    upload = preview(a_sheet({"name": "tuesday room", "description": "x"}), room.organization, by=PAULA)
    assert room.short_id in upload.rows.get().problems["short_id"]


def test_two_rows_of_one_service_are_not_both_taken(room: Service) -> None:
    row = {"short_id": room.short_id, "description": "Soup."}
    upload = preview(a_sheet(row, row), room.organization, by=PAULA)
    assert upload.rows.get(kind="wrong").problems == {"short_id": "This service is in row 2 already."}


# Many rows


def five_hundred(organization: Organization) -> bytes:
    """Return 500 rows of which 40 have something wrong: each tenth of the last 400."""
    rows = [{"name": f"Room {n}", "types": "drop-in", "free": "yes"} for n in range(500)]
    for n in range(100, 500, 10):
        rows[n]["types"] = "tea"
    return a_sheet(*rows)


@pytest.fixture
def big(room: Service) -> Upload:
    return preview(five_hundred(room.organization), room.organization, by=PAULA)


def test_r37_40_bad_rows_of_500_are_named_by_row_column_and_reason(big: Upload) -> None:
    bad = big.rows.filter(kind="wrong")
    assert [row.number for row in bad] == list(range(102, 502, 10))
    assert {(*row.problems, row.problems["types"][:22]) for row in bad} == {
        ("types", "“tea” is no code we kno"[:22])
    }
    assert counts(big) == {"change": 0, "new": 460, "stays": 0, "wrong": 40}
    assert Service.objects.count() == 1


def test_r37_bad_rows_are_taken_over_by_nobody_and_good_ones_only_if_asked(big: Upload) -> None:
    with pytest.raises(Refused, match="Nothing was taken over"):
        confirm(big, by=PAULA)
    assert Service.objects.count() == 1
    confirm(big, by=PAULA, only_good=True)
    assert Service.objects.count() == 461
    assert not Service.objects.filter(name="Room 100").exists()


# Confirming


def visible() -> str:
    return "".join(ListingData.objects.values_list("data", flat=True))


def test_nothing_changes_until_it_is_confirmed(room: Service) -> None:
    Organization.objects.update(trusted=True)
    upload = looked_at(room, description="Soup.")
    assert "Soup." not in visible()
    confirm(upload, by=PAULA)
    assert "Soup." in visible()


def test_r51_a_number_waits_and_words_of_a_trusted_organization_do_not(room: Service) -> None:
    Organization.objects.update(trusted=True)
    (result,) = confirm(looked_at(room, description="Soup.", phone=NEW), by=PAULA)
    assert result.done
    assert result.waiting
    assert "Soup." in visible()
    assert OLD in visible()
    assert NEW not in visible()


def test_one_by_one_and_together_say_the_same(room: Service) -> None:
    other = publish(a_document("Thursday room", phone=OLD, description="Tea and a chair.", yes=["id_free"]))
    Organization.objects.update(trusted=True)
    cells = {"description": "Soup.", "phone": NEW, "hours": "Mo 09:00-10:00", "free": "yes"}
    confirm(looked_at(room, **cells), by=PAULA)
    moderation.submit(said(other, **cells), by=PAULA)
    told = [
        [(row.state, row.reason, _differences(row)) for row in Change.objects.filter(subject_id=service.id)[1:]]
        for service in (room, other)
    ]
    assert told[0] == told[1]


def _differences(change: Change) -> list[Any]:
    return moderation.differences(change.base, change.document)


def test_a_second_upload_takes_in_what_waits_of_the_first(room: Service) -> None:
    confirm(looked_at(room, phone=NEW), by=PAULA)
    confirm(looked_at(room, name="Another name"), by=PAULA)
    waiting = Change.objects.get(state="waiting")
    assert (waiting.document["name"], waiting.document["phones"][0]["number"]) == ("Another name", NEW)


def test_confirming_twice_does_nothing_the_second_time(room: Service) -> None:
    upload = looked_at(room, description="Soup.")
    assert len(confirm(upload, by=PAULA)) == 1
    assert confirm(upload, by=PAULA) == []
    assert Change.objects.filter(state="waiting").count() == 1


def test_a_service_that_changed_since_makes_the_whole_fail_and_is_looked_at_anew(room: Service) -> None:
    other = publish(a_document("Thursday room"))
    sheet = a_sheet(*({"short_id": row.short_id, "description": "Soup."} for row in (room, other)))
    upload = preview(sheet, room.organization, by=PAULA)
    moderation.submit(moderation.draft_of(other.id) | {"wait_time": "A week"}, by=PAULA)
    with pytest.raises(moderation.Outdated, match="Thursday room"):
        confirm(upload, by=PAULA)
    assert not Change.objects.filter(state="waiting", document__description="Soup.").exists()
    assert "A week" in str(upload.rows.get(service_id=other.id).document)
    assert len(confirm(upload, by=PAULA)) == 2


def test_two_files_of_one_new_service_make_it_once(room: Service) -> None:
    first, second = (
        preview(a_sheet({"name": name, "description": "Soup."}), room.organization, by=PAULA)
        for name in ("Night walk", "Night Walk")
    )
    confirm(first, by=PAULA)
    with pytest.raises(moderation.Outdated, match="“Night Walk” has come to be"):
        confirm(second, by=PAULA)
    assert Service.objects.filter(name__iexact="Night walk").count() == 1
    assert "There is a service of this name" in str(second.rows.get().problems)
    assert second.looks == 2


def test_what_a_file_said_is_not_kept_once_it_is_confirmed(room: Service) -> None:
    upload = looked_at(room, description="Soup.")
    confirm(upload, by=PAULA)
    row = UploadRow.objects.get(upload=upload)
    assert (row.document, row.cells) == (None, {})


def test_r24_hiding_an_address_takes_files_that_told_it_away(room: Service) -> None:
    looked = looked_at(room, description="Soup.")
    confirm(looked_at(room, address_visibility="area", area="Manchester"), by=PAULA)
    assert not Upload.objects.filter(id=looked.id).exists()
    assert "Example Street" not in str(list(Change.objects.values()))


def test_an_upload_is_gone_after_30_days(room: Service) -> None:
    from datetime import timedelta

    from django.utils import timezone

    old = looked_at(room, description="Soup.")
    Upload.objects.update(made_at=timezone.now() - timedelta(days=31))
    looked_at(room, description="Bread.")
    assert not Upload.objects.filter(id=old.id).exists()


def test_the_old_contacts_are_told_once_of_many_rows(
    room: Service, django_capture_on_commit_callbacks: Any, mailoutbox: Any
) -> None:
    from locator.models import Contact

    Contact.objects.create(organization=room.organization, name="Sam", email="sam@example.org")
    other = publish(a_document("Thursday room", phone=OLD))
    sheet = a_sheet(*({"short_id": row.short_id, "phone": NEW} for row in (room, other)))
    with django_capture_on_commit_callbacks(execute=True):
        confirm(preview(sheet, room.organization, by=PAULA), by=PAULA)
    assert [mail.to for mail in mailoutbox] == [["sam@example.org"]]


# Undoing


def test_all_that_an_upload_did_goes_back_in_one_act(room: Service) -> None:
    Organization.objects.update(trusted=True)
    sheet = a_sheet({"short_id": room.short_id, "description": "Soup.", "phone": NEW}, {"name": "Night walk"})
    before = cells_of(moderation.current(room.id))
    upload = preview(sheet, room.organization, by=PAULA)
    confirm(upload, by=PAULA)
    undo(upload, by=PAULA)
    assert cells_of(moderation.draft_of(room.id)) == before
    assert Service.objects.get(name="Night walk").status == "withdrawn"
    assert not Change.objects.filter(state="waiting").exists()
    assert undo(upload, by=PAULA) == 0


def test_r51_a_number_that_comes_back_by_undoing_waits(room: Service, moderator: Actor) -> None:
    upload = looked_at(room, phone="-")
    confirm(upload, by=PAULA)
    undo(upload, by=PAULA)
    assert OLD not in visible()
    assert Change.objects.get(state="waiting").document["phones"][0]["number"] == OLD


def test_what_somebody_changed_since_stays_and_the_same_thing_stops_the_undoing(room: Service) -> None:
    Organization.objects.update(trusted=True)
    upload = looked_at(room, description="Soup.")
    confirm(upload, by=PAULA)
    moderation.submit(moderation.draft_of(room.id) | {"description": "Bread."}, by=PAULA)
    with pytest.raises(moderation.Outdated, match="Tuesday room"):
        undo(upload, by=PAULA)
    assert "Bread." in visible()


def test_r36_a_confirm_that_fails_halfway_leaves_nothing(room: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    Organization.objects.update(trusted=True)
    upload = looked_at(room, description="Soup.")

    def falls(*_ids: Any) -> None:
        raise OSError

    monkeypatch.setattr("locator.publishing.project", falls)
    with pytest.raises(OSError):  # noqa: PT011
        confirm(upload, by=PAULA)
    assert moderation.current(room.id)["description"] == "Tea and a chair."
    assert Upload.objects.get(id=upload.id).state == "looked_at"


def waiting_name(room: Service) -> Change:
    """Let a name wait, of another person of the organization."""
    edit = moderation.draft_of(room.id) | {"name": "Another name"}
    return moderation.submit(edit, by=Actor("Pat", Role.PARTNER, None, frozenset({OURS}))).waiting  # type: ignore[return-value]


def test_what_waited_before_an_upload_waits_again_once_it_is_taken_back(room: Service) -> None:
    before = waiting_name(room)
    upload = looked_at(room, phone=NEW, hours="Mo 09:00-10:00")
    confirm(upload, by=PAULA)
    undo(upload, by=PAULA)
    after = Change.objects.get(state="waiting")
    assert (after.id, after.author, after.document["name"]) == (before.id, "Pat", "Another name")
    assert cells_of(after.document) == cells_of(before.document)
    assert after.base_revision == Service.objects.get(id=room.id).revision


def test_what_waited_before_a_closure_waits_again_once_it_is_taken_back(room: Service) -> None:
    from datetime import timedelta

    from locator.exchange.bulk.closing import close_together

    before = waiting_name(room)
    today = moderation.today()
    (upload,) = close_together([room], today, today + timedelta(days=3), "", by=PAULA)
    undo(upload, by=PAULA)
    assert Change.objects.get(state="waiting").id == before.id


def test_an_older_wish_that_fits_no_more_stops_no_undoing_and_says_so(room: Service, moderator: Actor) -> None:
    before = waiting_name(room)
    upload = looked_at(room, phone=NEW)
    confirm(upload, by=PAULA)
    renamed = moderation.current(room.id) | {"name": "Yet another"}
    moderation.approve(moderation.propose(renamed, by=Actor("Mia", Role.MODERATOR)), by=moderator)
    undo(upload, by=PAULA)
    before.refresh_from_db()
    assert before.state == "rejected"
    assert "Propose it again" in before.reason


def test_uploads_are_taken_back_in_any_order(room: Service) -> None:
    before = waiting_name(room)
    first = looked_at(room, phone=NEW)
    confirm(first, by=PAULA)
    second = looked_at(room, description="Soup.")
    confirm(second, by=PAULA)
    undo(first, by=PAULA)
    draft = cells_of(moderation.draft_of(room.id))
    assert (draft["name"], draft["phone"], draft["description"]) == ("Another name", OLD, "Soup.")
    undo(second, by=PAULA)
    draft = cells_of(moderation.draft_of(room.id))
    assert (draft["name"], draft["phone"], draft["description"]) == ("Another name", OLD, "Tea and a chair.")
    assert Change.objects.get(state="waiting").id == before.id


def test_what_waited_before_a_single_edit_waits_again_once_that_is_taken_back(room: Service) -> None:
    before = waiting_name(room)
    edit = moderation.current(room.id)
    moderation.close(edit, moderation.today(), moderation.today(), "")
    done = moderation.submit(edit, by=PAULA).done
    assert done
    moderation.undo(done, by=PAULA)
    assert Change.objects.get(state="waiting").id == before.id


def test_what_a_later_edit_carried_on_and_somebody_approved_goes_back_too(room: Service, moderator: Actor) -> None:
    first = looked_at(room, phone=NEW)
    confirm(first, by=PAULA)
    confirm(looked_at(room, description="Soup."), by=PAULA)
    moderation.approve(Change.objects.get(state="waiting"), by=moderator)
    undo(first, by=PAULA)
    draft = cells_of(moderation.draft_of(room.id))
    assert (draft["phone"], draft["description"]) == (OLD, "Soup.")
