"""The pages. Each gets what was asked, asks `search`, and renders."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from locator import moderation, search
from locator.countries import all_dangers, danger_in
from locator.hours import day
from locator.models.questions import BY_KEY
from locator.sealing import LARGEST, LONGEST, Ended, Question, seal
from locator.web import asking, health, lines, presenting, times
from locator.web.guards import look, methods, problem_page, see_other
from locator.web.middleware import NOTHING_ALLOWED
from locator.web.moving import lead_on

LINES_AT_START = 3
ROOM_FOR_MORE = 200  # letters that a page number or a wider radius may add to an address


@look
def home(request: HttpRequest) -> HttpResponse:
    country, now, clock = settings.SITE_COUNTRY, timezone.now(), presenting.clock_of(None)
    spoken = (get_language() or "").partition("-")[0]  # a listing says "zh", whatever it is written in
    rows = search.lines_open_to(country, LINES_AT_START, spoken=spoken)
    context = {
        "form": asking.form_choices({}),
        "lines": [presenting.result(row, now, clock) for row in rows],
        "country": country.lower(),
        "danger": danger_in(country),
    }
    return render(request, "web/home.html", context)


@methods("GET", "HEAD", "POST")
def find(request: HttpRequest) -> HttpResponse:
    """Show the form, or seal what was sent into the address of its results: nothing typed stays behind."""
    if request.method != "POST":
        if request.GET:
            words = _("Nothing you look for belongs in an address. Please use the form.")
            return problem_page(request, 400, _("Please use the form"), words)
        return render(request, "web/find.html", _blank())
    length = request.headers.get("Content-Length") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        return too_long(request)
    try:
        address = asking.address(asking.posted(request.POST))
    except Ended:
        # Not said in the answer itself: a browser keeps what was sent for as long as its answer is in a tab.
        address = reverse("results", args=["ended"])
    if len(address) > LONGEST - ROOM_FOR_MORE:
        return too_long(request)
    return see_other(address)


@look
def here(request: HttpRequest) -> HttpResponse:
    """Offer "near me": on this page alone a browser may ask where the phone is, once somebody presses a button."""
    response = render(request, "web/here.html", _blank())
    response.headers["Permissions-Policy"] = NOTHING_ALLOWED.replace("geolocation=()", "geolocation=(self)")
    return response


def _blank() -> dict[str, Any]:
    return {"form": asking.form_choices({}), "danger": danger_in(settings.SITE_COUNTRY)}


def too_long(request: HttpRequest) -> HttpResponse:
    return problem_page(request, 413, _("That is too long"), _("Please use fewer or shorter words."))


@look
def results(request: HttpRequest, sealed: str) -> HttpResponse:
    try:
        question = asking.opened(sealed)
    except Ended:
        return search_ended(request)
    return _answered(request, question, sealed)


@look
def area(request: HttpRequest, area: str) -> HttpResponse:
    """Show what there is in a named area; shareable, because nobody typed it."""
    if request.GET:
        return problem_page(
            request, 400, _("Please use the form"), _("Narrow the results with the form below them.")
        )
    question: Question = {"area": [area]}
    return _answered(request, question, seal(question))


def search_ended(request: HttpRequest) -> HttpResponse:
    return render(request, "web/ended.html", _blank(), status=410)


def _answered(request: HttpRequest, question: Question, sealed: str, problems: Sequence[str] = ()) -> HttpResponse:
    """Render what a question finds, or what is wrong with it, with the form to ask again.

    When it is only the time that cannot be asked, that is said above what is found without it.
    """
    try:
        answer = search.search({**question, "include_unconfirmed": ["true"]})
    except search.NoSuchPage as problem:
        raise Http404 from problem
    except ValidationError as problem:
        if set(problem.error_dict) <= set(asking.TIMES):
            rest = {name: values for name, values in question.items() if name not in asking.TIMES}
            return _answered(request, rest, seal(rest), asking.about_time(problem))
        return _refused(request, question, problem)
    country = (answer.place.country if answer.place else "") or settings.SITE_COUNTRY
    near = answer.nearest
    context = {
        "problems": problems,
        "answer": answer,
        "sealed": sealed,
        "map_url": reverse("results_map", args=[sealed]),
        "quick": asking.quick(question, answer.facets),
        "form": asking.form_choices(question, answer.facets),
        "chosen": asking.chosen(question),
        **presenting.groups(answer),
        "first": ",".join(dict.fromkeys(row.shown["short_id"] for row in answer.rows[:5])),
        "alternatives": _alternatives(question, answer.alternatives),
        "abroad": _elsewhere_than_home(answer),
        "relaxed": _relaxed(question, answer.without),
        "nearest": near and presenting.whereabouts(near.shown, near.distance_km),
        "wider": _wider(question, answer),
        "pages": _pages(question, answer),
        "notices": [
            {"notice": notice, "until": times.until(notice)}
            for notice in (search.notices_for(answer.place, answer.asked["now"]) if answer.place else [])
        ],
        "country": country.lower(),
        "talk": lines.a_few(country, presenting.clock_of(answer.place), answer.asked["now"]),
        "danger": danger_in(country),
        "to_take_along": question["area"][0] if set(question) == {"area"} else "",
    }
    return render(request, "web/results.html", context, status=400 if problems else 200)


def _refused(request: HttpRequest, question: Question, problem: ValidationError) -> HttpResponse:
    unknown = search.unknown_place(problem)
    if "area" in question and unknown:
        raise Http404 from problem
    context = {
        "problems": [words for field in problem.message_dict.values() for words in field],
        "alternatives": _alternatives(question, unknown.alternatives if unknown else []),
        "form": asking.form_choices(question),
        "danger": danger_in(settings.SITE_COUNTRY),
    }
    return render(request, "web/find.html", context, status=422 if unknown else 400)


def _elsewhere_than_home(answer: search.Answer) -> bool:
    """Say whether a place abroad was taken while one of this country may have been meant."""
    home = settings.SITE_COUNTRY
    abroad = answer.place is not None and answer.place.country != home
    return abroad and any(place.country == home for place in answer.alternatives)


def _alternatives(question: Question, places: list[Any]) -> list[dict[str, str]]:
    gone = {"lat": None, "lng": None, "area": None, "page": None}
    return [{"label": p.label, "url": asking.address(question, near=[p.label], **gone)} for p in places]


def _relaxed(question: Question, without: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    """Return what could be left out, how many more services that gives, and its address."""
    words = {
        "need": _("the kind of help"),
        "cost": _("what it costs"),
        "language": _("the language"),
        "channel": _("how to get in touch"),
        "open": _("the time"),
    }
    found: list[dict[str, Any]] = []
    for (group, key), count in without.items():
        name = key if group == "answers" else group
        label = BY_KEY[key].label if group == "answers" else asking.only_choice(question, group) or words[group]
        found.append({"label": label, "count": count, "url": asking.without(question, name)})
    return sorted(found, key=lambda row: -row["count"])[:4]


def _wider(question: Question, answer: search.Answer) -> str:
    """Return the address of the same question with the widest radius, when no place to go to was near."""
    if answer.here or answer.place is None or answer.nearest is None:
        return ""
    return asking.address(question, radius_km=["200"], page=None)


def _pages(question: Question, answer: search.Answer) -> dict[str, Any]:
    page, last = answer.asked["page"], answer.pages
    return {
        "page": page,
        "last": last,
        "previous": asking.address(question, page=[str(page - 1)]) if page > 1 else "",
        "next": asking.address(question, page=[str(page + 1)]) if page < last else "",
    }


@look
def service(request: HttpRequest, short_id: str) -> HttpResponse:
    rows = search.listings_of(short_id)
    if not rows:
        return lead_on(short_id, "service")
    return render(request, "web/service.html", service_context(rows))


def service_context(rows: list[search.Row]) -> dict[str, Any]:
    """Return what a service's page shows: `rows` are its listings, one a place."""
    places, now = [row.shown for row in rows], timezone.now()
    shown = places[0]
    return {
        "shown": shown,
        "texts": presenting.texts(shown),
        "deciding": presenting.deciding(shown),
        "kinds": presenting.kinds(shown),
        "contacts": [
            {**way, "now": times.of_line(way, shown, rows[0].country, now)} for way in presenting.contacts(shown)
        ],
        "websites": presenting.websites(shown),
        "groups": presenting.before_you_go(shown),
        "cost_options": [
            {
                **row,
                "whose": presenting.whose_word(row, shown),
                "label": presenting.COST_LABELS.get(row["option"]),
            }
            for row in shown["cost_options"]
        ],
        "places": [
            {
                **place,
                "where": presenting.where(place),
                "geo": presenting.geo_link(place["location"]),
                "now": times.now(place, now),
            }
            for place in places
        ],
        "has_calendar": bool(times.with_sessions(places, now)),
        "calendar_name": times.calendar_name(shown),
        "checked": shown["assured_date"] and day(shown["assured_date"]),
        "past": shown["status"] == "inactive",
        "aged": presenting.aged(shown, now),
        "danger": danger_in(rows[0].country),
    }


