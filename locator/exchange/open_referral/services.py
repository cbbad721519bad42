"""Published rows of a service, one a place → service, organization, and all that hangs on them."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import override

from locator.exchange.open_referral import places
from locator.exchange.open_referral.schedules import schedules
from locator.exchange.open_referral.terms import (
    answer_attributes,
    attribute,
    confirmed,
    made,
    sentence,
    sentences,
)
from locator.hsds.reading import filled
from locator.hsds.vocabulary import CHANNELS
from locator.models.languages import LANGUAGES
from locator.publishing.view import CONFIRMED
from locator.search.standard import Published

Document = dict[str, Any]
ASKED_AT_THE_DOOR = {"identity", "access", "telling", "record"}
OPTIONS = {
    "low_cost": "Low cost",
    "sliding_scale": "Sliding scale",
    "donation": "Donation",
    "fixed": "Fixed price",
}


def service(rows: list[Published], *, uk: bool = False) -> Document:
    """Return a service with all that hangs on it; Open Referral UK has `fees` still."""
    shown, of = rows[0].shown, {"service_id": rows[0].shown["id"]}
    return basic_service(rows, uk=uk) | filled(
        additional_urls=_pages(shown),
        phones=[_phone(phone, of) for phone in shown["phones"]],
        schedules=_of_lines(shown, of),
        service_areas=_areas(rows, of),
        service_at_locations=[places.at_location(row) for row in _somewhere(rows)],
        languages=[_language(row["code"], of, row.get("note")) for row in shown["languages"]],
        cost_options=_costs(shown, of),
        required_documents=_documents(shown, of),
        attributes=_attributes(shown),
    )


def basic_service(rows: list[Published], *, uk: bool = False) -> Document:
    """Return a service as lists show it: what is one word or number, and its organization."""
    shown = rows[0].shown
    mail = next((link["url"] for link in shown["links"] if link["channel"] == "email"), "")
    fees = shown.get("fees_description") or sentences(shown, {"cost"})
    return filled(
        id=shown["id"],
        organization_id=shown["organization"]["id"],
        name=shown["name"],
        description=shown.get("description"),
        url=next((link["url"] for link in shown["links"] if link["channel"] is None), ""),
        email=mail.removeprefix("mailto:").partition("?")[0],
        status=shown["status"],
        interpretation_services=shown.get("interpretation_services") or _interpreter(shown),
        application_process=_and(shown.get("application_process"), sentences(shown, ASKED_AT_THE_DOOR)),
        fees_description=fees,
        fees=fees if uk else "",
        wait_time=shown.get("wait_time"),
        accreditations=", ".join(shown.get("credentials", [])),
        eligibility_description=_and(shown.get("eligibility_description"), sentences(shown, {"welcome"})),
        minimum_age=shown.get("minimum_age"),
        maximum_age=shown.get("maximum_age"),
        assured_date=shown["assured_date"],
        alert=places.alerts([row for row in rows if row.local]),
        last_modified=moment(max(row.modified for row in rows)),
        organization=organization(shown),
    )


def organization(shown: Document) -> Document:
    """Return the organization of a service; HSDS needs a description of it."""
    of = shown["organization"]
    return {"id": of["id"], "name": of["name"], "description": of.get("description") or of["name"]}


def basic_place(row: Published, *, uk: bool = False) -> Document:
    """Return a service at a location as lists show it."""
    ids = {"id": row.id, "service_id": row.shown["id"], "location_id": places.location_id(row)}
    return ids | {"location": places.location(row, nested=False), "service": basic_service([row], uk=uk)}


def whole_place(row: Published, *, uk: bool = False) -> Document:
    """Return a service at a location with all that hangs on both."""
    of_service = service([row], uk=uk)
    of_service.pop("service_at_locations", None)
    return places.at_location(row) | {"service": of_service}


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _somewhere(rows: list[Published]) -> list[Published]:
    """Return the rows of places, and one for what is reached from afar, however many areas it serves."""
    local, afar = [row for row in rows if row.local], [row for row in rows if not row.local]
    return local + [row for row in afar[:1] if row.somewhere]


def _and(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _interpreter(shown: Document) -> str:
    with override("en"):
        said = [sentence(q, a["answer"]) for q, a in confirmed(shown) if q.key == "interpreter"]
    return "".join(f"{words}." for words in said)


def _pages(shown: Document) -> list[Document]:
    """Return the links besides the first website and the mailboxes."""
    websites = [link for link in shown["links"] if link["channel"] is None]
    rest = [link for link in shown["links"] if link["channel"] not in {None, "email"}]
    return [
        filled(
            id=made(shown["id"], "url", link["url"]),
            service_id=shown["id"],
            label=link.get("label") or _channel(link),
            url=link["url"],
        )
        for link in [*websites[1:], *rest]
    ]


def _channel(line: Document) -> str:
    with override("en"):
        return next((str(channel.label) for channel in CHANNELS if channel.code == line["channel"]), "")


def _phone(phone: Document, of: dict[str, str]) -> Document:
    key = made(*of.values(), "phone", phone["channel"], phone["number"])
    free = "Free to call." if phone.get("free_to_call") else ""
    return filled(
        id=key,
        **of,
        number=phone["number"],
        type="text" if phone["channel"] == "text" else "voice",
        description=_and(phone.get("description"), free),
        languages=[_language(code, {"phone_id": key}) for code in phone["languages"]],
    )


def _of_lines(shown: Document, of: dict[str, str]) -> list[Document]:
    """Return when somebody answers on phones and pages; the hours of places are with the places."""
    found = []
    for line in [*shown["phones"], *shown["links"]]:
        of_line = {"attending": _channel(line) or "Online", "clock": line["times"].get("timezone", "")}
        way = line.get("number") or line.get("label") or ""
        found += schedules(line["hours"], line["times"], of, way=way, **of_line)
    return found


def _areas(rows: list[Published], of: dict[str, str]) -> list[Document]:
    names = [*rows[0].shown["service_areas"], *(row.shown["location"].get("area", {}).get("name") for row in rows)]
    return [places.service_area(name, of) for name in dict.fromkeys(filter(None, names))]


def _language(code: str, of: dict[str, str], note: str | None = None) -> Document:
    return filled(id=made(*of.values(), "language", code), **of, name=LANGUAGES[code][0], code=code, note=note)


def _costs(shown: Document, of: dict[str, str]) -> list[Document]:
    """Return ways of paying that somebody confirmed; free of charge is an answer, and an amount of 0."""
    found = [
        filled(
            id=made(*of.values(), "cost", row["option"]),
            **of,
            option=OPTIONS[row["option"]],
            currency=row.get("currency"),
            amount=float(row["amount"]) if "amount" in row else None,
            amount_description=row.get("amount_description"),
        )
        for row in shown["cost_options"]
        if row["basis"] in CONFIRMED
    ]
    free = next((answer for question, answer in confirmed(shown) if question.key == "free"), {"answer": ""})
    if free["answer"] == "yes":
        words = {"id": made(*of.values(), "cost", "free"), **of, "option": "Free", "amount": 0}
        found.insert(0, filled(**words, amount_description=free.get("limits") or "Free of charge"))
    return found


def _documents(shown: Document, of: dict[str, str]) -> list[Document]:
    """Return what has to be shown at the door: none is said in a sentence, for an empty list is unknown."""
    with override("en"):
        words = [
            (f"None: {question.yes}" if answer["answer"] == "yes" else "ID")
            + (f" ({answer['limits']})" if "limits" in answer else "")
            for question, answer in confirmed(shown)
            if question.key == "id_free"
        ]
    return [{"id": made(*of.values(), "document"), **of, "document": document} for document in words]


def _attributes(shown: Document) -> list[Document]:
    of = shown["id"]
    kinds = [attribute("service-type", code, of, "service") for code in shown["types"]]
    return kinds + answer_attributes(shown, of, of_place=False)
