"""The columns of numbers and pages: the first two numbers, the first mailbox, the first web page."""

import re
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locator.exchange.bulk.parts import Cells, Document, Part, Wrong, check, check_words
from locator.hsds.members import put, remove_line, row_of
from locator.models.contact_values import validate_phone, validate_url

PHONES = ("phone", "phone_2")
LINKS = {"email": "email", "website": "website"}  # by column: the kind of link
SHORTENED = re.compile(r"\d+[.,]?\d*E\+?\d+", re.IGNORECASE)


def _say_phones(document: Document) -> Cells:
    numbers = [row["number"] for row in document.get("phones", [])]
    return dict(zip(PHONES, [*numbers, "", ""], strict=False))


def _put_phones(document: Document, said: Cells) -> None:
    """Write numbers where they stand; one that only moved to the other cell keeps its row, and who tried it."""
    rows: list[Document | None] = [*document.get("phones", [])[:2], None, None][:2]
    known = {row["number"]: row for row in rows if row}
    wanted = [said.get(name, rows[n]["number"] if rows[n] else "") for n, name in enumerate(PHONES)]  # type: ignore[index]
    if wanted[0] and wanted[0] == wanted[1]:
        raise Wrong(phone_2=_("This number is there twice."))
    free = [row for row in rows if row and row["number"] not in wanted]
    for n, number in enumerate(wanted):
        if number and number not in known:
            here = rows[n]
            row = here if here in free else free[0] if free else None
            if row:
                free.remove(row)
            _put_phone(document, PHONES[n], number, row)
    for row in free:
        remove_line(document, row["id"])


def _put_phone(document: Document, column: str, number: str, row: Document | None) -> None:
    check_words(column, number, 30)
    if SHORTENED.fullmatch(number):
        words = _("The spreadsheet has shortened this number. Make the column text, and type it again.")
        raise Wrong(**{column: words})
    row_id = row["id"] if row else str(uuid4())
    basis = row_of(document["brolly"].get("phones", []), row_id) or {"id": row_id}
    country = basis.get("country") or ("" if number.startswith("+") else _country(document))
    check(column, validate_phone, number, country)
    if row:
        row["number"] = number
    else:
        document.setdefault("phones", []).append({"id": row_id, "number": number, "type": "voice"})
        document["brolly"].setdefault("phones", []).append(basis)
    put(basis, "country", country)


def _country(document: Document) -> str:
    """Return the country in which a number without one is read."""
    for at in document.get("service_at_locations", []):
        for address in at["location"].get("addresses", []):
            return str(address.get("country", ""))
    return str(settings.SITE_COUNTRY)


def _first(document: Document, kind: str) -> Document | None:
    kinds = {row["id"]: row.get("kind") for row in document["brolly"].get("links", [])}
    return next((row for row in document.get("additional_urls", []) if kinds.get(row["id"]) == kind), None)


def _say_links(document: Document) -> Cells:
    found = {column: _first(document, kind) for column, kind in LINKS.items()}
    return {column: row["url"].removeprefix("mailto:") if row else "" for column, row in found.items()}


def _put_links(document: Document, said: Cells) -> None:
    for column, typed in said.items():
        row = _first(document, LINKS[column])
        if not typed:
            if row:
                remove_line(document, row["id"])
            continue
        check_words(column, typed, 500)
        url = f"mailto:{typed.removeprefix('mailto:')}" if column == "email" else typed
        check(column, validate_url, url)
        if column == "website" and not url.startswith(("https://", "http://")):
            raise Wrong(website=_("A web page begins with https://."))
        if row:
            row["url"] = url
        else:
            row_id = str(uuid4())
            document.setdefault("additional_urls", []).append({"id": row_id, "url": url})
            document["brolly"].setdefault("links", []).append({"id": row_id, "kind": LINKS[column]})


PHONE_COLUMNS = Part(
    {
        "phone": gettext_lazy("a number with its country, as in +44 161 496 0000"),
        "phone_2": gettext_lazy("another number"),
    },
    _say_phones,
    _put_phones,
)
LINK_COLUMNS = Part(
    {"email": gettext_lazy("an e-mail address"), "website": gettext_lazy("a web page, with https://")},
    _say_links,
    _put_links,
)