@look
def calendar(request: HttpRequest, short_id: str) -> HttpResponse:
    """Send the sessions of a service's places for a calendar, under its discreet name and no other."""
    rows = search.listings_of(short_id)
    if not rows:
        return lead_on(short_id, "calendar")
    written = times.calendar([row.shown for row in rows], timezone.now())
    if written is None:
        raise Http404
    response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="times.ics"'
    return response


@methods("GET", "HEAD", "POST")
def wrong(request: HttpRequest, short_id: str) -> HttpResponse:
    """Take a report about a listing: one choice of five, counted by the day, with no word of anybody's."""
    rows = search.listings_of(short_id)
    if not rows:
        return lead_on(short_id, "wrong")
    kind = request.POST.get("kind", "")
    if request.method == "POST" and kind in moderation.ReportKind.values:
        moderation.report(short_id, moderation.ReportKind(kind))
        return see_other(reverse("wrong_sent", args=[short_id]))
    context = {
        "shown": rows[0].shown,
        "kinds": moderation.ReportKind.choices,
        "nothing_chosen": request.method == "POST",
        "danger": danger_in(rows[0].country),
    }
    return render(request, "web/wrong.html", context, status=400 if context["nothing_chosen"] else 200)


@look
def wrong_sent(request: HttpRequest, short_id: str) -> HttpResponse:
    rows = search.listings_of(short_id)
    if not rows:
        return lead_on(short_id, "wrong")
    return render(request, "web/wrong_sent.html", {"shown": rows[0].shown, "danger": danger_in(rows[0].country)})


