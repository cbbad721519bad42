"""A copy of the public directory as files, for the proxy to serve while the program does not answer (SAFETY R41).

Pages are those of the site, without what holds only at one minute; each says when it was saved.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from config.env import BASE_DIR
from config.languages import LANGUAGES
from locator import search
from locator.countries import danger_in, spoken_name
from locator.publishing.saved import CURRENT
from locator.search import saving as saved_rows
from locator.web import presenting
from locator.web.guards import problem_page, wait_page
from locator.web.views import bad_request, too_long

PLAIN = ("first_contact", "safety", "about", "who_is_listed")
ROWS = 100  # of an area, the nearest
Say = Callable[[str], object]


def save(folder: Path, *, anew: bool = False, say: Say = lambda line: None) -> int:
    """Write a copy into `folder` and put it in the place of the one before, in one step; return how many pages.

    Returns 0 where nothing has changed since, where another run is at it, and where something changed while it was
    written. That is asked after it is in place: a later change takes it away itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder) as first:
        mark = _mark()
        if not first or (not anew and _saved_mark(folder) == mark):
            return 0
        now = timezone.now()
        made = folder / f"{now:%Y%m%dT%H%M%S%f}"
        count = 0
        for count, (path, content) in enumerate(_pages(now), start=1):
            _write(made / path, content)
            if count % 500 == 0:
                say(f"{count} pages")
        _write(made / "mark", mark.encode())
        before = _put(folder, made)
        if _mark() != mark:  # somebody hid something meanwhile: pages that were made before still show it
            (folder / CURRENT).unlink()
            return 0
        for old in folder.glob("2*T*"):
            if old not in {made, before}:  # a page of the one before may be on its way to somebody
                shutil.rmtree(old)
        return count


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Say whether nobody else is writing a copy into this folder."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _mark() -> str:
    """Return what tells this directory, day and program from any other."""
    files = [*(BASE_DIR / "templates").rglob("*.html"), *(BASE_DIR / "locator").rglob("*.py")]
    newest = max(file.stat().st_mtime_ns for file in files)
    said = f"{saved_rows.state()} {timezone.localdate()} {newest} {settings.SITE_NAME} {settings.EXIT_URL}"
    return hashlib.sha256(said.encode()).hexdigest()


def _saved_mark(folder: Path) -> str:
    try:
        return (folder / CURRENT / "mark").read_text()
    except OSError:
        return ""


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _put(folder: Path, made: Path) -> Path:
    """Let `current` lead to what was made; return where it led before."""
    link, before = folder / "next", (folder / CURRENT).resolve()
    link.unlink(missing_ok=True)
    link.symlink_to(made.name)
    os.replace(link, folder / CURRENT)  # noqa: PTH105  # rename(2): it leads to the one or the other, never nowhere
    return before


def _pages(now: datetime) -> Iterator[tuple[Path, bytes]]:
    """Yield the path and the content of each page, in each language."""
    short_ids, areas = saved_rows.short_ids(), saved_rows.areas()
    for short_id in short_ids:
        yield _asked(reverse("api_service", args=[short_id]), now, "index.json")
    for code in LANGUAGES:
        with override(code):
            yield _page(reverse("home"), now, _home, areas)
            yield _page(reverse("home") + "sorry/", now, _sorry)
            yield _page(reverse("home") + "wait/", now, _of_the_proxy(wait_page))
            yield _page(reverse("home") + "unread/", now, _of_the_proxy(bad_request))
            yield _page(reverse("home") + "too-long/", now, _of_the_proxy(too_long))
            for name in PLAIN:
                yield _asked(reverse(name), now)
            for _country, slug, name in areas:
                yield _page(reverse("area", args=[slug]), now, _area, slug, name)
            for short_id in short_ids:
                yield _asked(reverse("service", args=[short_id]), now)


def _asked(address: str, now: datetime, name: str = "index.html") -> tuple[Path, bytes]:
    """Return what the site itself answers at an address."""
    view, args, kwargs = resolve(address)
    return _page(address, now, view, *args, name=name, **kwargs)


def _page(
    address: str, now: datetime, view: Callable[..., Any], *args: Any, name: str = "index.html", **kwargs: Any
) -> tuple[Path, bytes]:
    request = _request(address)
    request.saved_at = now  # type: ignore[attr-defined]  # templates leave out what holds at one minute only
    response = view(request, *args, **kwargs)
    if not getattr(response, "is_rendered", True):
        response.render()
    return Path(address.strip("/")) / name, bytes(response.content)


def _request(address: str) -> WSGIRequest:
    host = next((host for host in settings.ALLOWED_HOSTS if not host.startswith(".")), "localhost")
    return WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": address,
            "SERVER_NAME": host,
            "SERVER_PORT": "443",
            "wsgi.url_scheme": "https",
            "wsgi.input": BytesIO(),
        }
    )


def _home(request: WSGIRequest, areas: list[tuple[str, str, str]]) -> HttpResponse:
    """Show where there is something, and who can be called; search needs the program."""
    country = settings.SITE_COUNTRY
    lines = [presenting.result(row, timezone.now(), "") for row in search.lines_open_to(country)]
    countries: dict[str, list[tuple[str, str]]] = {country: []}
    for code, slug, name in areas:
        countries.setdefault(code, []).append((slug, name))
    named = [(spoken_name(code), rows) for code, rows in countries.items() if rows]
    context = {"countries": named, "lines": lines, "danger": danger_in(country)}
    return render(request, "web/saved_home.html", context)


def _area(request: WSGIRequest, slug: str, name: str) -> HttpResponse:
    asked = {"area": [slug], "include_unconfirmed": ["true"], "page_size": [str(ROWS)]}
    answer = search.search(asked)
    context = {"name": name, **presenting.groups(answer), "danger": danger_in(settings.SITE_COUNTRY)}
    return render(request, "web/saved_area.html", context)


def _of_the_proxy(page: Callable[[HttpRequest], HttpResponse]) -> Callable[[WSGIRequest], HttpResponse]:
    """Return a page that the proxy shows when it refuses something itself: the site can be reached."""

    def view(request: WSGIRequest) -> HttpResponse:
        request.saved_at = None  # type: ignore[attr-defined]
        return page(request)

    return view


def _sorry(request: WSGIRequest) -> HttpResponse:
    words = _("This cannot be done just now. Nothing you typed was kept. Please try again in a few minutes.")
    return problem_page(request, 503, _("The site cannot be reached just now"), words)
