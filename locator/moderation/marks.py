"""Names, numbers, pages and addresses as they are compared with those that asked to be left out.

Other ways of writing one thing give the same form, and a form is stored as a keyed hash alone. A change to what is
here, or to its table of letters, forgets what was entered before it: tests/test_left_out.py holds them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac

from locator.hsds.agreement import Document
from locator.models import LeftOut
from locator.models.contact_values import dial
from locator.moderation.scanning import PAGE, PATTERNS, texts
from locator.text import fold

Kind = LeftOut.Kind
Form = tuple[str, str]  # a kind, and a value as it is compared
SALT = "locator.moderation.left_out"
SHORTEST = 4  # letters of a part of a name that counts by itself
PARTS = re.compile(r"[:|/()–—]|\s-\s")
STREETS = {
    "street": "st", "saint": "st", "road": "rd", "avenue": "av", "ave": "av", "lane": "ln", "drive": "dr",
    "square": "sq", "place": "pl", "court": "ct", "gardens": "gdns", "crescent": "cres", "terrace": "terr",
    "boulevard": "bd", "blvd": "bd", "strasse": "str", "platz": "pl",
}  # fmt: skip
UNIT = re.compile(
    r"\b(?:flat|unit|suite|room|apartment|apt|studio|office)\s+\w+\b|\b\w+\s+floor\b|\bfloor\s+\w+\b"
)
# Letters of other scripts and signs that look like Latin letters. Apart from `lookalikes`, which may grow.
LOOKS_LIKE = str.maketrans(
    "авекмнорстухіїјѕԁԛԝαβεηικνορτυχ01l35$@|",
    "abekmhopctyxiijsdqwabenikvoptuxoiiessai",
)
CHATS = {"wa.me", "api.whatsapp.com", "whatsapp.com"}


def skeleton(words: str) -> str:
    """Return words as the eye reads them: folded, look-alike letters made Latin, no spaces."""
    return fold(words.casefold().translate(LOOKS_LIKE)).replace(" ", "")


def of_organization(row_id: Any) -> set[Form]:
    return {(Kind.ORGANIZATION, f"id:{row_id}")}


def of_name(name: str) -> set[Form]:
    """Return a name as the eye reads it; none when it has no letters."""
    found = skeleton(name)
    return {(Kind.ORGANIZATION, found)} if found else set()


def names_in(name: str) -> set[Form]:
    """Return a name, and what stands before or behind a colon or a dash in it."""
    parts = [part for part in PARTS.split(name) if len(skeleton(part)) >= SHORTEST]
    return {form for part in (name, *parts) for form in of_name(part)}


def of_number(number: str, country: str) -> set[Form]:
    """Return a number as it is dialled, a short one with its country; none when it cannot be one."""
    try:
        found = dial(number, country)
    except ValidationError:
        return set()
    return {(Kind.PHONE, found if found.startswith("+") else f"{country} {found}")}


def of_page(url: str) -> set[Form]:
    """Return a page or a mailbox; a number for a link that dials one."""
    parts = _split(url)
    if dialled := _dialled(parts):
        return dialled
    if parts.scheme == "mailto":
        return {(Kind.PAGE, _mailbox(box)) for box in parts.path.split(",") if "@" in box}
    return {(Kind.PAGE, _page(parts))} if parts.hostname else set()


def pages_above(url: str) -> set[Form]:
    """Return a page or mailbox with every page above it: who left a site out left out all that is on it."""
    parts = _split(url)
    found = of_page(url)
    if parts.scheme == "mailto":
        hosts = [box.rpartition("@")[2] for box in parts.path.split(",")]
        return found | {(Kind.PAGE, site) for host in hosts for site in _sites(host)}
    steps = _steps(parts.path)
    above = ["/".join([site, *steps[:n]]) for site in _sites(parts.hostname or "") for n in range(len(steps) + 1)]
    return found | {(Kind.PAGE, page) for page in above}


def of_address(address: Document) -> set[Form]:
    """Return house number and street with the postcode, and with the town; none without either."""
    town, code = fold(str(address.get("city", ""))), _tight(str(address.get("postal_code", "")))
    lines = [line for key in ("address_1", "address_2") for line in _lines(str(address.get(key, "")))]
    codes = {_tight(found[0]) for line in lines for found in _codes(line, code)} | {code}
    bare = [_without_codes(line, code) for line in lines]
    streets = {street for line in bare if fold(line) != town and (street := _street(line))}
    numbered = {street for street in streets if street[0].isdigit()}
    places = (codes | {town}) - {""}
    return {(Kind.ADDRESS, f"{street}|{place}") for street in numbered or streets for place in places}


def forms_of(document: Document) -> set[Form]:
    """Return all that a service's or an organization's document could be known by."""
    of, brolly = document.get("organization", document), document.get("brolly", {})
    names = [of["name"], document["name"]]
    names += [row["text"] for row in brolly.get("translations", []) if row["field"] == "name"]
    found = of_organization(of["id"]) | {form for name in names for form in names_in(name)}
    for row, country in phones_of(document):
        found |= of_number(row["number"], country)
    for row in links_of(document):
        found |= pages_above(row["url"])
    for address in addresses_of(document):
        found |= of_address(address)
    return found | forms_in(texts(document), *whereabouts(document))


def forms_in(words: Iterable[str], countries: Iterable[str], places: Iterable[str]) -> set[Form]:
    """Return the numbers, pages, mailboxes and addresses that are written into words."""
    return {form for text in words for _said, forms in said_in(text, countries, places) for form in forms}


def said_in(text: str, countries: Iterable[str], places: Iterable[str]) -> Iterator[tuple[str, set[Form]]]:
    """Yield each number, page and address of a text as it is written, with its forms."""
    for found in PATTERNS["a telephone number"].finditer(text):
        yield found[0], {form for country in countries for form in of_number(found[0], country)}
    for found in PAGE.finditer(text):
        said = found[0].rstrip(".,;:!?)")
        whole = said if "://" in said else f"mailto:{said}" if "@" in said else f"https://{said}"
        yield said, pages_above(whole)
    codes = [code[0] for code in _codes(text)]
    for found in PATTERNS["a street and a number"].finditer(text):
        near = [{key: place} for place in places for key in ("city", "postal_code")]
        yield found[0], {form for place in near for form in of_address({"address_1": found[0], **place})}
        for code in codes:
            forms = of_address({"address_1": found[0], "postal_code": code})
            yield from ((said, forms) for said in (found[0], code))


def whereabouts(document: Document) -> tuple[set[str], set[str]]:
    """Return the countries that a document's numbers could be of, and the towns and postcodes it is in."""
    addresses = list(addresses_of(document))
    countries = {country for _row, country in phones_of(document)} | {row.get("country", "") for row in addresses}
    places = {row.get(key, "") for row in addresses for key in ("city", "postal_code")}
    return (countries | {settings.SITE_COUNTRY}) - {""}, places - {""}


