"""What a number, an address, a language code or a time zone may look like; each says what is wrong in words."""

from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import holidays
import phonenumbers
from django.core.exceptions import ValidationError

from locator.models.languages import LANGUAGES

SCHEMES = {"http", "https", "mailto", "sms", "tel"}  # SAFETY R35


def parsed_phone(number: str, country: str) -> phonenumbers.PhoneNumber:
    """Return the number read in its country (ISO 3166-1), or raise ValidationError."""
    try:
        found = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException as problem:
        raise ValidationError(f"“{number}” cannot be read as a phone number.") from problem
    # A short helpline number (116 123) is no "valid number" to libphonenumber and is asked for apart.
    if phonenumbers.is_valid_number(found) or phonenumbers.is_valid_short_number_for_region(found, country):
        return found
    raise ValidationError(f"“{number}” is not a phone number in {country}.")


def validate_phone(number: str, country: str) -> None:
    parsed_phone(number, country)


def dial(number: str, country: str) -> str:
    """Return what a phone dials: +44…, or a short number as it is."""
    found = parsed_phone(number, country)
    if phonenumbers.is_valid_number(found):
        return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    return str(found.national_number)


def validate_url(url: str) -> None:
    """Refuse anything but a web, mail or phone address; `javascript:` and `data:` can never be stored."""
    try:
        parts = urlsplit(url)
    except ValueError as problem:
        raise ValidationError(f"“{url}” is not an address.") from problem
    if parts.scheme not in SCHEMES or any(letter in url for letter in " <>\"'`\\\n\r\t"):
        raise ValidationError(f"“{url}” is not an address: it has to begin with https://, http:// or mailto:.")
    if parts.scheme in {"http", "https"} and ("." not in (parts.hostname or "") or "@" in parts.netloc):
        raise ValidationError(f"“{url}” names no web site.")
    if parts.scheme == "mailto" and "@" not in parts.path:
        raise ValidationError(f"“{url}” names no mailbox.")


def validate_language(code: str) -> None:
    if code not in LANGUAGES:
        raise ValidationError(f"“{code}” is not a language code we know (such as en, ro or bfi).")


def validate_timezone(name: str) -> None:
    if name and name not in _timezones():
        raise ValidationError(f"“{name}” is not a time zone such as Europe/London.")


@cache
def _timezones() -> set[str]:
    """Return the names of all time zones; reading them anew takes longer than checking a whole document."""
    return available_timezones()


@cache
def _parts_with_holidays() -> dict[str, list[str]]:
    return holidays.list_supported_countries()


def validate_holiday_region(code: str) -> None:
    """Refuse what names no part of a country whose public holidays are known (ISO 3166-2)."""
    country, _dash, part = code.partition("-")
    if code and part not in _parts_with_holidays().get(country, []):
        raise ValidationError(f"“{code}” is not a part of a country with holidays of its own, such as GB-SCT.")
