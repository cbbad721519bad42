"""A listing's JSON → what a page says: answers in the visitor's words, always with whose word it is."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locator import rules
from locator.geocoding import Found
from locator.hours import day
from locator.hours.clocks import only_zone
from locator.hsds.vocabulary import CHANNELS, TYPES_BY_CODE
from locator.models.directory import TRANSLATABLE
from locator.models.languages import RIGHT_TO_LEFT
from locator.models.questions import BY_KEY, COSTS, GROUPS, QUESTIONS
from locator.rules import Freshness
from locator.search import Answer, Row
from locator.web import times

Shown = dict[str, Any]
COST_LABELS = {cost.key: cost.label for cost in COSTS}
CHANNEL_LABELS = {channel.code: channel.label for channel in CHANNELS}
UNNAMED = "A moderator of this site"  # on record where a moderator need not be named: said in the page's language
SAFETY_GROUPS = {"identity", "telling", "record"}  # whose answers are also shown in English (SAFETY R66)
OLD = {Freshness.STALE, Freshness.GONE}
GENTLEST_FIRST = ("chat", "text", "phone", "online", "email")


def groups(answer: Answer) -> dict[str, list[Shown]]:
    """Return a page's rows as they are headed: places to go to, by phone or online, said in a document.

    Only in the order by distance do the first two come one after the other; in any other they are one list.
    """
    found: dict[str, list[Shown]] = {"local": [], "remote": [], "unconfirmed": []}
    asked, clock = answer.asked, clock_of(answer.place)
    apart = answer.place is not None and answer.asked["ordering"] == "distance"
    for row in answer.rows:
        group = "local" if not (row.remote and apart) else "remote"
        found[group if row.confirmed else "unconfirmed"].append(result(row, asked["now"], clock, asked))
    return found


def result(row: Row, now: datetime, clock: str, asked: dict[str, Any] | None = None) -> Shown:
    """Return what a results row shows: name, kind, place, three answers and one way to get in touch.

    `clock` is the time zone that the visitor's clock is likely to show.
    """
    shown = row.shown
    return {
        "url": reverse("service", args=[shown["short_id"]]),
        "short_id": shown["short_id"],
        "lang": shown["text_language"],
        "kinds": kinds(shown),
        **whereabouts(shown, row.distance_km),
        "more_places": shown["places"] - 1,
        "answers": deciding(shown),
        "contact": first_contact(shown, asked or {}),
        "source": bool(shown.get("source")) and not shown["assured_date"],
        "past": shown["status"] == "inactive",
        "old": aged(shown, now) in OLD and day(shown["assured_date"]),
        "confirmed": row.confirmed,
        "now": times.in_short(row.open_packed, shown, now, clock),
    }


def aged(shown: Shown, now: datetime) -> Freshness:
    """Return how far a listing can be relied on today."""
    assured = shown["assured_date"] and date.fromisoformat(shown["assured_date"])
    return rules.freshness(shown["types"], assured or None, timezone.localdate(now))


def whereabouts(shown: Shown, km: float | None) -> Shown:
    return {"name": shown["name"], "where": where(shown), "distance": distance(km)}


def clock_of(place: Found | None) -> str:
    """Return the time zone a visitor's clock is likely to show; "" where nobody can tell."""
    return (place and place.timezone) or only_zone(place.country if place else settings.SITE_COUNTRY)


def deciding(shown: Shown) -> list[Shown]:
    """Return the three answers that decide, as a results row has them."""
    return [identity(shown), cost(shown), *spoken(shown)]


def texts(shown: Shown) -> dict[str, Shown]:
    """Return each text of a listing as this visitor can read it best: translated, else as it was written."""
    return {field: found for field in TRANSLATABLE if (found := _read(shown, field))}


def _read(shown: Shown, field: str) -> Shown | None:
    """Return a text with its language; `original` beside it when a machine translated what is shown."""
    here = get_language() or "en"
    original = {"text": shown.get(field, ""), **_language(shown["text_language"])}
    translated = _translation(shown, field, here)
    if not original["text"] or translated is None or shown["text_language"] == here:
        return original if original["text"] else None
    machine = translated["status"] == "machine"
    return {"text": translated["text"], **_language(here), "original": original if machine else None}


def _translation(shown: Shown, field: str, language: str) -> Shown | None:
    """Return the translation in a page's language: of zh-hans also what is there in zh."""
    own = shown.get("translations", {})
    found: Shown | None = own.get(language, own.get(language.partition("-")[0], {})).get(field)
    return found


def _language(code: str) -> Shown:
    return {"lang": code, "dir": "rtl" if code in RIGHT_TO_LEFT else "ltr"}


def geo_link(location: Shown) -> str:
    """Return a link that a map app on the phone opens (RFC 5870); none for what shows only its area."""
    if location["address_visibility"] != "public":
        return ""
    point = f"{location['latitude']},{location['longitude']}"
    return f"geo:{point}?q={point}"


def kinds(shown: Shown) -> list[Any]:
    return [TYPES_BY_CODE[code].label for code in shown["types"]]


def where(shown: Shown) -> str:
    """Return the place in words, no finer than it is published."""
    location = shown["location"]
    if location["address_visibility"] == "public":
        return str(location.get("city") or location.get("name") or location["address_1"])
    if location["address_visibility"] == "area":
        area = {"area": location["area"]["name"]}
        if contacts(shown):
            return _("%(area)s (address given when you get in touch)") % area
        return _("%(area)s (where exactly is not shown)") % area
    areas = {"areas": ", ".join(shown["service_areas"])}
    if location["virtual"]:
        return _("By phone or online: %(areas)s") % areas if areas["areas"] else _("By phone or online")
    return _("%(areas)s; where exactly is not said") % areas if areas["areas"] else _("Where is not said")


