"""Phones and pages of others → unconfirmed lines of a document: nobody of ours has tried them."""

import re
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError

from locator.exchange.dialects.making import Document, Making
from locator.exchange.dialects.remarks import Part
from locator.exchange.dialects.spoken import languages
from locator.exchange.dialects.words import cleaned, folded, one_line, shortened
from locator.models.contact_values import validate_phone, validate_url

TYPES = {"": "voice", "voice": "voice", "phone": "voice", "cell": "voice", "mobile": "voice", "work": "voice"}
TYPES |= {"landline": "voice", "main": "voice", "hotline": "voice", "toll free": "voice", "toll-free": "voice"}
TYPES |= {"text": "text", "sms": "text"}
TYPED = {"tty": "Textphone", "tdd": "Textphone", "textphone": "Textphone", "tty/tdd": "Textphone"}
LOST = {"fax", "pager", "video"}
_EXTENSION = re.compile(r"[\s,;]*(?:ext(?:ension|n)?\.?|x|;ext=|#)\s*[:=]?\s*(\d{1,7})\s*$", re.IGNORECASE)
CHANNELS = {"by chat": "chat", "chat": "chat", "web chat": "chat", "live chat": "chat", "webchat": "chat"}
CHANNELS |= {"online": "online"}


class Lines:
    """The phones and links of one service or organization, each once."""

    def __init__(self, making: Making) -> None:
        self.making = making
        self.phones: list[Document] = []
        self.links: list[Document] = []
        self.phone_rows: list[Document] = []
        self.link_rows: list[Document] = []

    def phone(self, part: Part) -> None:
        """Take a number, if it is one in its country."""
        kind = _kind(part)
        if kind is None:
            part.take("number")
            part.dropped(part.name_in_file("number"), "A fax or pager is answered by nobody.")
            return
        number, extension = self._number(part)
        if not number:
            return
        part.take("type")
        said = [part.text("description", 300), part.text("department", 100)]
        if folded(part.get("type") or "") in TYPED:
            said.append(TYPED[folded(part.take("type"))])
        if extension:
            said.append(f"Extension {extension}")
        description = shortened(text, 300) if len(text := ". ".join(filter(None, said))) > 300 else text
        row: Document = {"id": self.making.id("phone", number), "number": number, "type": kind}
        country = "" if number.startswith("+") else self.making.country
        spoken = languages([*part.parts("languages"), *part.parts("language")])
        before = next((one for one in self.phones if _digits(one["number"]) == _digits(number)), None)
        if before:
            if not before.get("description") and description:
                before["description"] = description
            if not before.get("languages") and spoken:
                before["languages"] = spoken
            return
        row |= ({"description": description} if description else {}) | ({"languages": spoken} if spoken else {})
        self.phones.append(row)
        self.phone_rows.append({"id": row["id"]} | ({"country": country} if country else {}))

    def _number(self, part: Part) -> tuple[str, str]:
        """Return a number and its extension as words; nothing, with a remark, where it is none."""
        field = part.name_in_file("number")
        written = part.get("number")
        if isinstance(written, float) and written.is_integer():
            written = int(written)
        if not isinstance(written, (str, int)) or isinstance(written, bool):
            return "", ""
        number = one_line(cleaned(str(written)[:200])[0]).strip("\"' \u201c\u201d")
        number = re.sub(r"^tel:", "", number, flags=re.IGNORECASE)
        extension = ""
        if found := _EXTENSION.search(number):
            number, extension = number[: found.start()].strip(), found[1]
            part.guessed(field, "Its extension is said in words.")
        given = part.get("extension")
        if isinstance(given, float) and given.is_integer():
            given = int(given)
        if given is not None and re.fullmatch(r"\d{1,7}", str(given).strip()):
            part.take("extension")
            part.guessed(part.field("extension"), "It is said in words, beside the number.")
            extension = str(given).strip()
        prefix = str(part.get("country_prefix") or "")
        if re.fullmatch(r"\+?\d{1,3}", prefix) and not number.startswith("+"):
            number = f"+{prefix.lstrip('+')} {number}"
            part.take("country_prefix")
        why = self._wrong(number)
        if why:
            part.dropped(field, why)
            return "", ""
        part.take("number")
        if not number.startswith("+") and self.making.country_from != "record":
            part.guessed(field, f"No country is said; it is read as a number in {self.making.country}.")
        return number, extension

    def _wrong(self, number: str) -> str:
        """Return why a number is not taken; "" for nothing.

        Where no country is said, one that is not written as the site's own country writes its numbers is not taken
        for one of them: it would ring somewhere else.
        """
        if number.startswith("+"):
            return "" if len(number) <= 30 and is_phone(number, "") else "This is not a phone number."
        country = self.making.country
        if len(number) > 30 or not is_phone(number, country):
            return f"This is not a phone number in {country}."
        trunk = phonenumbers.ndd_prefix_for_region(country, strip_non_digits=True) or ""
        digits = _digits(number)
        if self.making.country_from == "site" and trunk == "0" and len(digits) > 6 and not digits.startswith("0"):
            return "It does not say of which country it is."
        return ""

    def link(self, part: Part, name: str, kind: str = "website", label: str = "") -> None:
        """Take a page or a mailbox."""
        value = part.get(name)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            part.take(name)
            for one in value:
                self._page(part, part.name_in_file(name), one, kind, label)
        elif isinstance(value, str):
            field = part.name_in_file(name)
            part.take(name)
            self._page(part, field, value, kind, label)

    def labelled(self, part: Part) -> None:
        label = part.text("label", 100)
        self.link(part, "url", CHANNELS.get(folded(label), "website"), label)

    def _page(self, part: Part, field: str, written: str, kind: str, label: str) -> None:
        url = written.strip().strip("<>\"'")
        if kind == "email":
            mailbox = re.sub(r"^mailto:", "", url, flags=re.IGNORECASE)
            url = f"mailto:{mailbox}" if "@" in mailbox else ""
        elif url.lower().startswith("tel:"):
            part.dropped(field, "This is a number, not a page.")
            return
        elif url and not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)", url):
            url = f"https://{url.lstrip('/')}"
            part.guessed(field, "It had no https:// before it.")
        if re.match(r"https?:", url, re.IGNORECASE):
            scheme, _colon, rest = url.partition(":")
            url = f"{scheme.lower()}:{rest}"
        if not _is_url(url):
            part.dropped(field, "This is no page and no mailbox.")
            return
        if any(one["url"] == url for one in self.links):
            return
        row = {"id": self.making.id("link", url), "url": url} | ({"label": label} if label else {})
        self.links.append(row)
        self.link_rows.append({"id": row["id"], "kind": kind})


def _kind(part: Part) -> str | None:
    """Return voice or text; None for what nobody answers."""
    said = folded(part.get("type") or "")
    if said in TYPED:
        return "voice"
    if said in LOST or said.startswith("fax"):
        return None
    if said and said not in TYPES:
        part.guessed(part.name_in_file("type"), f"“{said[:40]}” is taken for voice.")
    return TYPES.get(said, "voice")


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


@lru_cache(maxsize=4096)
def is_phone(number: str, country: str) -> bool:
    try:
        validate_phone(number, country)
    except (ValidationError, phonenumbers.NumberParseException):
        return False
    return True


def _is_url(url: str) -> bool:
    if not url or len(url) > 500 or not url.isprintable():
        return False
    try:
        validate_url(url)
    except ValidationError:
        return False
    return True
