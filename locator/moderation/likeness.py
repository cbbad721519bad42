"""Does a listing look like somebody else's? A name one letter away, the same number, the same page (SAFETY R56).

Letters of other scripts that look like Latin ones count as those (the commonest rows of Unicode's confusables,
UTS 39). What is alike is shown to whoever decides; it refuses nothing.
"""

import re
from urllib.parse import urlsplit

from locator.hsds.agreement import Document
from locator.models import Link, Phone, Service
from locator.text import edits, fold

LOOKS_LIKE = str.maketrans(
    "авекмнорстухіїјѕԁԛԝαβεηικνορτυχ01l35$@|",
    "abekmhopctyxiijsdqwabenikvoptuxoiiessai",
)
SHORTEST = 6  # letters of a name of which one may differ
DIGITS = 8  # at the end of a number


def skeleton(name: str) -> str:
    """Return a name as the eye reads it: folded, look-alike letters made Latin, no spaces."""
    return fold(name.casefold().translate(LOOKS_LIKE)).replace(" ", "")


def alike(document: Document) -> list[str]:
    """Return the names of services of other organizations that a document looks like; in name, number or page."""
    others = Service.objects.exclude(organization_id=document["organization"]["id"])
    own = skeleton(document["name"])
    found = {name for name in others.values_list("name", flat=True) if own and _close(own, skeleton(name))}
    numbers = {_digits(row["number"]) for row in document.get("phones", [])}
    for number, name in Phone.objects.filter(service__in=others).values_list("number", "service__name"):
        if _digits(number) in numbers:
            found.add(name)
    hosts = {_host(row["url"]) for row in document.get("additional_urls", [])} - {""}
    for url, name in Link.objects.filter(service__in=others).values_list("url", "service__name"):
        if _host(url) in hosts:
            found.add(name)
    return sorted(found)


def _close(one: str, other: str) -> bool:
    near = len(one) >= SHORTEST and abs(len(one) - len(other)) <= 1
    return one == other or (near and edits(one, other) == 1)


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)[-DIGITS:]


def _host(url: str) -> str:
    parts = urlsplit(url)
    return (parts.hostname or parts.path).removeprefix("www.")
