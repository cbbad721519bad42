"""Documents that Hypothesis draws: of every part the shape has, right alone and right together."""

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st

from locator.hsds.agreement import Document
from locator.hsds.vocabulary import CREDENTIALS, TYPES_BY_CODE
from locator.models import CostOption, Fact, Link, Phone, Translation
from locator.models.directory import TRANSLATABLE
from locator.models.questions import QUESTIONS

Strategy = st.SearchStrategy[Any]
NUMBERS = [("0161 496 0000", "GB"), ("116 123", "GB"), ("+44 20 7946 0000", "GB"), ("030 23125 000", "DE")]
PAGES = [
    "https://example.org/",
    "https://example.org/a?b=c#d",
    "http://xn--bcher-kva.example/",
    "mailto:us@example.org",
]
ZONES = ["Europe/London", "Asia/Bishkek", "America/New_York"]
AREAS = ["manchester-gb", "london-gb", "berlin-de"]
BASES = ["organization", "moderator", "source"]
LANGUAGES = ["en", "ro", "bfi", "ar", "zh"]
EVERY_DAY = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

ids = st.uuids(version=4).map(str)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(date.isoformat)
clocks = st.times().map(lambda at: at.replace(microsecond=0).isoformat())
letters = st.characters(
    codec="utf-8",
    exclude_categories=["Cc", "Cs"],
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
)
SIGNS = [
    "=1+1",
    "+44",
    "0",
    "null",
    "“quoted”, and \\ this",
    'a "b" c',
    "two\nlines\tand a tab",
    "שלום",
    "é",
    "e\u0301",
    "🌂",
    "None",
]


def words(longest: int = 60) -> Strategy:
    """Draw words as a field keeps them: something, and no space around it."""
    drawn = st.text(letters, min_size=1, max_size=min(longest, 30)).map(str.strip).filter(bool)
    return st.sampled_from([sign for sign in SIGNS if len(sign) <= longest]) | drawn


def some(strategy: Strategy, most: int = 2, by: Callable[[Any], Any] | None = None, *, least: int = 0) -> Strategy:
    return st.lists(strategy, min_size=least, max_size=most, unique_by=by)


