"""Files of others become changes that wait: matched with what is listed, remembered, safe to run again."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locator import moderation
from locator.exchange.importing import UnreadableFile
from locator.exchange.records import Kind, Record, Remark
from locator.exchange.taking.run import Wanted, take
from locator.hsds import rows
from locator.hsds.shape import clean_service
from locator.hsds.writing import write_new_services, write_service
from locator.models import Change, Import, Listing, Location, Organization, Service, SourceRecord
from locator.rules import Actor, Role
from tests.accounts import a_person, signed_in
from tests.conftest import a_document, about_place, an_id, let_in, publish
from tests.test_web import text

pytestmark = pytest.mark.django_db
OLU = Actor("Olu", Role.OPERATOR)
NUMBER, OTHER = "0161 496 0000", "0161 496 0001"


def record(document: dict[str, Any], *remarks: Remark, key: str = "") -> Record:
    name = str(document["name"])
    return Record("service", key or f"service {name}", f"a.csv, {name}", name, document, list(remarks))


def taken(*documents: dict[str, Any], source: str = "A register", **how: Any) -> Any:
    return take([record(document) for document in documents], Wanted(source, "a.csv", **how))


def theirs(name: str = "Tuesday room", **parts: Any) -> dict[str, Any]:
    """Return a document of a register: its ids are its own."""
    document = a_document(name, **parts)
    return {**document, "id": an_id("register", name)}


def waiting(name: str = "Tuesday room") -> Any:
    return Change.objects.get(state="waiting", document__name=name)


# What it becomes


def test_what_a_file_says_waits_and_nothing_is_shown(visitor: Client) -> None:
    report = taken(theirs(phone=NUMBER))
    assert report.counts["proposed, new"] == 1
    assert not Service.objects.exists()
    assert waiting().author == "A register"
    row = SourceRecord.objects.get()
    said = (row.source, row.key, row.where, row.of_import.file, row.change)
    assert said == ("A register", "service Tuesday room", "a.csv, Tuesday room", "a.csv", waiting())


def test_r53_a_source_confirms_nothing() -> None:
    document = theirs(phone=NUMBER, yes=["free"], assured_date="2026-05-03")
    document["brolly"] |= {"assurer": "Them", "short_id": "22222222", "staff_notes": "x"}
    taken(document)
    found = waiting().document
    assert [fact["basis"] for fact in found["brolly"]["facts"]] == ["source"]
    assert "confirmed_on" not in found["brolly"]["phones"][0]
    assert not {"assurer", "short_id", "staff_notes"} & found["brolly"].keys()
    assert "assured_date" not in found
    assert found["brolly"]["status"] == "draft"


def test_the_same_file_again_changes_nothing() -> None:
    taken(theirs())
    assert taken(theirs()).counts["unchanged"] == 1
    assert Change.objects.count() == 1


def test_a_record_that_says_something_else_takes_the_place_of_what_waits() -> None:
    taken(theirs())
    assert taken(theirs(description="Tea.")).counts["proposed, new"] == 1
    assert waiting().document["description"] == "Tea."
    assert Change.objects.filter(state="rejected").count() == 1


def test_a_record_that_is_wrong_is_skipped_and_the_rest_is_taken() -> None:
    report = taken({**theirs(), "name": ""}, theirs("Friday room"))
    assert (report.counts["skipped"], report.counts["proposed, new"]) == (1, 1)


def test_a_file_that_breaks_off_changes_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Record]:
        yield record(theirs())
        raise UnreadableFile("Line 2 is no record.")

    with pytest.raises(UnreadableFile):
        take(broken(), Wanted("A register", "a.csv", by=OLU, report=tmp_path / "r.csv"))
    assert not Change.objects.exists()
    assert not Import.objects.exists()
    assert not Service.objects.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_changes_nothing() -> None:
    assert taken(theirs(), by=OLU, dry_run=True).counts["approved"] == 1
    assert not Change.objects.exists()
    assert not Service.objects.exists()
    assert not SourceRecord.objects.exists()


# Which of ours it is


def test_what_is_listed_already_is_no_twin_and_gets_what_it_lacks() -> None:
    service = publish(a_document(phone=NUMBER))
    report = taken(theirs(phone=NUMBER, description="Tea.", organization="Example group (registered)"))
    change = waiting()
    assert report.counts["proposed, a change"] == 1
    assert (change.subject_id, change.document["description"]) == (service.id, "Tea.")
    assert change.document["organization"]["name"] == "Example group"


@pytest.mark.parametrize("how", ["address", "id in an address", "id"])
def test_our_own_id_says_which_it_is(how: str) -> None:
    service = publish(a_document())
    document = theirs("Another name", organization="Others", at=["london"], description="Tea.")
    urls = {
        "address": f"https://example.org/s/{service.short_id}/",
        "id in an address": f"https://x.org/{service.id}",
    }
    if how == "id":
        document["id"] = str(service.id)
    else:
        row_id = an_id("a page")
        document["additional_urls"] = [{"id": row_id, "url": urls[how]}]
        document["brolly"]["links"] = [{"id": row_id, "kind": "website"}]
    taken(document)
    assert Change.objects.get(state="waiting").subject_id == service.id


def test_what_a_person_confirmed_is_kept_and_told() -> None:
    publish(a_document(phone=NUMBER, yes=["free"]))
    document = theirs(phone=OTHER)
    document["brolly"]["facts"] = [
        {"question": "free", "answer": "no", "basis": "source", "stated_by": "x", "stated_on": "2026-09-01"}
    ]
    report = taken(document)
    assert report.counts["unchanged"] == 1
    said = [words for _kind, _field, words in SourceRecord.objects.get().remarks]
    assert "Ours says “yes”, confirmed on 2026-05-03; the source says “no”." in said
    assert any("confirmed on 2026-05-03; the source says “+441614960001”" in words for words in said)


def test_a_shared_number_under_another_name_is_another_service_that_somebody_looks_at() -> None:
    publish(a_document(phone=NUMBER))
    report = taken(theirs("Legal clinic", organization="Others", phone=NUMBER), by=OLU)
    assert (report.counts["proposed, new"], report.counts["approved"], report.counts["waits"]) == (1, 0, 1)
    assert "It looks like “Tuesday room”" in SourceRecord.objects.get().remarks[-1][2]
    again = taken(theirs("Legal clinic", organization="Others", phone=NUMBER), by=OLU)
    assert (again.counts["approved"], again.counts["waits"]) == (0, 1)


def test_one_that_could_be_two_of_ours_is_neither() -> None:
    publish(a_document(phone=NUMBER))
    publish(a_document("Tuesday rooms", phone=NUMBER))
    report = taken(theirs(phone=NUMBER), by=OLU)
    assert (report.counts["proposed, new"], report.counts["waits"]) == (1, 1)


def test_the_same_name_in_another_town_is_another_service() -> None:
    publish(a_document(phone=NUMBER))
    taken(theirs(phone=NUMBER, at=["london"]))
    assert waiting().base is None


def test_twins_in_a_file_wait_for_somebody() -> None:
    twin = {**theirs(), "id": an_id("twin")}
    records = [record(theirs()), record(twin, key="another")]
    report = take(records, Wanted("A register", "a.csv", by=OLU))
    assert (report.counts["approved"], report.counts["waits"]) == (1, 1)


def test_an_organization_of_the_name_and_web_site_is_ours_and_so_are_its_services() -> None:
    service = publish(a_document(chat="https://group.example.org/chat"))
    page = an_id("their page")
    said = {"id": an_id("theirs"), "name": "Example Group", "description": "Since 1999.",
            "additional_websites": [{"id": page, "url": "http://www.group.example.org"}],
            "brolly": {"links": [{"id": page, "kind": "website"}]}}  # fmt: skip
    other = theirs("Friday room", at=["london"])
    other["organization"] = {"id": an_id("theirs"), "name": "Example Group"}
    take([Record("organization", "o 1", "a.csv", "Example Group", said), record(other)], Wanted("A", "a.csv"))
    of = waiting("Example group")
    assert (of.subject, of.subject_id) == ("organization", service.organization_id)
    assert waiting("Friday room").document["organization"]["id"] == str(service.organization_id)


def test_who_asked_to_be_left_out_is_counted_and_not_named(tmp_path: Path) -> None:
    service = publish(a_document(phone=NUMBER))
    moderation.leave_out_organization(service.organization_id, reason="They asked", by=OLU)
    report = taken(theirs(phone=NUMBER, organization="Others"), report=tmp_path / "r.csv")
    assert report.counts["left out, on request"] == 1
    assert not SourceRecord.objects.exists()
    assert not Change.objects.filter(state="waiting").exists()
    said = (tmp_path / "r.csv").read_text()
    assert "left out, on request" in said
    assert "0161" not in said
    assert "They asked" not in said


# What the source says later


def test_what_the_source_corrects_of_its_own_replaces_what_it_said() -> None:
    taken(theirs(description="Tea."), by=OLU)
    report = taken(theirs(description="Coffee."), by=OLU)
    assert (report.counts["proposed, a change"], report.counts["approved"]) == (1, 1)
    assert Service.objects.get().description == "Coffee."


def test_what_somebody_wrote_since_stays() -> None:
    taken(theirs(description="Tea."), by=OLU)
    moderation.apply(Service.objects.get().id, lambda document: document.update(description="Cake."), by=OLU)
    report = taken(theirs(description="Coffee."), by=OLU)
    assert report.counts["unchanged"] == 1
    assert Service.objects.get().description == "Cake."


# An operator's yes


def test_what_is_approved_is_a_draft_and_names_both(visitor: Client) -> None:
    taken(theirs(), by=OLU)
    change = Change.objects.get()
    assert (change.state, change.author, change.decider) == ("approved", "A register", "Olu")
    assert Service.objects.get().status == "draft"
    assert not Listing.objects.exists()


def test_r55_what_shall_be_listed_is_of_an_organization_that_was_let_in() -> None:
    assert taken(theirs(), by=OLU, listed=True).counts["waits"] == 1
    let_in(theirs())
    assert taken(theirs(), by=OLU, listed=True).counts["approved"] == 1
    assert Listing.objects.count() == 1


def test_r51_an_operator_puts_no_new_number_on_a_listed_service() -> None:
    publish(a_document(description="Tea."))
    report = taken(theirs(phone=NUMBER), by=OLU)
    assert (report.counts["approved"], report.counts["waits"]) == (0, 1)
    assert waiting().document["phones"]


def test_a_place_of_another_organization_lets_the_rest_through() -> None:
    publish(a_document())
    first = theirs("Friday room", organization="One", at=["london"])
    second = theirs("Sunday room", organization="Two", at=["berlin"])
    row = first["service_at_locations"][0]["location"]
    second["service_at_locations"][0]["location"] = row
    second["brolly"]["locations"][0] = first["brolly"]["locations"][0]
    report = taken(first, second, theirs("Monday room", organization="Three"), by=OLU)
    assert (report.counts["approved"], report.counts["waits"]) == (2, 1)


def test_an_import_is_taken_back_as_one_act() -> None:
    publish(a_document("Friday room"))
    report = taken(theirs(), theirs("Friday room", description="Tea."), by=OLU)
    call_command("import_hsds", "--undo", str(report.import_id), "--by", "Olu", stdout=StringIO())
    assert Service.objects.get(name="Tuesday room").status == "withdrawn"
    assert Service.objects.get(name="Friday room").description == ""
    assert taken(theirs(), by=OLU).counts["approved"] == 1
    assert Service.objects.get(name="Tuesday room").status == "draft"


# The command


def a_file(tmp_path: Path, *documents: dict[str, Any]) -> str:
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps({"services": documents}))
    return str(path)


def command(*words: str) -> str:
    out = StringIO()
    call_command("import_hsds", *words, stdout=out)
    return out.getvalue()


def test_the_report_has_each_record_and_what_was_guessed(tmp_path: Path) -> None:
    where = tmp_path / "report.csv"
    guess = Remark(Kind.GUESSED, "phone", "=the country was guessed")
    take([record(theirs(), guess)], Wanted("A", "a.csv", report=where))
    (row,) = csv.DictReader(StringIO(where.read_text()))
    assert (row["record"], row["became"], row["kind"]) == ("service Tuesday room", "proposed, new", "guessed")
    assert row["words"] == "'=the country was guessed"  # no spreadsheet runs it


def test_a_full_export_of_ours_comes_back_as_it_was(tmp_path: Path) -> None:
    service = publish(a_document(phone=NUMBER, yes=["free"]))
    document = moderation.current(service.id)
    Listing.objects.all().delete()
    Change.objects.all().delete()
    Service.objects.all().delete()
    said = command(a_file(tmp_path, document), "--source", "Us", "--restore", "--approve", "--by", "Olu")
    assert "1 approved" in said
    assert moderation.current(service.id) == document
    assert Listing.objects.get().short_id == service.short_id


def test_nobody_approves_without_a_name(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Say who you are"):
        command(a_file(tmp_path, theirs()), "--source", "A", "--approve")


def test_a_file_of_nothing_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(CommandError, match=r"x\.json holds no organization and no service"):
        command(str(tmp_path / "x.json"), "--source", "A")


# In front of a moderator


@pytest.fixture
def mo() -> Client:
    return signed_in(a_person("Mo", moderator=True))


def test_what_a_file_said_is_a_list_of_its_own_with_what_was_guessed(mo: Client) -> None:
    records = [record(theirs(), Remark(Kind.GUESSED, "phone", "The country was guessed"))]
    report = take(records, Wanted("A register", "a.csv"))
    queue = text(mo.get("/team/queue/"))
    assert "No edit waits." in queue
    assert "A register a.csv" in queue
    assert "1 waits" in queue
    page = text(mo.get(f"/team/queue/import/{report.import_id}/"))
    assert "Tuesday room" in page
    assert "guessed, phone: The country was guessed" in " ".join(
        page.replace(" ,", ",").replace(" :", ":").split()
    )


def test_r53_one_decision_on_several_lists_nothing_that_a_file_brought(mo: Client) -> None:
    report = taken(theirs(phone=NUMBER), listed=True)
    said = {"change": [waiting().id], "act": "approve"}
    found = text(mo.post(f"/team/queue/import/{report.import_id}/", said, follow=True))
    assert "Look at this one by itself" in found
    assert waiting()


def test_several_of_a_file_are_turned_down_together_and_stay_so(mo: Client) -> None:
    report = taken(theirs(), theirs("Friday room"))
    rows = list(Change.objects.values_list("id", flat=True))
    mo.post(f"/team/queue/import/{report.import_id}/", {"change": rows, "act": "reject", "reason": "Not ours"})
    assert Change.objects.filter(state="rejected").count() == 2
    assert taken(theirs(), theirs("Friday room")).counts["unchanged"] == 2


def test_there_is_no_such_page_for_a_partner() -> None:
    report = taken(theirs())
    petra = signed_in(a_person("Petra", of=Organization.objects.create(name="Example group")))
    assert petra.get(f"/team/queue/import/{report.import_id}/").status_code == 404


def test_the_list_costs_the_same_queries_however_many_wait(mo: Client) -> None:
    def asked(many: int) -> int:
        report = taken(*(theirs(f"Room {many} {n}") for n in range(many)), source=f"Register {many}")
        with CaptureQueriesContext(connection) as found:
            mo.get(f"/team/queue/import/{report.import_id}/")
        return len(found)

    mo.get("/team/queue/")
    assert asked(2) == asked(9) <= 12


# How much it costs


def test_more_records_cost_no_more_queries() -> None:
    def asked(many: int, source: str) -> int:
        documents = [theirs(f"Room {source} {n}", organization=f"Group {source}") for n in range(many)]
        with CaptureQueriesContext(connection) as found:
            taken(*documents, source=source, by=OLU)
        return len(found)

    assert asked(3, "A") == asked(12, "B")


def test_an_organization_of_a_file_is_approved_with_its_services() -> None:
    page = an_id("their page")
    said = {"id": an_id("theirs"), "name": "New group", "description": "Since 1999.",
            "additional_websites": [{"id": page, "url": "https://group.example.org/"}],
            "brolly": {"links": [{"id": page, "kind": "website"}]}}  # fmt: skip
    room = theirs()
    room["organization"] = {"id": an_id("theirs"), "name": "New group"}
    records = [Record("organization", "o 1", "a.csv", "New group", said), record(room)]
    report = take(records, Wanted("A register", "a.csv", by=OLU))
    assert (report.counts["approved"], report.counts["waits"]) == (2, 0)
    assert Organization.objects.get().links.count() == 1


# Many as one


def everything() -> list[Any]:
    """Return all rows that a service is made of, without what is dealt by chance or by the clock."""
    unlike = {"short_id", "last_modified"}
    found: list[Any] = []
    tables: list[Any] = [Organization, Service, Location, *rows.TABLES]
    for table in tables:
        names = [column.name for column in table._meta.concrete_fields if column.name not in unlike]
        names = [name for name in names if name != "id" or table._meta.pk.get_internal_type() == "UUIDField"]
        found.append(sorted(map(str, table._default_manager.values_list(*names))))
    found.append(sorted(map(str, Service.types.through.objects.values_list("service", "term"))))
    return found


DOCUMENTS = st.lists(
    st.builds(
        lambda n, at, yes, phone, hours, place: (n, at, yes, phone, hours, place),
        st.integers(0, 3),
        st.sampled_from([["manchester"], ["london", "berlin"], []]),
        st.lists(st.sampled_from(["free", "anonymous", "step_free"]), unique=True),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda made: made[0],
)


def made(number: object, at: list[str], yes: list[str], phone: bool, hours: bool, shared: bool) -> Any:
    """Return a document; those that share a place have one with all others that do."""
    parts: dict[str, Any] = {"at": at, "yes": yes if at else [key for key in yes if key != "step_free"]}
    parts |= {"phone": NUMBER} if phone else {}
    rule = {"freq": "WEEKLY", "byday": "MO", "opens_at": "10:00:00", "closes_at": "12:00:00"}
    parts |= {"hours": [rule]} if hours and at else {}
    document = a_document(f"Room {number}", **parts)
    if shared and at:
        old = document["service_at_locations"][0]["location"]["id"]
        document = json.loads(json.dumps(document).replace(old, an_id("a shared place", at[0])))
    return clean_service(about_place(document))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DOCUMENTS)
def test_many_new_services_are_stored_as_one_by_one(chosen: list[Any]) -> None:
    documents = [made(*parts) for parts in chosen]
    found = []
    for many in (True, False):
        with transaction.atomic():
            for at in ("manchester", "london"):  # there before, at the places that some share
                write_service(made(f"before {at}", [at], ["step_free"], False, False, True), revision=1)
            if many:
                write_new_services(documents)
            else:
                for document in documents:
                    write_service(document, revision=1)
            found.append(everything())
            transaction.set_rollback(True)
    assert found[0] == found[1]
