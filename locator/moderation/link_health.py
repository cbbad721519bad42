"""What was found of pages and numbers: noted by the day, shown to moderators from the second day on.

Nothing found here changes a listing, and nothing of it is public. A page that answers again leaves the list.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import phonenumbers
from django.core.exceptions import ValidationError
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from locator.models import ContactCheck, Link, Phone, Service, Status
from locator.models.contact_values import parsed_phone

Fault = ContactCheck.Fault
QUIET_DAYS = 30  # after a moderator looked
SALT = "locator.moderation.link_health"


@dataclass(frozen=True)
class Contact:
    """A page or number that visitors see; a number has a country."""

    id: UUID
    service_id: UUID
    short_id: str
    name: str
    value: str
    country: str = ""


@dataclass(frozen=True)
class Failing:
    """A page or number that failed on two days: one thing to look at."""

    contact: Contact
    fault: Fault
    first: date
    last: date


def shown_contacts(only: Collection[UUID] | None = None) -> list[Contact]:
    """Return the web pages and numbers of listed services that somebody tried; `only` these keys, if given.

    What is an organization's own stands on each of its services; it is told of with one of them.
    """
    links = Link.objects.filter(url__startswith="http").exclude(confirmed_on=None)
    phones = Phone.objects.exclude(confirmed_on=None)
    if only is not None:
        links, phones = links.filter(id__in=only), phones.filter(id__in=only)
    found = [Contact(row.id, *_service_of(row), row.url) for row in _of_listed(links)]
    return found + [Contact(row.id, *_service_of(row), row.number, row.country) for row in _of_listed(phones)]


def _of_listed(rows: QuerySet[Any]) -> list[Any]:
    """Return the rows that a listed service shows, in the order of their keys."""
    shown = Q(service__status=Status.LISTED) | Q(organization__services__status=Status.LISTED)
    listed = Prefetch("organization__services", Service.objects.filter(status=Status.LISTED).order_by("id"))
    return list(rows.filter(shown).distinct().select_related("service").prefetch_related(listed).order_by("id"))


def _service_of(row: Any) -> tuple[UUID, str, str]:
    service = row.service or row.organization.services.all()[0]
    return service.id, service.short_id, service.name


def number_fault(contact: Contact) -> Fault | None:
    """Return what is wrong with a number by what is known of its country today; nobody is called."""
    try:
        found = parsed_phone(contact.value, contact.country)
    except ValidationError:
        return Fault.NO_NUMBER
    code = phonenumbers.country_code_for_region(contact.country)
    return None if found.country_code == code else Fault.ABROAD


def checked_on(day: date) -> set[UUID]:
    """Return what was looked at on a day, and says the same since."""
    known = dict(ContactCheck.objects.filter(checked_on=day).values_list("contact", "mark"))
    return {row.id for row in shown_contacts(known) if known.get(row.id) == _mark(row)} if known else set()


def note(contact: Contact, fault: Fault | None, *, on: date) -> None:
    """Note what was found of a page or number on a day."""
    row = ContactCheck.objects.filter(contact=contact.id, mark=_mark(contact)).exclude(fault="").first()
    said: dict[str, Any] = {"service_id": contact.service_id, "mark": _mark(contact), "checked_on": on}
    said |= {"fault": "", "first_failed": None, "last_failed": None, "quiet_until": None}
    if fault:
        first, quiet = (row.first_failed, row.quiet_until) if row else (on, None)
        said |= {"fault": fault, "first_failed": first, "last_failed": on, "quiet_until": quiet}
    ContactCheck.objects.update_or_create(contact=contact.id, defaults=said)


def forget() -> int:
    """Delete what is known of pages and numbers that visitors see no more; return how many that were."""
    shown = {row.id for row in shown_contacts()}
    gone = [key for key in ContactCheck.objects.values_list("contact", flat=True) if key not in shown]
    return ContactCheck.objects.filter(contact__in=gone).delete()[0]


def failing() -> list[Failing]:
    """Return what failed on two days or more, that nobody looked at lately: what failed first comes first."""
    awake = Q(quiet_until=None) | Q(quiet_until__lt=timezone.localdate())
    rows = list(
        ContactCheck.objects.filter(awake, last_failed__gt=F("first_failed")).order_by("first_failed", "contact")
    )
    shown = {row.id: row for row in shown_contacts([row.contact for row in rows])} if rows else {}
    return [
        Failing(shown[row.contact], Fault(row.fault), row.first_failed, row.last_failed)
        for row in rows
        if row.first_failed and row.last_failed
        if row.contact in shown and row.mark == _mark(shown[row.contact])
    ]


def settle(contact: UUID) -> bool:
    """Take a page or number off the list for 30 days, when somebody has looked; return whether it was on it."""
    until = timezone.localdate() + timedelta(days=QUIET_DAYS)
    return bool(ContactCheck.objects.filter(contact=contact).exclude(fault="").update(quiet_until=until))


def _mark(contact: Contact) -> str:
    return salted_hmac(SALT, f"{contact.country}:{contact.value}", algorithm="sha256").hexdigest()