class Drawing:
    """The parts of documents; `whole` leaves no part out that may be left out."""

    def __init__(self, *, whole: bool = False) -> None:
        self.whole, self.least = whole, int(whole)

    def part(self, needed: dict[str, Strategy], perhaps: dict[str, Strategy]) -> Strategy:
        if self.whole:
            return st.fixed_dictionaries(needed | perhaps)
        return st.fixed_dictionaries(needed, optional=perhaps)

    def some(self, strategy: Strategy, most: int = 2, by: Callable[[Any], Any] | None = None) -> Strategy:
        return some(strategy, most, by, least=self.least)

    def two_times(self, names: tuple[str, str]) -> Strategy:
        return self.part({}, {"both": st.tuples(clocks, clocks)}).map(
            lambda drawn: dict(zip(names, drawn["both"], strict=True)) if "both" in drawn else {}
        )

    def schedules(self) -> Strategy:
        weekly = self.part(
            {"freq": st.just("WEEKLY"), "byday": some(st.sampled_from(EVERY_DAY), 7, str, least=1).map(",".join)},
            {},
        )
        monthly = st.sampled_from(["1TU,3TU", "-1FR", "2MO"]).map(
            lambda byday: {"freq": "MONTHLY", "byday": byday}
        )
        every_n = self.part({}, {"n": st.tuples(st.integers(2, 52), days)}).map(
            lambda drawn: {"interval": drawn["n"][0], "dtstart": drawn["n"][1]} if "n" in drawn else {}
        )
        rest = self.part({"id": ids}, {"valid_from": days, "valid_to": days, "description": words()})
        return self.some(merged(weekly | monthly, every_n, self.two_times(("opens_at", "closes_at")), rest))

    def times(self, *, line: bool) -> Strategy:
        """Draw what is said of the hours of a place or a line as a whole."""
        dates = st.tuples(days, days).map(sorted).map(lambda both: {"first": both[0], "last": both[1]})
        dated = merged(
            dates, self.two_times(("opens_at", "closes_at")), self.part({"id": ids}, {"description": words()})
        )
        hours = st.tuples(clocks, clocks).map(
            lambda at: {"on_public_holidays": "hours", "holiday_opens_at": at[0], "holiday_closes_at": at[1]}
        )
        plain = st.sampled_from([{}, {"on_public_holidays": "open"}, {"on_public_holidays": "closed"}])
        perhaps: dict[str, Strategy] = {
            "access": st.sampled_from(["appointment", "call_first"]),
            "holiday_region": st.sampled_from(["GB-SCT", "DE-BE"]),
            "dated": self.some(dated),
        }
        if line:
            perhaps["timezone"] = st.sampled_from(ZONES)
        return merged(hours if self.whole else hours | plain, self.part({}, perhaps))

    def spoken(self) -> Strategy:
        one = self.part({"code": st.sampled_from(LANGUAGES)}, {"note": words()})
        return self.some(one, 3, lambda row: row["code"])

    def phones(self) -> Strategy:
        """Draw numbers: what HSDS says of each, what `brolly` does, and the times of it."""
        shown = self.part(
            {"id": ids, "type": st.sampled_from(Phone.Type.values)},
            {"description": words(), "languages": self.spoken(), "schedules": self.schedules()},
        )
        basis = merged(self.confirmed(), self.part({}, {"free_to_call": st.booleans()}))
        number = st.sampled_from(NUMBERS)
        return self.some(st.tuples(shown, number, basis, self.times(line=True)).map(a_phone))

    def links(self) -> Strategy:
        shown = self.part({"id": ids, "url": st.sampled_from(PAGES)}, {"label": words()})
        basis = merged(
            self.part({"kind": st.sampled_from(Link.Kind.values)}, {"schedules": self.schedules()}),
            self.confirmed(),
        )
        return self.some(st.tuples(shown, basis, self.times(line=True)).map(a_link))

    def confirmed(self) -> Strategy:
        both = st.fixed_dictionaries({"confirmed_by": words(), "confirmed_on": days})
        return both if self.whole else both | st.just({})

    def places(self) -> Strategy:
        """Draw places: the row of each, how much of it is public, its facts and its times."""
        address = self.part(
            {"address_1": words(), "country": st.sampled_from(["GB", "DE"]), "address_type": st.just("physical")},
            {"address_2": words(), "city": words(), "state_province": words(), "postal_code": words(20)},
        )
        public = self.part(
            {
                "latitude": st.floats(-90, 90),
                "longitude": st.floats(-180, 180),
                "location_type": st.just("physical"),
                "addresses": address.map(lambda row: [row]),
            },
            {"name": words(), "transportation": words(), "external_identifier": words()},
        ).map(lambda location: (location, {"address_visibility": "public"}))
        area = st.tuples(
            self.part({"location_type": st.just("physical")}, {"name": words()}),
            st.fixed_dictionaries({"address_visibility": st.just("area"), "area": st.sampled_from(AREAS)}),
        )
        none = st.tuples(
            self.part({"location_type": st.just("virtual")}, {"name": words()}),
            st.just({"address_visibility": "none"}),
        )
        zone = self.part({}, {"timezone": st.sampled_from(ZONES)})
        rest = (ids, ids, zone, self.schedules(), self.facts(of_place=True), self.times(line=False))
        return self.some(st.tuples(public | area | none, *rest).map(a_place), 3)

    def facts(self, *, of_place: bool) -> Strategy:
        fact = self.part(
            {
                "question": st.sampled_from([row.key for row in QUESTIONS if row.of_place == of_place]),
                "answer": st.sampled_from(Fact.Answer.values),
                "basis": st.sampled_from(BASES),
                "stated_by": words(),
                "stated_on": days,
            },
            {"limits": words()},
        )
        return self.some(fact, 3, lambda row: row["question"])

    def costs(self) -> Strategy:
        cost = self.part(
            {"option": st.sampled_from(CostOption.Option.values)},
            {
                "amount": st.decimals(0, 9999, places=2, allow_nan=False).map(str),
                "currency": st.just("GBP"),
                "amount_description": words(),
            },
        )
        basis = st.fixed_dictionaries({"basis": st.sampled_from(BASES), "stated_by": words(), "stated_on": days})
        return self.some(st.tuples(cost, basis), by=lambda pair: pair[0]["option"])

    def translations(self) -> Strategy:
        row = self.part(
            {
                "field": st.sampled_from(TRANSLATABLE),
                "language": st.sampled_from(LANGUAGES),
                "text": words(),
                "status": st.sampled_from(Translation.Status.values),
            },
            {"source_revision": st.integers(0, 9)},
        )
        return self.some(row, 3, lambda row: (row["field"], row["language"]))

    def service_words(self) -> Strategy:
        of_words = (
            "description",
            "application_process",
            "fees_description",
            "wait_time",
            "interpretation_services",
        )
        ages = {"minimum_age": st.integers(0, 20), "maximum_age": st.integers(20, 120)}
        texts = {name: words() for name in (*of_words, "eligibility_description")}
        return self.part({"name": words(), "status": st.sampled_from(["active", "inactive"])}, texts | ages)

    def service_brolly(self) -> Strategy:
        return self.part(
            {"status": st.sampled_from(["draft", "listed", "unlisted", "withdrawn"])},
            {
                "discreet_name": words(),
                "text_language": st.sampled_from(LANGUAGES),
                "source": words(),
                "staff_notes": words(),
                "types": self.some(st.sampled_from(sorted(TYPES_BY_CODE)), 3, str),
                "credentials": self.some(st.sampled_from(sorted(CREDENTIALS)), 1, str),
                "translations": self.translations(),
            },
        )

    def services(self) -> Strategy:
        """Draw a service without its organization."""
        covers = st.sampled_from(["world", "continent:EU", "country:GB", "area:london-gb"])
        assured = self.part({}, {"both": st.tuples(days, words())})
        area = st.tuples(ids, words(), covers)
        return st.tuples(
            merged(st.fixed_dictionaries({"id": ids}), self.service_words()),
            self.service_brolly(),
            assured,
            st.tuples(self.phones(), self.links(), self.places()),
            self.facts(of_place=False),
            self.costs(),
            self.some(area, by=lambda row: row[2]),
            self.spoken(),
        ).map(a_service)

    def organizations(self) -> Strategy:
        contact = self.part(
            {"id": ids, "name": words()},
            {"title": words(), "email": st.just("sam@example.org"), "phone": words(30)},
        )
        own = self.part({"id": ids, "name": words()}, {"description": words(), "contacts": self.some(contact)})
        return st.tuples(own, self.part({}, {"staff_notes": words()}), self.phones(), self.links()).map(
            an_organization
        )

    def directories(self) -> Strategy:
        """Draw an organization and its services; two of them may be at one place."""
        services = some(self.services(), 3, least=1 + self.least)
        return st.tuples(self.organizations(), services, st.booleans()).map(a_directory)


