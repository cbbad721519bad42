"""Files of others in every dialect of HSDS: what is taken, what is guessed, and what is left out and said."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from locator.exchange.dialects import UnreadableFile, read
from locator.exchange.dialects.gazetteer import forget
from locator.exchange.records import Record
from locator.hsds.shape import clean_organization, clean_service
from tests.conftest import a_document

pytestmark = pytest.mark.django_db
Row = dict[str, Any]
NUMBER = "0161 496 0000"
Reader = Callable[[Any], list[Record]]
ADDRESS = {"address_1": "12 Long Street", "city": "Manchester", "postal_code": "M1 1AA", "country": "GB"}
PLACE = {"id": "L", "location_type": "physical", "latitude": 53.48, "longitude": -2.24, "addresses": [ADDRESS]}
ORGANIZATION = {"id": "O", "name": "Example group"}


@pytest.fixture(autouse=True)
def places_are_asked_anew() -> None:
    forget()


def written(path: Path, content: Any) -> Path:
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    return path


def tables(folder: Path, **rows: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in rows.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def checked(records: list[Record]) -> list[Record]:
    """Every document there is has our shape."""
    for record in records:
        if record.document is not None:
            (clean_service if record.subject == "service" else clean_organization)(record.document)
    return records


@pytest.fixture
def of(tmp_path: Path) -> Reader:
    return lambda content: checked(list(read(written(tmp_path / "file.json", content), "Town list")))


def service(**parts: Any) -> Row:
    return {"id": "7", "name": "Open room", "status": "active", "organization": ORGANIZATION, **parts}


def only(records: list[Record], subject: str = "service") -> Row:
    (record,) = [record for record in records if record.subject == subject and record.document is not None]
    assert record.document is not None
    return record.document


def said(records: list[Record]) -> dict[str, str]:
    """Return what is remarked of each field."""
    found: dict[str, str] = {}
    for remark in [remark for record in records for remark in record.remarks]:
        words = f"{remark.kind}: {remark.words}"
        found[remark.field] = f"{found[remark.field]} {words}" if remark.field in found else words
    return found


# Envelopes


@pytest.mark.parametrize(
    "content",
    [
        service(),
        [service()],
        {"total_items": 1, "contents": [service()]},
        {"contents": [service()], "empty": False},
        {"services": [service()]},
        {"organizations": [{**ORGANIZATION, "services": [{"id": "7", "name": "Open room", "status": "active"}]}]},
        {"organizations": [ORGANIZATION], "services": [{"id": "7", "name": "Open room", "organization_id": "O"}]},
        {
            "services.csv": [{"id": "7", "name": "Open room", "organization_id": "O"}],
            "organizations.csv": [ORGANIZATION],
        },
        {"id": "A", "service": service(), "location": PLACE},
        f"{json.dumps(service())}\n{json.dumps(service(id='8', name='Open room'))}\n",
    ],
    ids=lambda content: str(content)[:40],
)
def test_whatever_it_is_packed_in_organizations_come_first(of: Reader, content: Any) -> None:
    records = of(content)
    assert records[0].subject == "organization"
    assert {record.name for record in records} == {"Example group", "Open room"}
    first, *services = [record.document or {} for record in records]
    assert all(document["organization"]["id"] == first["id"] for document in services)


def test_everything_is_a_draft_on_the_word_of_the_source(of: Reader) -> None:
    free = {"option": "Free", "amount": 0}
    document = only(
        of(service(assured_date="2026-05-03", cost_options=[free], phones=[{"number": "0161 496 0000"}]))
    )
    assert (document["brolly"]["status"], document["brolly"]["source"]) == ("draft", "Town list")
    (fact,) = document["brolly"]["facts"]
    assert (fact["question"], fact["answer"], fact["basis"]) == ("free", "yes", "source")
    assert (fact["stated_by"], fact["stated_on"]) == ("Town list", "2026-05-03")
    assert not {"assured_date", "assurer"} & (document.keys() | document["brolly"].keys())
    assert "confirmed_by" not in document["brolly"]["phones"][0]


def test_ids_are_the_same_at_every_reading_and_others_for_another_source(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", service(service_at_locations=[{"id": "A", "location": PLACE}]))
    first, again, other = (list(read(path, source)) for source in ("One", "One", "Two"))
    assert first == again
    assert not {row.document["id"] for row in first} & {row.document["id"] for row in other}  # type: ignore[index]
    assert [row.key for row in first] == ["organization O", "service 7"]


@pytest.mark.parametrize("row_id", ["", None, "same", 7, "svc_1"])
def test_ids_that_are_missing_or_on_every_record_keep_records_apart(of: Reader, row_id: Any) -> None:
    rows = [service(id=row_id, name=name) for name in ("Open room", "Night bus")]
    records = [record for record in of(rows) if record.subject == "service"]
    assert [record.name for record in records] == ["Open room", "Night bus"]
    assert len({record.key for record in records}) == len({record.document["id"] for record in records}) == 2  # type: ignore[index]


def test_the_same_record_again_is_skipped_and_said(of: Reader) -> None:
    records = of([service(), service()])
    assert [record.document is None for record in records] == [False, False, True]
    assert said(records)["id"] == "skipped: This record is there twice."


def test_a_total_that_disagrees_is_said(of: Reader) -> None:
    assert "there are 9 records" in said(of({"total_items": 9, "contents": [service()]}))["total_items"]


def test_our_own_documents_pass_as_drafts(of: Reader) -> None:
    ours = a_document("Tuesday room", yes=["id_free"])
    organization = {"id": ours["organization"]["id"], "name": "Example group"}
    ours["brolly"]["locations"] = ours.pop("service_at_locations") and []
    records = of({"organizations": [organization], "services": [ours]})
    document = only(records)
    assert (document["id"], document["brolly"]["status"]) == (ours["id"], "draft")
    assert document["brolly"]["facts"] == ours["brolly"]["facts"]
    assert only(records, "organization")["id"] == organization["id"]


# Tables


def test_tables_of_1_x_are_joined_whatever_they_are_called(tmp_path: Path) -> None:
    folder = tables(
        tmp_path / "csv",
        organizations="id,name\n1,Example group\n",
        services="id,organization_id,name,status\n7,1,Open room,active\n",
        services_at_location="id,service_id,location_id\n,7,3\n",
        locations="id,organization_id,name,latitude,longitude\n3,1,Hall,53.48,-2.24\n",
        physical_addresses="location_id,street,city,postal_code,country\n3,12 Long Street,Manchester,M11AA,GB\n",
        regular_schedules="id,service_id,location_id,weekday,opens_at,closes_at\n,,3,Monday,9:00am,5:00pm\n",
        holiday_schedules="service_id,closed,start_date,end_date\n7,true,2026-12-24,2026-12-26\n",
        phones="location_id,number,extension\n3,0161 496 0000,12\n",
        eligibility="service_id,eligibility\n7,Anybody\n",
        languages="service_id,language\n7,English\n",
    )
    document = only(checked(list(read(folder, "Town list"))))
    (at,) = document["service_at_locations"]
    assert at["location"]["addresses"][0]["address_1"] == "12 Long Street"
    (rule,) = at["schedules"]
    assert (rule["byday"], rule["opens_at"], rule["closes_at"]) == ("MO", "09:00:00", "17:00:00")
    (times,) = document["brolly"]["times"]
    assert [(row["first"], row["last"]) for row in times["dated"]] == [("2026-12-24", "2026-12-26")]
    assert document["phones"][0]["description"] == "Extension 12"
    assert (document["eligibility_description"], document["languages"][0]["code"]) == ("Anybody", "en")


def test_a_package_is_read_packed_and_with_wrong_paths(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("datapackage.json", '{"resources": [{"name": "services", "path": "nowhere.csv"}]}')
        archive.writestr("data/organizations.csv", "id,name\n1,Example group\n")
        archive.writestr("data/services.csv", "id;name;organization_id\n7;Open room;1\n")
        archive.writestr("__MACOSX/data/._services.csv", "\x00")
    assert only(checked(list(read(path, "Town list"))))["organization"]["name"] == "Example group"


def test_a_row_that_belongs_to_nothing_is_said(tmp_path: Path) -> None:
    folder = tables(
        tmp_path / "csv", services="id,name\n7,Open room\n", phones="service_id,number\n99,0161 496 0000\n"
    )
    lost = next(record for record in read(folder, "Town list") if record.document is None)
    assert (lost.name, lost.where) == ("phones", "phones.csv, row 2")
    assert {remark.field for remark in lost.remarks} == {"phones", "phones.service_id", "phones.number"}


def test_parts_of_an_id_that_two_services_share_are_given_to_neither(tmp_path: Path) -> None:
    folder = tables(
        tmp_path / "csv",
        services="id,name\n7,Open room\n7,Night bus\n",
        phones="service_id,number\n7,0161 496 0000\n",
    )
    assert not any((record.document or {}).get("phones") for record in read(folder, "Town list"))


def test_cells_that_a_spreadsheet_would_run_are_words(tmp_path: Path) -> None:
    folder = tables(tmp_path / "csv", services='id,name,description\n7,=1+1,"=HYPERLINK(""x"")"\n')
    document = only(checked(list(read(folder, "Town list"))))
    assert (document["name"], document["description"]) == ("=1+1", '=HYPERLINK("x")')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_are_read_as_they_were_written(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "services.csv"
    path.write_bytes("id,name\n7,Café für alle\n".encode(encoding))
    records = checked(list(read(path, "Town list")))
    assert only(records)["name"] == "Café für alle"
    assert ("Windows-1252" in said(records).get("(file)", "")) == (encoding == "cp1252")


# Open Referral UK 1.0 and Ohana


def test_open_referral_uk_1_0(of: Reader) -> None:
    row = service(
        eligibilitys=[{"eligibility": "Adults", "minimum_age": "18", "maximum_age": 100}],
        contacts=[{"id": "C", "name": "A person", "phones": [{"number": "0161 496 0000"}]}],
        service_taxonomys=[{"taxonomy": {"id": "T", "name": "Other", "vocabulary": "x"}}],
        service_at_locations=[
            {
                "location": PLACE | {"physical_addresses": [ADDRESS], "addresses": None},
                "regular_schedule": [{"weekday": "TU", "opens_at": "09:00", "closes_at": "12:00"}],
            }
        ],
        fundings=[{"source": "A fund"}],
    )
    records = of({"totalElements": 1, "content": [row]})
    document = only(records)
    assert document["minimum_age"] == 18
    assert "maximum_age" not in document
    assert document["eligibility_description"] == "Adults"
    assert document["phones"][0]["number"] == "0161 496 0000"
    assert document["service_at_locations"][0]["schedules"][0]["byday"] == "TU"
    assert {"contacts.name", "fundings.source", "service_taxonomys"} <= said(records).keys()


def test_services_within_places_within_organizations(of: Reader) -> None:
    place = {
        "name": "Hall",
        "address_attributes": {"street": "12 Long Street", "city": "Manchester", "zip": "M1 1AA"},
        "phones_attributes": [{"number": "0161 496 0000"}],
        "services_attributes": [{"name": "Open room", "fees": "Free"}],
    }
    records = of([{"name": "Example group", "locations": [place]}])
    document = only(records)
    assert (document["name"], document["organization"]["name"]) == ("Open room", "Example group")
    assert document["phones"][0]["number"] == "0161 496 0000"
    assert document["brolly"]["facts"][0]["question"] == "free"


# Places


def at_place(**parts: Any) -> Row:
    return service(service_at_locations=[{"id": "A", "location": PLACE | parts}])


def visibility(document: Row) -> list[str]:
    return [row["address_visibility"] for row in document["brolly"].get("locations", [])]


def test_an_address_with_its_point_is_a_place(of: Reader) -> None:
    document = only(of(at_place()))
    assert visibility(document) == ["public"]
    assert document["brolly"]["locations"][0]["timezone"] == "Europe/London"


@pytest.mark.parametrize(
    "parts",
    [
        {"name": "Confidential"},
        {"description": "Address given when you call"},
        {"location_type": "redacted"},
        {"addresses": [ADDRESS | {"address_2": "The refuge"}]},
    ],
    ids=str,
)
def test_r16_a_hint_that_an_address_is_not_for_everybody_is_enough(of: Reader, parts: Row) -> None:
    records = of(at_place(**parts) | {"description": "At 12 Long Street, M1 1AA, ring twice"})
    document = only(records)
    assert visibility(document) == ["area"]
    text = json.dumps(document) + repr(said(records))
    assert not [word for word in ("12 Long Street", "M1 1AA", "53.48", "ring twice at") if word in text]


def test_r16_a_term_of_ours_hides_an_address(of: Reader) -> None:
    term = {"taxonomy_term": {"term_uri": "urn:brolly:disclosure:address-confidential"}}
    assert "public" not in visibility(only(of(at_place(attributes=[term]))))


def test_r16_no_town_is_guessed_for_a_hidden_place(of: Reader) -> None:
    document = only(of(at_place(name="Safe house", addresses=[{**ADDRESS, "country": ""}])))
    assert visibility(document) == ["none"]


@pytest.mark.parametrize("point", [(None, None), (0, 0), ("", ""), ("x", "y"), (100, 101), (1e300, 1)], ids=str)
def test_without_a_point_only_the_area_is_taken(of: Reader, point: tuple[Any, Any]) -> None:
    records = of(at_place(latitude=point[0], longitude=point[1]))
    document = only(records)
    assert document["brolly"]["locations"][0]["area"] == "manchester-gb"
    assert "addresses" not in document["service_at_locations"][0]["location"]
    assert "only the area is taken" in said(records)["service_at_locations.location.addresses"]


def test_an_unknown_town_is_no_place(of: Reader) -> None:
    records = of(at_place(latitude=None, addresses=[ADDRESS | {"city": "Nowhere at all", "postal_code": ""}]))
    assert visibility(only(records)) == []
    assert "no place is taken" in said(records)["service_at_locations.location.addresses"]


@pytest.mark.parametrize("point", [(-2.24, 53.48), ("-2.24", "53,48")], ids=str)
def test_a_point_the_wrong_way_round_is_turned(of: Reader, point: tuple[Any, Any]) -> None:
    location = only(of(at_place(latitude=point[0], longitude=point[1])))["service_at_locations"][0]["location"]
    assert (location["latitude"], location["longitude"]) == (53.48, -2.24)


def test_an_address_for_letters_is_no_place(of: Reader) -> None:
    records = of(at_place(addresses=[ADDRESS | {"address_type": "postal"}]))
    assert "for letters" in said(records)["service_at_locations.location.addresses"]
    assert visibility(only(records)) == ["area"]


def test_a_virtual_place_and_where_it_serves(of: Reader) -> None:
    online = {"location": {"id": "V", "location_type": "virtual", "url": "example.org/chat"}}
    records = of(
        service(service_at_locations=[online], service_areas=[{"name": "United Kingdom"}, {"name": "Mordor"}])
    )
    document = only(records)
    assert visibility(document) == ["none"]
    assert [row["covers"] for row in document["brolly"]["areas"]] == ["country:GB"]
    assert document["additional_urls"][0]["url"] == "https://example.org/chat"
    assert "no area of this name" in said(records)["service_areas.name"]


# Hours


def hours(of: Reader, *rows: Row, table: str = "schedules") -> tuple[list[Row], dict[str, str]]:
    records = of(service(service_at_locations=[{"location": PLACE, table: list(rows)}]))
    return only(records)["service_at_locations"][0].get("schedules", []), said(records)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"freq": "WEEKLY", "byday": "MO,WE", "opens_at": "09:00:00", "closes_at": "17:00:00"},
            ("MO,WE", "09", "17"),
        ),
        ({"byday": "Mon, Wed", "opens_at": "9am", "closes_at": "4:00 PM"}, ("MO,WE", "09", "16")),
        ({"weekday": 1, "opens_at": "0900", "closes_at": "2400"}, ("MO", "09", "00")),
        ({"weekday": "7", "opens_at": "09:00", "closes_at": "24:00"}, ("SU", "09", "00")),
        ({"days": ["Monday", "FR"], "opens_at": "10:00", "closes_at": "02:00"}, ("MO,FR", "10", "02")),
        ({"freq": "DAILY", "opens_at": "00:00", "closes_at": "23:59"}, ("MO,TU,WE,TH,FR,SA,SU", "00", "00")),
        (
            {"freq": "MONTHLY", "byday": "1TU,3TU", "opens_at": "19:00Z", "closes_at": "22:00Z"},
            ("1TU,3TU", "19", "22"),
        ),
        (
            {
                "freq": "BIWEEKLY",
                "byday": "TH",
                "dtstart": "2026-01-01",
                "opens_at": "19:00+01:00",
                "closes_at": "22:00",
            },
            ("TH", "19", "22"),
        ),
        (
            {"freq": "WEEKLY", "dtstart": "2026-01-01", "opens_at": "10:00", "closes_at": "11:00"},
            ("TH", "10", "11"),
        ),
        ({"description": "Mon-Fri 9am-5pm"}, ("MO,TU,WE,TH,FR", "09", "17")),
        ({"dayOfWeek": "https://schema.org/Monday", "opens": "09:00", "closes": "12:00"}, ("MO", "09", "12")),
    ],
    ids=str,
)
def test_hours_are_read_in_every_way_they_are_written(
    of: Reader, row: Row, expected: tuple[str, str, str]
) -> None:
    (rule,), _said = hours(of, row)
    assert (rule["byday"], rule["opens_at"][:2], rule["closes_at"][:2]) == expected


@pytest.mark.parametrize(
    "row",
    [
        {"freq": "WEEKLY", "byday": "MO", "opens_at": "9:00", "closes_at": "5:00"},
        {"freq": "WEEKLY", "byday": "MO", "opens_at": "9am", "closes_at": "5"},
        {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "17:00", "count": 3},
        {"freq": "MONTHLY", "bymonthday": "2", "opens_at": "09:00", "closes_at": "17:00"},
        {"freq": "YEARLY", "byday": "MO", "opens_at": "09:00", "closes_at": "17:00"},
        {"freq": "WEEKLY", "interval": 2, "byday": "MO", "opens_at": "09:00", "closes_at": "17:00"},
        {"weekday": "Monday", "opens_at": "", "closes_at": ""},
        {"weekday": "Someday", "opens_at": "09:00", "closes_at": "17:00"},
        {"group": "holiday", "byday": "MO", "opens_at": "09:00", "closes_at": "17:00"},
    ],
    ids=str,
)
def test_hours_that_could_be_two_things_are_none_and_said(of: Reader, row: Row) -> None:
    rules, remarks = hours(of, row)
    assert rules == []
    assert remarks["service_at_locations.schedules"].startswith("dropped: Not taken")


@pytest.mark.parametrize("table", ["operating_hours", "regular_schedules", "events"])
def test_hours_are_found_in_the_tables_of_every_version(of: Reader, table: str) -> None:
    rules, _said = hours(of, {"weekday": "Monday", "opens_at": "09:00", "closes_at": "17:00"}, table=table)
    assert [rule["byday"] for rule in rules] == ["MO"]


def test_an_event_of_one_date_is_not_every_week(of: Reader) -> None:
    event = {"freq": "ONCE", "dtstart": "2026-12-03", "opens_at": "18:00", "closes_at": "20:00"}
    document = only(of(service(service_at_locations=[{"location": PLACE, "events": [event]}])))
    assert "schedules" not in document["service_at_locations"][0]
    assert document["brolly"]["times"][0]["dated"][0]["first"] == "2026-12-03"


# Phones, pages, languages, ages, costs, words


@pytest.mark.parametrize(
    ("row", "number", "description"),
    [
        ({"number": "0161 496 0000 ext. 12"}, "0161 496 0000", "Extension 12"),
        ({"number": "+44 161 496 0000", "extension": 7}, "+44 161 496 0000", "Extension 7"),
        ({"number": '"0161 496 0000"', "type": "TTY"}, "0161 496 0000", "Textphone"),
        ({"number": "116 123"}, "116 123", None),
    ],
)
def test_a_number_is_taken_with_its_extension_in_words(
    of: Reader, row: Row, number: str, description: str
) -> None:
    (phone,) = only(of(service(phones=[row])))["phones"]
    assert (phone["number"], phone.get("description")) == (number, description)


@pytest.mark.parametrize(
    "row", [{"number": "305 253 4841"}, {"number": "12"}, {"number": "0161 496 0000", "type": "fax"}]
)
def test_a_number_that_would_ring_somewhere_else_is_none(of: Reader, row: Row) -> None:
    records = of(service(phones=[row]))
    assert "phones" not in only(records)
    assert said(records)["phones.number"].startswith("dropped")


def test_the_same_number_at_service_and_place_is_one(of: Reader) -> None:
    phone = {"id": "P", "number": "0161 496 0000"}
    row = service(
        phones=[phone], service_at_locations=[{"location": PLACE | {"phones": [phone]}, "phones": [phone]}]
    )
    assert len(only(of(row))["phones"]) == 1


@pytest.mark.parametrize(
    ("written_as", "url"),
    [
        ("example.org/x", "https://example.org/x"),
        ("HTTP://example.org", "http://example.org"),
        ("javascript:alert(1)", None),
        ("not a page", None),
        ("//example.org", "https://example.org"),
        ("data:text/html,x", None),
    ],
)
def test_a_page_begins_with_https_or_is_none(of: Reader, written_as: str, url: str | None) -> None:
    found = only(of(service(url=written_as))).get("additional_urls", [{"url": None}])
    assert [row["url"] for row in found] == [url]


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ({"name": "English"}, ["en"]),
        ({"code": "eng"}, ["en"]),
        ({"language": "Urdu (some)"}, ["ur"]),
        ({"code": "en-GB"}, ["en"]),
        ({"name": "English, Polish"}, ["en", "pl"]),
        ({"name": "Klingon"}, []),
    ],
)
def test_languages_by_code_or_name(of: Reader, row: Row, codes: list[str]) -> None:
    records = of(service(languages=[row]))
    assert [row["code"] for row in only(records).get("languages", [])] == codes
    assert bool(codes) or any(field.startswith("languages.") for field in said(records))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(18, "65", (18, 65)), (0, 100, (None, None)), (40, 20, (None, None)), ("18+", None, (18, None))],
)
def test_ages(of: Reader, low: Any, high: Any, expected: tuple[int | None, int | None]) -> None:
    document = only(of(service(minimum_age=low, maximum_age=high)))
    assert (document.get("minimum_age"), document.get("maximum_age")) == expected


def test_an_amount_of_nothing_without_a_word_is_not_free(of: Reader) -> None:
    document = only(of(service(cost_options=[{"amount": 0}])))
    assert "facts" not in document["brolly"]


def test_a_second_price_is_said_in_words(of: Reader) -> None:
    rows = [{"option": "Adults", "amount": "12.50", "currency": "GBP"}, {"option": "Children", "amount": 5}]
    document = only(of(service(cost_options=rows)))
    assert document["cost_options"] == [
        {"option": "fixed", "amount": "12.50", "currency": "GBP", "amount_description": "Adults"}
    ]
    assert document["fees_description"] == "Children 5.00"


def test_markup_is_taken_for_its_words(of: Reader) -> None:
    html = "<p>Tea &amp; talk</p><script>alert(1)</script><ul><li>Monday</li></ul>"
    assert only(of(service(description=html)))["description"] == "Tea & talk\n\n- Monday"


@pytest.mark.parametrize("status", ["defunct", "temporarily closed", "inactive"])
def test_what_is_not_on_offer_is_inactive(of: Reader, status: str) -> None:
    assert only(of(service(status=status)))["status"] == "inactive"


@pytest.mark.parametrize("status", ["", "open-ish", None])
def test_a_status_that_says_nothing_is_guessed_and_said(of: Reader, status: str | None) -> None:
    assert said(of(service(status=status)))["status"].startswith("guessed")


def test_a_service_without_a_name_is_skipped(of: Reader) -> None:
    records = of([service(name=" "), service(id="8")])
    assert [record.key for record in records if record.document is None] == ["service 7"]


def test_a_missing_organization_is_made_and_said(of: Reader) -> None:
    records = of({"services": [{"id": "7", "name": "Open room", "organization_id": "gone"}]})
    assert only(records)["organization"]["name"] == "Open room"
    assert said(records)["organization"].startswith("guessed")


# Terms


@pytest.mark.parametrize(
    ("uri", "answer"), [("urn:brolly:access:id-free", "yes"), ("urn:brolly:access:id-free-no", "no")]
)
def test_terms_of_ours_are_answers(of: Reader, uri: str, answer: str) -> None:
    attribute = {"taxonomy_term": {"term_uri": uri}, "label": "On Mondays"}
    (fact,) = only(of(service(attributes=[attribute])))["brolly"]["facts"]
    assert (fact["question"], fact["answer"], fact["limits"]) == ("id_free", answer, "On Mondays")


def test_yes_and_no_together_are_unknown(of: Reader) -> None:
    both = [{"taxonomy_term": {"term_uri": f"urn:brolly:access:id-free{end}"}} for end in ("", "-no")]
    assert "facts" not in only(of(service(attributes=both)))["brolly"]


def test_terms_of_others_are_a_kind_of_help_only_if_they_mean_the_same(of: Reader) -> None:
    terms = [
        {"taxonomy_term": {"name": name, "taxonomy": "Open Eligibility"}}
        for name in ("Help Hotlines", "Support Groups")
    ]
    records = of(service(attributes=terms))
    assert only(records)["brolly"]["types"] == ["helpline"]
    assert "Support Groups" in said(records)["attributes"]


def test_terms_that_likely_mean_something_mean_nothing(of: Reader) -> None:
    terms = [
        {"taxonomy_term": {"name": name}} for name in ("Wheelchair accessible", "No ID", "Free", "LGBT friendly")
    ]
    assert not {"facts", "types"} & only(of(service(attributes=terms)))["brolly"].keys()


# Whatever nobody reads is said


def test_unknown_members_at_any_depth_are_said_by_their_path(of: Reader) -> None:
    row = service(
        x_own={"deep": [{"er": 1}]},
        phones=[{"number": "0161 496 0000", "colour": "red"}],
        service_at_locations=[{"location": PLACE | {"floor": "2"}}],
        empty=None,
        nothing=[],
        blank="",
    )
    dropped = {field for field, words in said(of(row)).items() if words.startswith("dropped")}
    assert {"x_own.deep.er", "phones.colour", "service_at_locations.location.floor"} == dropped


def test_nothing_of_hsds_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no organization and no service"):
        list(read(written(tmp_path / "a.json", {"version": "3.0"}), "Town list"))