@look
def first_contact(request: HttpRequest) -> HttpResponse:
    return render(request, "web/first_contact.html", {"danger": danger_in(settings.SITE_COUNTRY)})


@look
def safety(request: HttpRequest) -> HttpResponse:
    return render(request, "web/safety.html", {"danger": danger_in(settings.SITE_COUNTRY)})


@look
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "web/about.html", {"dangers": all_dangers()})


@look
def who_is_listed(request: HttpRequest) -> HttpResponse:
    context = {"asked": [BY_KEY[key].ask for key in moderation.ASKED], "danger": danger_in(settings.SITE_COUNTRY)}
    return render(request, "web/who_is_listed.html", context)


@look
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say whether the database answers and its tables are this version's; nothing else."""
    try:
        fit = health.database_is_ready()
    except DatabaseError:
        fit = False
    return HttpResponse("ok" if fit else "not ready", status=200 if fit else 503, content_type="text/plain")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    words = _("It may have been taken down, or the address has a slip in it.")
    return problem_page(request, 404, _("There is nothing here"), words)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_page(request, 400, _("We could not read that"), _("Please try again from the start page."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_page(request, 403, _("That is not possible"), _("Please try again from the start page."))


def server_error(request: HttpRequest) -> HttpResponse:
    words = _("Something broke on our side. Nothing you typed was kept. Please try again in a minute.")
    return problem_page(request, 500, _("Sorry, that went wrong"), words)
