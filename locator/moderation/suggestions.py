"""Services that visitors suggest. They wait for a person; nothing of them is ever shown by itself."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from locator.models import Suggestion
from locator.moderation import marks
from locator.moderation.marks import Form
from locator.moderation.register import entries_of
from locator.text import fold

SuggestionHow = Suggestion.How
KEPT_DAYS = 180
MOST = 1000  # that wait at once: more is somebody playing, and what is there is enough to look at


@transaction.atomic
def suggest(name: str, where: str, contact: str, how: SuggestionHow) -> bool:
    """Note a service to look at, by the day; return False when so many wait that no new one is taken.

    What asked to be left out is not kept, and whoever suggests it is not told: they would learn who asked.
    """
    forget()
    today = timezone.localdate()
    same = f"{fold(name)[:200]}|{fold(where)[:100]}"
    said = {"name": name, "where": where, "contact": contact, "how": how, "first": today, "last": today}
    room = Suggestion.objects.count() < MOST
    # The same statements whether it is the first or not: nobody can tell by the time it takes.
    Suggestion.objects.bulk_create([Suggestion(same=same, count=0, **said)] if room else [], ignore_conflicts=True)
    counted = Suggestion.objects.filter(same=same).update(count=F("count") + 1, last=today)
    is_out = entries_of(_forms(name, where, contact)) != []
    Suggestion.objects.filter(same=same if is_out else "").delete()
    return bool(counted)


def _forms(name: str, where: str, contact: str) -> set[Form]:
    """Return all that a suggested service could be known by."""
    said = [name, where, contact]
    return marks.names_in(name) | marks.forms_in(said, [settings.SITE_COUNTRY], said)


def forget_left_out(forms: set[Form]) -> int:
    """Delete the suggestions of what is left out from now on; return how many."""
    rows = Suggestion.objects.values_list("id", "name", "where", "contact")
    out = [row_id for row_id, *said in rows if _forms(*said) & forms]
    return Suggestion.objects.filter(id__in=out).delete()[0]


def suggested() -> list[Suggestion]:
    """Return what waits: what was suggested most often first, then the oldest."""
    forget()
    return list(Suggestion.objects.order_by("-count", "first", "id"))


def forget() -> int:
    """Delete what nobody suggested for 180 days; return how many rows that were."""
    old = Suggestion.objects.filter(last__lt=timezone.localdate() - timedelta(days=KEPT_DAYS))
    return old.delete()[0]


def looked_at(suggestion_id: int) -> bool:
    """Take a suggestion off the list; return whether there was one."""
    return bool(Suggestion.objects.filter(id=suggestion_id).delete()[0])