def distance(km: float | None) -> str:
    if km is None:
        return ""
    if km < 1:
        return _("less than 1 km")
    return _("%(km)s km") % {"km": number_format(km, 1 if km < 10 else 0)}


def identity(shown: Shown) -> Shown:
    return _answer(shown["answers"]["id_free"], _("No ID asked"), _("Asks for ID"), _("ID"))


def cost(shown: Shown) -> Shown:
    free = shown["answers"]["free"]
    ways = [row for row in shown["cost_options"] if row["option"] in COST_LABELS]
    ways = [row for row in ways if free["answer"] == "unknown" or row["basis"] != "source"]
    if free["answer"] != "yes" and ways:
        said = ways[0]["basis"] == "source"
        return {"state": "said" if said else "yes", "words": COST_LABELS[ways[0]["option"]], "said": said}
    return _answer(free, _("Free"), _("Not free"), _("Cost"))


def spoken(shown: Shown) -> list[Shown]:
    codes = [row["code"] for row in shown["languages"]]
    if not codes:
        return [{"state": "unknown", "words": _("Languages: we do not know"), "said": False}]
    return [
        {
            "state": "said" if shown.get("source") and not shown["assured_date"] else "yes",
            "languages": codes[:3],
            "more": max(0, len(codes) - 3),
            "said": bool(shown.get("source")) and not shown["assured_date"],
        }
    ]


def _answer(fact: Shown, yes: str, no: str, subject: str) -> Shown:
    """Return an answer for a row; unknown says so, and a document's word is marked as such."""
    if fact["answer"] == "unknown":
        return {
            "state": "unknown",
            "words": _("%(subject)s: we do not know") % {"subject": subject},
            "said": False,
        }
    words = yes if fact["answer"] == "yes" else no
    return {"state": state(fact), "words": words, "said": fact["basis"] == "source"}


def state(fact: Shown) -> str:
    """Return how a known answer is marked: a document's word never looks like a confirmed one."""
    return "said" if fact["basis"] == "source" else str(fact["answer"])


def first_contact(shown: Shown, asked: dict[str, Any]) -> Shown | None:
    """Return one confirmed way to get in touch: of a kind and a language asked for, then the gentlest."""
    channels, languages = set(asked.get("channel", [])), set(asked.get("language", []))

    def unlike(way: Shown) -> tuple[bool, bool]:
        spoken = set(way.get("languages", []))
        mute = bool(languages and spoken) and spoken.isdisjoint(languages)
        return bool(channels) and way["channel"] not in channels, mute

    return min(contacts(shown), key=unlike, default=None)


def contacts(shown: Shown) -> list[Shown]:
    """Return every confirmed way to get in touch, chat and text before a call."""
    ways = [
        {
            **phone,
            "href": f"{'sms' if phone['channel'] == 'text' else 'tel'}:{phone['dial']}",
            "words": phone["number"],
        }
        for phone in shown["phones"]
    ]
    ways += [
        {**link, "href": link["url"], "words": _link_words(link)} for link in shown["links"] if link["channel"]
    ]
    for way in ways:
        way["label"] = CHANNEL_LABELS[way["channel"]]
        way["confirmed"] = way.get("confirmed_on") and day(way["confirmed_on"])
    return sorted(ways, key=lambda way: GENTLEST_FIRST.index(way["channel"]))


def websites(shown: Shown) -> list[Shown]:
    return [{**link, "words": _link_words(link)} for link in shown["links"] if not link["channel"]]


def _link_words(link: Shown) -> str:
    return str(link.get("label") or link["url"].removeprefix("mailto:").removeprefix("https://").rstrip("/"))


def before_you_go(shown: Shown) -> list[Shown]:
    """Return the visitor's questions in order, each with what is known, on whose word, and what is not."""
    return [
        {
            "key": key,
            "heading": heading,
            "safety": key in SAFETY_GROUPS,
            "known": _by_word(shown, key),
            "unknown": [
                question.ask
                for question in QUESTIONS
                if question.group == key and shown["answers"][question.key]["answer"] == "unknown"
            ],
        }
        for key, heading in GROUPS.items()
    ]


def _by_word(shown: Shown, group: str) -> list[Shown]:
    """Return the known answers of a group, those on the same word and day together."""
    found: dict[str, list[Shown]] = {}
    for question in QUESTIONS:
        fact = shown["answers"][question.key]
        if question.group == group and fact["answer"] != "unknown":
            words = BY_KEY[question.key].yes if fact["answer"] == "yes" else BY_KEY[question.key].no
            line = {"state": state(fact), "words": words, "limits": fact.get("limits", "")}
            found.setdefault(whose_word(fact, shown), []).append(line)
    return [{"whose": whose, "lines": lines} for whose, lines in found.items()]


def whose_word(fact: Shown, shown: Shown) -> str:
    """Return the words that a fact stands behind: never ours, always somebody's, with a date."""
    unnamed = fact["stated_by"] == UNNAMED
    said = {"day": day(fact["stated_on"]), "who": _("A moderator of this site") if unnamed else fact["stated_by"]}
    if fact["basis"] == "organization":
        return _("They told us on %(day)s:") % said
    if fact["basis"] == "moderator":
        return _("%(who)s checked on %(day)s:") % said
    if shown["status"] == "inactive":
        return _("A document says of an earlier time, and nobody has checked with them:")
    return _("A document says, and nobody has checked with them:")
