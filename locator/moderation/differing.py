"""What two documents say differently, in words: for a person who has to decide, and one who looks back.

Every leaf of a document's shape is told somewhere here; a test walks the shape and names what is not.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from locator.countries import spoken_name
from locator.hours.words import DAYS, dates, day, words
from locator.hsds.agreement import Document
from locator.hsds.vocabulary import CREDENTIALS, TYPES_BY_CODE
from locator.models.languages import LANGUAGES
from locator.models.questions import BY_KEY, COSTS

Words = str | Promise
LTR, PDI = "\u2066", "\u2069"  # a number reads from left to right in every language (Unicode, UAX 9: isolates)
Key = tuple[Any, ...]


class Difference(NamedTuple):
    """One thing that is different; `old` or `new` is "" where there was or will be nothing."""

    where: str
    old: str
    new: str
    risk: bool  # a stranger would change this: it needs a second person (SAFETY R51)


class _Told(NamedTuple):
    key: Key
    where: str
    words: str
    risk: bool = False


FIELDS: dict[str, Words] = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("What it is like"),
    "application_process": gettext_lazy("Coming for the first time"),
    "fees_description": gettext_lazy("What it costs"),
    "wait_time": gettext_lazy("Waiting time"),
    "eligibility_description": gettext_lazy("Who it is for"),
    "interpretation_services": gettext_lazy("Interpreting"),
    "minimum_age": gettext_lazy("From which age"),
    "maximum_age": gettext_lazy("Up to which age"),
}
OWN_FIELDS: dict[str, Words] = {
    "discreet_name": gettext_lazy("Name that gives nothing away"),
    "source": gettext_lazy("Document it is known from"),
    "staff_notes": gettext_lazy("Moderators’ notes"),
    "short_id": gettext_lazy("Address of the page"),
}
DECLINED = gettext_lazy("We’d rather not say")
BASES: dict[str, Words] = {
    "organization": gettext_lazy("as they told us"),
    "moderator": gettext_lazy("as a moderator found"),
    "source": gettext_lazy("as a document says"),
}
STATUSES: dict[str, Words] = {
    "draft": pgettext_lazy("listing", "a draft"),
    "listed": pgettext_lazy("listing", "shown to visitors"),
    "unlisted": pgettext_lazy("listing", "out of sight"),
    "withdrawn": pgettext_lazy("listing", "taken out of the directory"),
}
OFFERS: dict[str, Words] = {
    "active": gettext_lazy("on offer"),
    "inactive": gettext_lazy("not on offer any more"),
}
KINDS: dict[str, Words] = {
    "voice": gettext_lazy("Number to call"),
    "text": gettext_lazy("Number for text messages"),
    "website": gettext_lazy("Web page"),
    "chat": gettext_lazy("Chat"),
    "online": gettext_lazy("Service on a page"),
    "email": gettext_lazy("E-mail"),
}
VISIBLE: dict[str, Words] = {
    "public": gettext_lazy("the whole address is shown"),
    "area": gettext_lazy("only the area is shown"),
    "none": gettext_lazy("no place: by phone or online"),
}
ACCESS: dict[str, Words] = {
    "call_first": gettext_lazy("Call first"),
    "appointment": gettext_lazy("Only with an appointment"),
}
HOLIDAYS: dict[str, Words] = {
    "open": gettext_lazy("Open on public holidays too."),
    "closed": gettext_lazy("Closed on public holidays."),
}
TEXTS: dict[str, Words] = {
    "draft": gettext_lazy("nobody has read it yet"),
    "machine": gettext_lazy("translated by a machine"),
    "reviewed": gettext_lazy("read by somebody who speaks it well"),
}
COST_NAMES: dict[str, Words] = {cost.key: cost.label for cost in COSTS} | {"fixed": gettext_lazy("A fixed price")}


CONTINENTS = {"AF": "002", "AN": "AQ", "AS": "142", "EU": "150", "NA": "003", "OC": "009", "SA": "005"}  # UN M49


def differences(before: Document | None, after: Document | None, *, notes: bool = False) -> list[Difference]:
    """Return what is different, in the order of a page; what is new or gone as a whole is told line by line.

    Moderators' `notes` are told to those alone who may read them.
    """
    old, new = _told(before), _told(after)
    if not notes:
        for side in (old, new):
            side.pop(("staff_notes",), None)
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        was, will = old.get(key), new.get(key)
        if (was and was.words) != (will and will.words):
            told = will or was or _Told(key, "", "")
            found.append(Difference(told.where, was.words if was else "", will.words if will else "", told.risk))
    return found


def _told(document: Document | None) -> dict[Key, _Told]:
    if not document:
        return {}
    parts = _organization(document) if "organization" not in document else _service(document)
    return {told.key: told for told in parts if told.words}


def _service(document: Document) -> Iterator[_Told]:
    brolly = document["brolly"]
    for name, label in FIELDS.items():
        yield _Told((name,), str(label), str(document.get(name, "")), risk=name == "name")
    for name, label in OWN_FIELDS.items():
        yield _Told((name,), str(label), brolly.get(name, ""))
    yield _Told(("id",), _("Record"), document["id"])
    yield from _standing(document)
    yield from _kinds(document)
    yield from _places(document)
    yield from _lines(document, "additional_urls")
    yield from _facts(brolly.get("facts", []))
    yield from _costs(document)
    for row in brolly.get("translations", []):
        key = ("translation", row["field"], row["language"])
        told = f"{row['text']} ({TEXTS[row['status']]}, {row.get('source_revision', 0)})"
        yield _Told(key, f"{FIELDS.get(row['field'], row['field'])} ({_language(row['language'])})", told)


def _organization(document: Document) -> Iterator[_Told]:
    yield _Told(("id",), _("Record"), document["id"])
    yield _Told(("name",), str(FIELDS["name"]), document["name"], risk=True)
    yield _Told(("description",), str(FIELDS["description"]), document.get("description", ""))
    yield _Told(
        ("staff_notes",), str(OWN_FIELDS["staff_notes"]), document.get("brolly", {}).get("staff_notes", "")
    )
    yield from _lines(document, "additional_websites")
    for row in document.get("contacts", []):
        parts = [row["name"], row.get("title"), row.get("email"), row.get("phone")]
        yield _Told(("contact", row["id"]), _("Contact, not shown to visitors"), _joined(parts), risk=True)


def _standing(document: Document) -> Iterator[_Told]:
    brolly, of = document["brolly"], document["organization"]
    yield _Told(("status",), _("State"), _joined([STATUSES[brolly["status"]], OFFERS[document["status"]]]))
    yield _Told(("text_language",), _("Written in"), _language(brolly.get("text_language", "en")))
    checked = [document["assured_date"] and day(document["assured_date"])] if "assured_date" in document else []
    yield _Told(("assured",), _("Checked"), _joined([*checked, brolly.get("assurer")]))
    yield _Told(("organization", of["id"]), _("Organization"), of["name"], risk=True)
    yield _Told(("organization", of["id"], "is"), _("About the organization"), of.get("description", ""))


def _kinds(document: Document) -> Iterator[_Told]:
    brolly = document["brolly"]
    types = [TYPES_BY_CODE[code].label for code in brolly.get("types", [])]
    yield _Told(("types",), _("What they offer"), _joined(types))
    yield _Told(("credentials",), _("Training"), _joined(CREDENTIALS[c][0] for c in brolly.get("credentials", [])))
    yield _Told(("languages",), _("Languages"), _languages(document.get("languages", [])))
    covers = {row["id"]: row["covers"] for row in brolly.get("areas", [])}
    for row in document.get("service_areas", []):
        told = _joined([row["name"], _covered(covers.get(row["id"], ""))])
        yield _Told(("area", row["id"]), _("Where it can be used from"), told)


def _covered(covers: str) -> str:
    """Return what a service area covers as people call it; no query, because many are told at once."""
    kind, _colon, code = covers.partition(":")
    if kind == "area":
        return _area(code)
    return spoken_name({"world": "001", "continent": CONTINENTS.get(code, code)}.get(kind, code)) if kind else ""


def _area(slug: str) -> str:
    """Return an area by its name, from how it is written in addresses: "old-town-gb"."""
    name, _dash, country = slug.rpartition("-")
    return f"{name.replace('-', ' ').title()}, {spoken_name(country.upper())}" if name else slug


def _places(document: Document) -> Iterator[_Told]:
    shown = {row["id"]: row for row in document["brolly"].get("locations", [])}
    times = {row["id"]: row for row in document["brolly"].get("times", [])}
    for at in document.get("service_at_locations", []):
        location, disclosed = at["location"], shown.get(at["location"]["id"], {})
        key = ("place", at["id"], location["id"])
        yield _Told(key, _("Place"), place_words(location, disclosed), risk=True)
        more = [location.get("name"), location.get("transportation"), location.get("external_identifier")]
        yield _Told((*key, "more"), _("How to find it"), _joined([*more, disclosed.get("timezone")]))
        yield from _hours(at, times.get(at["id"], {}), _("Opening times"))


def place_words(location: Document, shown: Document) -> str:
    """Return a place as its address or area, and how much of it is shown."""
    address = (location.get("addresses") or [{}])[0]
    lines = [address.get(name) for name in ("address_1", "address_2", "postal_code", "city", "state_province")]
    country = [spoken_name(address["country"])] if address.get("country") else []
    point = f"{location['latitude']}, {location['longitude']}" if "latitude" in location else ""
    kind = VISIBLE.get(shown.get("address_visibility", ""), "")
    return _joined([*lines, *country, point, _area(shown.get("area", "")), kind])


def _lines(document: Document, pages: str) -> Iterator[_Told]:
    """Tell numbers and pages: what each is, what is said beside it, and when somebody is there."""
    brolly = document.get("brolly", {})
    basis = {row["id"]: row for row in [*brolly.get("phones", []), *brolly.get("links", [])]}
    times = {row["id"]: row for row in brolly.get("times", [])}
    for row in [*document.get("phones", []), *document.get(pages, [])]:
        own = basis.get(row["id"], {})
        value, kind = row.get("number") or row.get("url", ""), row.get("type") or own.get("kind") or "voice"
        country = [spoken_name(own["country"])] if own.get("country") else []
        yield _Told(("line", row["id"]), str(KINDS[kind]), _joined([f"{LTR}{value}{PDI}", *country]), risk=True)
        yield _Told(("line", row["id"], "kind"), _("Kind of %(what)s") % {"what": value}, str(KINDS[kind]))
        yield _Told(("line", row["id"], "more"), _("About %(what)s") % {"what": value}, _line(row, own))
        yield from _hours({**own, **row}, times.get(row["id"], {}), _("Times of %(what)s") % {"what": value})


def _line(row: Document, own: Document) -> str:
    free = {True: _("Free to call."), False: _("Not free to call.")}.get(own.get("free_to_call"), "")  # type: ignore[arg-type]
    tried = ""
    if "confirmed_on" in own:
        tried = _("tried by %(who)s on %(day)s") % {"who": own["confirmed_by"], "day": day(own["confirmed_on"])}
    spoken = _languages(row.get("languages", []))
    return _joined([row.get("description"), row.get("label"), spoken, free, tried])


def _hours(owner: Document, times: Document, where: str) -> Iterator[_Told]:
    rules = [_rule(rule) for rule in owner.get("schedules", [])]
    held = [HOLIDAYS.get(times.get("on_public_holidays", ""), ""), ACCESS.get(times.get("access", ""), "")]
    if "holiday_opens_at" in times:
        span = {"opens": times["holiday_opens_at"][:5], "closes": times["holiday_closes_at"][:5]}
        held.append(_("On public holidays: %(opens)s–%(closes)s.") % span)
    dated = [dates(row) for row in times.get("dated", [])]
    if "holiday_region" in times:
        country, _dash, part = times["holiday_region"].partition("-")
        held.append(_joined([spoken_name(country), part]))
    held.append(times.get("timezone", ""))
    yield _Told(("hours", owner["id"]), where, "; ".join(str(part) for part in [*rules, *held, *dated] if part))


def _rule(rule: Document) -> str:
    """Return a rule in words; a first date to count from is told though it is not shown to visitors."""
    known = rule if all(code[-2:] in DAYS for code in rule["byday"].split(",")) else {**rule, "byday": "MO"}
    counted = _("counted from %(day)s") % {"day": day(rule["dtstart"])} if "dtstart" in rule else ""
    said = rule.get("description", "") if "opens_at" in rule else ""
    return _joined([words(known), counted, said if said not in words(known) else ""])


def _facts(facts: list[Document]) -> Iterator[_Told]:
    for fact in facts:
        who = {"basis": BASES[fact["basis"]], "who": fact["stated_by"], "day": day(fact["stated_on"])}
        whose = _("%(basis)s: %(who)s, %(day)s") % who
        question = BY_KEY[fact["question"]]
        # As visitors read it: "Will they ask for ID? Yes" would say the opposite of a yes to `id_free`.
        said = {"yes": question.yes, "no": question.no}.get(fact["answer"], DECLINED)
        told = _joined([f"{said} ({whose})", fact.get("limits")])
        yield _Told(("fact", fact["question"], fact.get("location")), str(question.ask), told)


def _costs(document: Document) -> Iterator[_Told]:
    basis = {row["option"]: row for row in document["brolly"].get("costs", [])}
    for row in document.get("cost_options", []):
        own = basis.get(row["option"], {})
        amount = f"{row.get('amount', '')} {row.get('currency', '')}".strip()
        whose = [BASES[own["basis"]], own["stated_by"], day(own["stated_on"])] if own else []
        told = [COST_NAMES[row["option"]], amount, row.get("amount_description"), *whose]
        yield _Told(("cost", row["option"]), str(FIELDS["fees_description"]), _joined(told))


def _language(code: str) -> str:
    return LANGUAGES[code][0] if code in LANGUAGES else code


def _languages(rows: list[Document]) -> str:
    return _joined(
        f"{_language(row['code'])} ({row['note']})" if row.get("note") else _language(row["code"]) for row in rows
    )


def _joined(parts: Iterable[Any]) -> str:
    return ", ".join(str(part) for part in parts if part)
