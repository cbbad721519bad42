"""Lists that somebody reads aloud: four words lead to the short ids for thirty days, and to nothing else.

Kept are a keyed hash of the words' number, the ids and the day. Who takes the database learns which services were
on some list, without the words that open it; who has neither can try, at a pace that is the same for all.
"""

from collections.abc import Iterable
from datetime import timedelta
from itertools import count

from django.utils import timezone
from django.utils.crypto import salted_hmac

from locator.exchange import pacing
from locator.exchange.four_words import NUMBERS
from locator.models import PassedOn
from locator.search.shortlist import ids_in

KEPT_DAYS = 30
TRIES = 20  # a minute, of everybody together, that lead nowhere
NEW = 60  # a minute


def give_words(ids: Iterable[str]) -> int:
    """Keep a list for thirty days and return the number of its words; what is older goes. Raises TooMany.

    One list has the same words all day, whoever asks: nothing tells whether somebody asked before.
    """
    pacing.count("new", NEW)
    forget()
    today, joined = timezone.localdate(), ",".join(ids)
    for attempt in count():
        number = int(_keyed(f"{today} {joined} {attempt}"), 16) % NUMBERS
        # The same statements whether it is the first time or not: nobody can tell by the time it takes.
        new = PassedOn(key=_key(number), ids=joined, day=today)
        PassedOn.objects.bulk_create([new], ignore_conflicts=True)
        if PassedOn.objects.filter(key=new.key, ids=joined, day=today).exists():
            return number
    raise AssertionError  # there is no last attempt


def listed_by(number: int) -> list[str]:
    """Return the short ids behind a number; none where there is no such list (any more). Raises TooMany.

    Only what leads nowhere counts as a try, so that nobody who has the words waits because somebody guesses; but
    once there were too many, everybody does.
    """
    pacing.check("tries", TRIES)
    oldest = timezone.localdate() - timedelta(days=KEPT_DAYS)
    ids = PassedOn.objects.filter(key=_key(number), day__gte=oldest).values_list("ids", flat=True).first()
    if ids is None:
        pacing.count("tries", TRIES)
    return ids_in([ids or ""])


def forget() -> int:
    """Delete lists older than thirty days; return how many that were."""
    deleted, _by_model = PassedOn.objects.filter(day__lt=timezone.localdate() - timedelta(days=KEPT_DAYS)).delete()
    return deleted


def _key(number: int) -> str:
    """Return what stands in the table for a number: there is no way back to it without our key."""
    return _keyed(str(number))


def _keyed(words: str) -> str:
    return salted_hmac("list passed on", words, algorithm="sha256").hexdigest()