def merged(*parts: Strategy) -> Strategy:
    return st.tuples(*parts).map(lambda drawn: {key: value for part in drawn for key, value in part.items()})


def filled(document: Document) -> Document:
    return {key: value for key, value in document.items() if value not in ("", None, [], {})}


def a_phone(drawn: Any) -> dict[str, Document]:
    shown, (number, country), basis, times = drawn
    own = {"id": shown["id"]}
    return {
        "row": filled(shown | {"number": number}),
        "basis": own | {"country": country} | basis,
        "times": own | times,
    }


def a_link(drawn: Any) -> dict[str, Document]:
    shown, basis, times = drawn
    own = {"id": shown["id"]}
    return {"row": shown, "basis": own | filled(basis), "times": own | times}


def a_place(drawn: Any) -> dict[str, Any]:
    (location, disclosed), at_id, location_id, zone, schedules, facts, times = drawn
    own = {"id": location_id}
    return {
        "row": filled({"id": at_id, "location": own | location, "schedules": schedules}),
        "basis": own | disclosed | zone,
        "facts": [fact | {"location": location_id} for fact in facts],
        "times": {"id": at_id} | times,
    }


def lines(document: Document, brolly: Document, phones: list[Any], links: list[Any], pages: str) -> None:
    """Put numbers and pages into a document."""
    document |= {"phones": [each["row"] for each in phones], pages: [each["row"] for each in links]}
    brolly |= {"phones": [each["basis"] for each in phones], "links": [each["basis"] for each in links]}
    said = [each["times"] for each in [*phones, *links]]
    brolly["times"] = [filled(times) for times in said if len(filled(times)) > 1]


def an_organization(drawn: Any) -> Document:
    document, brolly, phones, links = drawn
    document, brolly = dict(document), dict(brolly)
    lines(document, brolly, phones, links, "additional_websites")
    return filled(document | {"brolly": filled(brolly)})


def a_service(drawn: Any) -> Document:
    document, brolly, assured, (phones, links, places), facts, costs, areas, spoken = drawn
    document, brolly = dict(document), dict(brolly)
    lines(document, brolly, phones, links, "additional_urls")
    at_times = [filled(each["times"]) for each in places]
    brolly |= {
        "times": brolly["times"] + [times for times in at_times if len(times) > 1],
        "locations": [each["basis"] for each in places],
        "facts": [*facts, *(fact for each in places for fact in each["facts"])],
        "areas": [{"id": row_id, "covers": covers} for row_id, _name, covers in areas],
        "costs": [{"option": cost["option"], **basis} for cost, basis in costs],
    }
    document |= {
        "service_at_locations": [each["row"] for each in places],
        "service_areas": [{"id": row_id, "name": name} for row_id, name, _covers in areas],
        "cost_options": [cost for cost, _basis in costs],
        "languages": spoken,
    }
    if "both" in assured:
        document["assured_date"], brolly["assurer"] = assured["both"]
    return filled(document | {"brolly": filled(brolly)})


def a_directory(drawn: Any) -> tuple[Document, list[Document]]:
    organization, services, shared = drawn
    of = {key: organization[key] for key in ("id", "name", "description") if key in organization}
    services = [service | {"organization": of} for service in services]
    if shared and len(services) > 1 and services[0].get("service_at_locations"):
        _share(services[0], services[1])
    return organization, services


def _share(one: Document, other: Document) -> None:
    """Put the second service at the first place of the first, beside its own."""
    at = one["service_at_locations"][0]
    location = at["location"]["id"]
    brolly = other["brolly"] = dict(other["brolly"])
    row_id = f"{other['id'][:-4]}{at['id'][-4:]}"
    other["service_at_locations"] = [
        *other.get("service_at_locations", []),
        {"id": row_id, "location": at["location"]},
    ]
    for name, key in (("locations", "id"), ("facts", "location")):
        own = [row for row in one["brolly"].get(name, []) if row.get(key) == location]
        brolly[name] = [*brolly.get(name, []), *own]
    other["brolly"] = filled(brolly)
