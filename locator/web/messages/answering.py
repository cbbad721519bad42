"""What a message asks → the messages that answer it. Pure but for the search and the questions that are kept.

Nothing here repeats what was sent: an answer stands in a thread that somebody else may read.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from locator import geocoding, search
from locator.countries import danger_in
from locator.geocoding import Found, PlaceProblem, Resolution
from locator.hours.opening import Is
from locator.rules import Freshness
from locator.search import Row
from locator.web import lines, presenting, times
from locator.web.messages import asked as asking
from locator.web.messages import listing
from locator.web.messages.asked import Asked
from locator.web.messages.memory import KEPT

A_FEW = 3
CHOICES = 5
NEAR_KM, FAR_KM = "25", "200"
Question = dict[str, Any]


def answers(text: str) -> list[str]:
    """Return the messages that answer a text: one a listing, and one that says where and how to go on."""
    asked = asking.read(text)
    kept = KEPT.find(asked.code) if asked.code else None
    with override(kept["language"] if kept else (asked.language or settings.LANGUAGE_CODE)):
        if asked.act == "stop":
            return [_stop()]
        if asked.act == "help" or not (asked.act or asked.place or asked.needs):
            return [_help()]
        if asked.act in {"more", "choice"}:
            return _continued(asked, kept)
        if asked.needs == ["helpline"]:
            return _helplines(asked)
        return _asked_of_a_place(text, asked)


def _help() -> str:
    words = pgettext(
        "safety", "Send a town or a postcode. This thread stays on your phone: delete it if you need to."
    )
    more = _("For somebody to talk to, send: %(word)s") % {"word": _word("helpline")}
    return f"{words} {more}"


def _stop() -> str:
    return pgettext("safety", "We keep nothing: no number and no message. We only answer, and never write first.")


def _word(meaning: str) -> str:
    return asking.word_for(meaning).upper()


def _continued(asked: Asked, kept: Question | None) -> list[str]:
    """Answer MORE or a choice by its code; what has ended is asked for anew."""
    if kept is None or ("choices" in kept) != (asked.act == "choice"):
        return [_("That list is over after 20 minutes. Please send the place again.")]
    if asked.act == "more":
        return _found(kept["question"], kept["page"])
    if not 1 <= asked.choice <= len(kept["choices"]):
        return [_("That is not one of the numbers. Please send the place again.")]
    return _found({**kept["question"], "near": [kept["choices"][asked.choice - 1]]}, 0)


def _asked_of_a_place(text: str, asked: Asked) -> list[str]:
    """Find the place: the whole text if it is one, else what is left without the words that say what is needed."""
    if not asked.place:
        return [_("Where? Send a town or a postcode too.")]
    try:
        whole = geocoding.resolve(text)
        found = whole if whole.place or asked.place == text else geocoding.resolve(asked.place)
    except PlaceProblem:
        return [_help()]
    typed = text if found is whole else asked.place
    question: Question = {"near": [typed]}
    if found is not whole and asked.needs:
        question["need"] = asked.needs
    if found is not whole:
        question |= {key: ["true"] for key in asked.answers}
    return _at(found, question)


def _at(found: Resolution, question: Question) -> list[str]:
    if found.place is None:
        return [_unknown(), *_choices(found.alternatives, question)]
    meant = _could_be(found)
    return _choices(meant, question) if meant else _found(question, 0)


def _unknown() -> str:
    return _("We do not know a place of that name. Check the spelling, or try a larger town nearby.")


def _could_be(found: Resolution) -> list[Found]:
    """Return the places that may be meant, when it is not plain which; [] when it is.

    Two of the site's country are for the person to tell apart; so is a place abroad that has a namesake
    of a twentieth of its people or more.
    """
    assert found.place  # noqa: S101  # nosec B101 (the caller has asked)
    home = settings.SITE_COUNTRY
    near = [place for place in found.alternatives if place.country == home]
    if found.place.country != home:
        near = [place for place in found.alternatives if place.population * 20 >= found.place.population]
    return [found.place, *near][:CHOICES] if near else []


def _choices(places: list[Found], question: Question) -> list[str]:
    """Ask which place is meant, by number and code: a name need not be typed again."""
    labels = [place.label for place in places[:CHOICES]]
    code = KEPT.keep({"choices": labels, "question": question, "language": get_language()}) if labels else ""
    if not code:
        return []
    rows = [f"{number} {label}" for number, label in enumerate(labels, start=1)]
    return ["\n".join([_("Which one? Send its number and the code, as: 1 %(code)s") % {"code": code}, *rows])]


def _found(question: Question, page: int) -> list[str]:
    now = timezone.now()
    try:
        answer, rows = _nearest(question, now)
    except ValidationError:  # a name that was offered leads nowhere any more
        return [_unknown()]
    place = answer.place
    assert place  # noqa: S101  # nosec B101 (near is in the question)
    clock, start = presenting.clock_of(place), page * A_FEW
    here = rows[start : start + A_FEW]
    where = _("Near %(place)s") % {"place": place.label}
    if not here:
        words = _("We know of nothing there that somebody confirmed lately and that matches.")
        talk = _("For somebody to talk to, send: %(word)s") % {"word": _word("helpline")}
        return [f"{where}. {words} {talk}"]
    told = [listing.written(start + n, row, now, clock) for n, row in enumerate(here, start=1)]
    if len(rows) <= start + A_FEW:
        all_known = _("That is all we know there.")
        return [*told, f"{where}. {all_known}"]
    code = KEPT.keep({"question": question, "page": page + 1, "language": get_language()})
    more = _("To go on, send: %(words)s") % {"words": f"{_word('more')} {code}"}
    return [*told, f"{where}. {more}"]


def _nearest(question: Question, now: datetime) -> tuple[search.Answer, list[Row]]:
    """Return what a person can rely on, nearest first: open or about to open before what we know no hours of."""
    asked = {**question, "page_size": ["100"], "radius_km": [NEAR_KM]}
    answer = search.search(asked)
    rows = _relied_on(answer, now)
    if sum(not row.remote for row in rows) < A_FEW and answer.place and answer.place.kind != "country":
        answer = search.search({**asked, "radius_km": [FAR_KM]})
        rows = _relied_on(answer, now)
    clock = presenting.clock_of(answer.place)
    return answer, sorted(rows, key=lambda row: not _opens(row, now, clock))


def _relied_on(answer: search.Answer, now: datetime) -> list[Row]:
    fresh = {Freshness.FRESH, Freshness.AGEING}
    rows = [row for row in answer.rows if presenting.aged(row.shown, now) in fresh]
    return [row for row in rows if listing.address(row.shown["location"]) or listing.contact(row.shown)]


def _opens(row: Row, now: datetime, clock: str) -> bool:
    stands = times.in_short(row.open_packed, row.shown, now, clock)
    return stands is not None and stands["state"] in {Is.OPEN.value, Is.CLOSED.value}


def _nobody(country: str) -> str:
    """Say that nobody answers now, and whom to call in danger: the one number that is always answered."""
    words, danger = _("We know of nobody who answers at this minute."), danger_in(country)
    if not danger:
        return words
    number = {"country": danger.country_name, "number": danger.emergency}
    return f"{words} {_('In danger, %(country)s: call %(number)s.') % number}"


def _helplines(asked: Asked) -> list[str]:
    """Return who answers now or next in a country: that of the place, if one was sent, else the site's."""
    country, clock = settings.SITE_COUNTRY, presenting.clock_of(None)
    if asked.place:
        try:
            found = geocoding.resolve(asked.place)
        except PlaceProblem:
            return [_help()]
        if found.place is None:
            return _at(found, {"near": [asked.place], "need": ["helpline"]})
        country, clock = found.place.country, presenting.clock_of(found.place)
    few = lines.a_few(country, clock, timezone.now(), most=A_FEW * 3)
    called = [line for line in few["open"] or few["later"] if line["way"]["channel"] in listing.CALLED]
    rows = list({line["url"]: line for line in reversed(called)}.values())[: -A_FEW - 1 : -1]
    if not rows:
        return [_nobody(country)]
    return [
        listing.fitted(
            {
                "name": f"{n}. {line['discreet_name']}".strip(),
                "how": listing.number(line["way"]),
                "when": line["words"],
            },
            [("name", f"{n}."), ("when", "")],
        )
        for n, line in enumerate(rows, start=1)
    ]
