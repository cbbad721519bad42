"""Keys of programs: how one is made, known again and ended. What it may do is said in `rules` and `moderation`.

A key is `brolly_`, 8 letters that are shown, 32 that are not (190 bits), and a checksum of 6, so that scanners
for secrets find one that was published by mistake: `brolly_[0-9A-Za-z]{46}`. Made by chance and not by people, it
needs no slow hash: a SHA-256 of it is kept, from which it cannot be guessed.
"""

import hashlib
import re
import secrets
import string
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from locator.models import ApiKey, Inclusion, Membership, Organization

BEGINNING = "brolly_"
SHOWN, SECRET, CHECK = 8, 32, 6  # letters
LETTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
FORM = re.compile(rf"{BEGINNING}[0-9A-Za-z]{{{SHOWN + SECRET + CHECK}}}", re.ASCII)
LASTS = (90, 365)  # days
MOST = 10  # of an organization at a time
NOBODYS = "0" * 64


@dataclass(frozen=True)
class Made:
    """A key and its row: the only time that the key itself is there to be read."""

    row: ApiKey
    key: str


def make(organization: Organization, name: str, *, account: int, days: int) -> Made:
    """Make a key with which a program proposes changes for an organization, for some days."""
    said = BEGINNING + "".join(secrets.choice(LETTERS) for _letter in range(SHOWN + SECRET))
    key = said + _checksum(said)
    row = ApiKey.objects.create(
        organization=organization,
        name=name,
        prefix=_shown(key),
        mark=_mark(key),
        made_by_id=account,
        expires_on=timezone.localdate() + timedelta(days=days),
    )
    return Made(row, key)


def find(key: str) -> ApiKey | None:
    """Return the row of a key that works today, and note the day; None for any other, whatever is wrong with it.

    It works as long as whoever made it is a manager of the organization and can sign in, and the organization was
    not refused.
    """
    if not FORM.fullmatch(key) or not constant_time_compare(key[-CHECK:], _checksum(key[:-CHECK])):
        return None
    row = working(timezone.localdate()).filter(prefix=_shown(key)).first()
    if not constant_time_compare(row.mark if row else NOBODYS, _mark(key)) or row is None:
        return None
    _note_use(row, timezone.localdate())
    return row


def working(today: date) -> QuerySet[ApiKey]:
    """Return the keys that work today."""
    rows = ApiKey.objects.select_related("organization", "made_by")
    refused = {"organization__inclusion__decision": Inclusion.Decision.REFUSED}
    return rows.filter(
        revoked_at=None,
        expires_on__gte=today,
        made_by__is_active=True,
        made_by__memberships__organization=F("organization"),
        made_by__memberships__role=Membership.Role.MANAGER,
    ).exclude(**refused)


def _note_use(row: ApiKey, today: date) -> None:
    if row.last_used_on != today:
        ApiKey.objects.filter(id=row.id).update(last_used_on=today)


def end(rows: QuerySet[ApiKey]) -> int:
    """End keys for good; return how many worked until now."""
    return rows.filter(revoked_at=None).update(revoked_at=timezone.now())


def end_of_account(account: int, *organizations: UUID) -> int:
    """End the keys that an account made, for some organizations or for all."""
    rows = ApiKey.objects.filter(made_by=account)
    return end(rows.filter(organization__in=organizations) if organizations else rows)


def end_of_organizations(organizations: Collection[Any]) -> int:
    return end(ApiKey.objects.filter(organization__in=organizations))


def looks_like_one(words: str) -> bool:
    """Say whether some words hold a key, or what somebody took for one."""
    return BEGINNING in words


def _shown(key: str) -> str:
    return key[len(BEGINNING) : len(BEGINNING) + SHOWN]


def _mark(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _checksum(said: str) -> str:
    """Return a CRC-32 in six letters of base 62."""
    number, found = crc32(said.encode()), ""
    for _letter in range(CHECK):
        number, rest = divmod(number, len(LETTERS))
        found = LETTERS[rest] + found
    return found