def phones_of(document: Document) -> list[tuple[Document, str]]:
    """Return the numbers of a document, each with the country it is dialled in."""
    countries = {row["id"]: row.get("country", "") for row in document.get("brolly", {}).get("phones", [])}
    return [(row, countries.get(row["id"], "")) for row in document.get("phones", [])]


def links_of(document: Document) -> list[Document]:
    return [*document.get("additional_urls", []), *document.get("additional_websites", [])]


def marks(forms: Iterable[Form]) -> set[str]:
    """Return the marks of forms under today's key and under every earlier one that is still named."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return {mark(form, key) for form in forms for key in keys}


def mark(form: Form, key: str = "") -> str:
    """Return the keyed hash of a form: the same for the same form, and no way back to it."""
    kind, value = form
    words = f"{kind}:{value}"
    return salted_hmac(SALT, words, secret=key or settings.SECRET_KEY, algorithm="sha256").hexdigest()


def addresses_of(document: Document) -> Iterator[Document]:
    for row in document.get("service_at_locations", []):
        yield from row["location"].get("addresses", [])


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url.strip())
    except ValueError:
        return urlsplit("")


def _dialled(parts: SplitResult) -> set[Form]:
    """Return the number that a link dials or opens a chat with; none for any other."""
    if parts.scheme in {"tel", "sms"}:
        return of_number(unquote(parts.path), settings.SITE_COUNTRY)
    if _site(parts.hostname or "") not in CHATS:
        return set()
    digits = re.sub(r"\D", "", "".join(parse_qs(parts.query).get("phone", [parts.path])))
    return of_number(f"+{digits}", settings.SITE_COUNTRY)


def _mailbox(box: str) -> str:
    name, _at, host = unquote(box).strip().casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{_site(host)}"


def _page(parts: SplitResult) -> str:
    page = "/".join([_site(parts.hostname or ""), *_steps(parts.path)])
    return f"{page}?{unquote(parts.query).casefold()}" if parts.query else page


def _steps(path: str) -> list[str]:
    return [step for step in unquote(path).casefold().split("/") if step]


def _site(host: str) -> str:
    """Return a host's name in its own letters, without the www that many have."""
    host = host.casefold().rstrip(".").removeprefix("www.")
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _sites(host: str) -> list[str]:
    """Return a host and those it is under, down to two parts of a name."""
    labels = _site(host).split(".")
    return [".".join(labels[n:]) for n in range(max(len(labels) - 1, 1))]


def _tight(text: str) -> str:
    return fold(_plain_digits(text)).replace(" ", "")


def _plain_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def _lines(written: str) -> list[str]:
    """Return the parts of an address between commas; a number alone goes with the street beside it."""
    joined = re.sub(r"^(\s*\d+\s*[a-z]?)\s*,|,(?=\s*\d+\s*[a-z]?\s*(?:[,;\n]|$))", r"\1 ", written, flags=re.I)
    return re.split(r"[,;\n]", joined)


def _codes(line: str, known: str = "") -> list[re.Match[str]]:
    """Return the postcodes in a line: the known one, or else all but five digits that begin it like a house."""
    found = list(PATTERNS["a postcode"].finditer(line))
    if known:
        return [code for code in found if _tight(code[0]) == known]
    return [code for code in found if line[: code.start()].strip() or not code[0].isdigit()]


def _without_codes(line: str, known: str) -> str:
    for code in _codes(line, known):
        line = line.replace(code[0], " ")
    return line


def _street(line: str) -> str:
    """Return a line of an address, the house number first, then the words of the street in one spelling."""
    plain = UNIT.sub(" ", fold(_plain_digits(line)))
    plain = re.sub(r"\b(\d+) ([a-z])\b", r"\1\2", plain)
    tokens = plain.split()
    numbers = sorted(token for token in tokens if token[0].isdigit())
    words = sorted(_word(token) for token in tokens if not token[0].isdigit())
    return " ".join([*numbers, *words]) if words else ""


def _word(word: str) -> str:
    spelt = STREETS.get(word, word)
    for end in ("strasse", "str"):  # in German a street's kind is a part of its name
        if spelt.endswith(end) and len(spelt) > len(end):
            spelt = spelt.removesuffix(end) + "str"
    return skeleton(spelt)
