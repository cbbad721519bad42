"""Emergency notices: who gives one puts a name to it and says when it ends."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from locator.models import Notice, Place
from locator.rules import Actor, Refused

NoticeKind = Notice.Kind
LONGEST = timedelta(days=60)
MOST_LETTERS = 400


@transaction.atomic
def give_notice(
    kind: NoticeKind, words: str, *, where: str, ends: datetime, by: Actor, language: str = "en"
) -> Notice:
    """Show words beside results until a moment (UTC); `where` is an area's name in addresses, or a country's code.

    Raises Refused when there is no such area, the end is over or too far off, or there are no words.
    """
    now = timezone.now()
    area = Place.objects.filter(slug=where).first()
    if area is None and not Place.objects.filter(country=where, kind=Place.Kind.COUNTRY).exists():
        raise Refused(f"“{where}” is neither an area, such as manchester-gb, nor a country, such as GB.")
    if not now < ends <= now + LONGEST:
        raise Refused(f"Say an end that is to come, at most {LONGEST.days} days from now.")
    if not words.strip() or len(words) > MOST_LETTERS:
        raise Refused(f"Say what there is to know, in at most {MOST_LETTERS} letters.")
    place = {"area": area} if area else {"country": where}
    said = {"kind": kind, "words": words.strip(), "language": language, "author": by.name}
    return Notice.objects.create(**place, **said, begins=now, ends=ends)


def take_back_notice(notice_id: UUID | str) -> bool:
    """Show a notice no more; return whether there was one."""
    return bool(Notice.objects.filter(id=notice_id, taken_back=False).update(taken_back=True))


def notices_given() -> list[Notice]:
    """Return the notices that are shown now or will be, the next to end first."""
    rows = Notice.objects.filter(ends__gt=timezone.now(), taken_back=False).select_related("area")
    return list(rows.order_by("ends", "id"))
