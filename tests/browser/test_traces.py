"""Traces (SAFETY R7-R11, R13): what a browser has of us afterwards, read in its own folder, and whom it asked."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from config.languages import LANGUAGES
from tests.browser.conftest import Drive
from tests.browser.elsewhere import Elsewhere
from tests.browser.profile import rows, written
from tests.deny_list import denied_in

pytestmark = pytest.mark.browser
Seen = dict[str, Any]
ENGINES = ["chromium", "firefox"]
MODES = [f"{engine} {scripts}" for engine in ENGINES for scripts in ("on", "off")]
MOMENTS = ["open", "close", "kill"]
SPOKEN = {"chromium": list(LANGUAGES), "firefox": ["en", "ar", "ru"]}
# Each is typed once, in a place of its own, and stands in no file of either browser.
WORDS = {
    "elsewhere": "Kontrollwortfund",  # on another site, which takes no care
    "unsent": "Zimtapfelstern",
    "unknown": "Zwiebelkanarien",
    "town": "Kidderminster",
    "listing": "Nebelhornwort",
    "late": "Bernsteinkahn",  # to narrow a search that has ended
}
# What our pages say, but no title does.
SAID = ["Find support near you", "people who stand by them", "not checked with them", "What stays on this phone"]
NOTHING = {"cookie": "", "local": [], "session": [], "databases": 0, "caches": 0, "workers": 0}
VISITED = {
    "chromium": {
        "Default/History": "SELECT url, title FROM urls",
        "Default/Favicons": "SELECT page_url, url FROM icon_mapping JOIN favicons ON favicons.id = icon_id",
    },
    "firefox": {
        "places.sqlite": "SELECT url, COALESCE(title, '') FROM moz_places",
        "favicons.sqlite": "SELECT page_url FROM moz_pages_w_icons UNION SELECT icon_url FROM moz_icons",
    },
}


@pytest.fixture(scope="module")
def both_crawls(drive: Drive, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Follow the links in both browsers: Chromium in all languages, Firefox, which is slower, in three."""
    log = str(tmp_path_factory.mktemp("network") / "log.json")

    def follow(engine: str) -> Seen:
        without = [code for code in LANGUAGES if code not in SPOKEN[engine]]
        found: Seen = drive("crawl", engine, json.dumps(without), log, seconds=240)
        return found | {"engine": engine, "log": log}

    with ThreadPoolExecutor() as pool:
        return dict(zip(ENGINES, pool.map(follow, ENGINES), strict=True))


@pytest.fixture(scope="module", params=ENGINES)
def crawl(request: pytest.FixtureRequest, both_crawls: Seen) -> Seen:
    found: Seen = both_crawls[request.param]
    return found


@pytest.fixture(scope="module")
def folders(drive: Drive, other: Elsewhere) -> dict[str, Path]:
    """Search in every mode, closing or killing, all at once: most of it is waiting. Folders by mode and moment."""
    runs = [(mode, end) for mode in MODES for end in ("close", "kill")]

    def search(run: tuple[str, str]) -> Seen:
        engine, scripts = run[0].split()
        found: Seen = drive("traces", engine, scripts, run[1], other.address, json.dumps(WORDS))
        return found

    with ThreadPoolExecutor(len(runs)) as pool:
        seen = dict(zip(runs, pool.map(search, runs), strict=True))
    for words in seen.values():
        assert "do not know a place" in words["notFound"]
        assert WORDS["town"] in words["found"]
        assert WORDS["listing"] in words["narrowed"]
    ends = {f"{mode} {end}": Path(words["profile"]) for (mode, end), words in seen.items()}
    return ends | {f"{mode} open": Path(seen[mode, "kill"]["profile"] + ".open") for mode in MODES}


@pytest.fixture(scope="module")
def found(folders: dict[str, Path]) -> Callable[[str], dict[str, list[str]]]:
    """Return a function that says which words are in which files, for a mode and a moment."""

    @cache
    def search(which: str) -> dict[str, list[str]]:
        return written(folders[which], [*WORDS.values(), *SAID])

    return search


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("Essex and Middlesex", []),
        ("Start – Brolly", []),
        ("/static/SEX_work.svg", ["sex"]),
        ("sex%20worker", ["sex", "worker"]),
        ("Prostituierte", ["prostituierte"]),
        ("FAHİŞE", ["fahişe"]),
        ("Проституция и ВИЧ", ["вич", "проституция"]),
        ("الدعارة", ["دعارة"]),
        ("ทางเพศ", ["เพศ"]),
        ("性工作者", ["性工作"]),
    ],
)
def test_r7_the_deny_list_knows_words_from_parts_of_words(text: str, denied: list[str]) -> None:
    assert denied_in(text) == denied


def test_r7_the_crawl_saw_every_kind_of_page_in_its_languages(crawl: Seen) -> None:
    kinds = [
        "",
        "find/",
        "find/here/",
        "f/*/",
        "s/*/",
        "s/*/map/",
        "s/*/wrong/",
        "now/",
        "now/*/",
        "add/",
        "first-contact/",
        "safety/",
        "about/",
    ]
    prefixes = ["", *(f"{code}/" for code in SPOKEN[crawl["engine"]] if code != "en")]
    assert {f"/{prefix}{kind}" for prefix in prefixes for kind in kinds} <= set(crawl["kinds"])
    assert {200, 400, 404, 410, 422} <= {page["status"] for page in crawl["pages"]}


@pytest.mark.parametrize("what", [0, 1])
def test_r7_the_browsers_own_lists_hold_no_word_that_gives_it_away(crawl: Seen, site: str, what: int) -> None:
    """History with its titles, and icons with their pages; a sealed address is noise and may spell anything."""
    name, query = list(VISITED[crawl["engine"]].items())[what]
    ours = [row for row in rows(Path(crawl["profile"]) / name, query) if site in row[0]]
    assert len(ours) > 30
    assert not [row for row in ours for text in row if denied_in(without_seal(text))]


def test_r7_nothing_else_that_stays_holds_one(crawl: Seen) -> None:
    """Previews, names of downloads, names of files; and what the icon says."""
    texts = [text for page in crawl["pages"] for text in page["preview"]] + crawl["saved"]
    assert not [text for text in texts + [without_seal(url) for url in crawl["requests"]] if denied_in(text)]
    icon = next(url for url in crawl["requests"] if url.endswith(".svg"))
    with urlopen(icon) as answer:
        assert denied_in(answer.read().decode()) == []


def without_seal(text: str) -> str:
    address = urlsplit(text)
    parts = address.path.split("/")
    return text.replace(parts[parts.index("f") + 1], "…") if "f" in parts else text


def test_r8_no_page_is_called_by_what_was_typed(crawl: Seen) -> None:
    typed = ("manchester", "berlin", "zwiebelkanarien")
    asked = [url for url in crawl["requests"] if "/in/" not in url]  # a named area is shared, not typed
    assert not [url for url in asked if any(word in url.lower() for word in typed)]


def test_r9_nothing_that_a_page_says_is_in_the_folder(crawl: Seen) -> None:
    assert len(crawl["words"]) == 20
    assert written(Path(crawl["profile"]), [*crawl["words"], *SAID]) == {}


def test_r9_a_style_is_found_in_the_cache(crawl: Seen) -> None:
    """Or the search of the cache could not have unpacked a page either."""
    assert "Iowan Old Style" in written(Path(crawl["profile"]), ["Iowan Old Style"])


def test_r10_nothing_is_stored_anywhere(crawl: Seen) -> None:
    assert [page["url"] for page in crawl["pages"] if page["stored"] != NOTHING or page["cookie"]] == []


def test_r10_nobody_is_asked_for_leave(crawl: Seen) -> None:
    assert [page["url"] for page in crawl["pages"] if page["asked"]] == []


def test_r11_no_page_asks_another_site(crawl: Seen, site: str) -> None:
    """But for what is Firefox's own: a font that it draws controls with, a style sheet for pages of plain text."""
    assert len(crawl["requests"]) > 100
    assert [url for url in crawl["requests"] if not url.startswith((f"{site}/", "data:"))] == []
    asked = [url for page in crawl["pages"] for url in page["elsewhere"]]
    assert [url for url in asked if not url.startswith("resource://content-accessible/")] == []


def test_r11_nothing_fails_where_no_other_name_is_known(crawl: Seen, site: str) -> None:
    """A file of ours that Firefox lets go of when the crawl leaves the page early has not failed."""
    left = [line for line in crawl["failed"] if line.startswith(site) and line.endswith("NS_BINDING_ABORTED")]
    assert [line for line in crawl["failed"] if line not in left] == []


def test_r11_nor_does_chromium_on_its_own_account(both_crawls: Seen, site: str) -> None:
    """Chromium asks its maker how to fill in a form, unless its address says that it is a search."""
    asked = asked_for_us(json.loads(Path(both_crawls["chromium"]["log"]).read_text()), site)
    assert len(asked) > 100
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(site).netloc}


def asked_for_us(log: Seen, site: str) -> list[str]:
    """Return every request that has to do with one of our pages, in Chromium's log of its network."""
    us = f"http://{urlsplit(site).hostname}"
    asked = [event.get("params", {}) for event in log["events"]]
    starts = [params for params in asked if "url" in params and "initiator" in params]
    return [
        params["url"]
        for params in starts
        if us in params.get("network_isolation_key", "") or params["initiator"].startswith(us)
    ]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("mode", MODES)
def test_r13_nothing_typed_is_on_the_disk(found: Callable[[str], Seen], mode: str, moment: str) -> None:
    ours = {word: files for word, files in found(f"{mode} {moment}").items() if word not in beside()}
    assert ours == {}


def beside() -> set[str]:
    return {WORDS["elsewhere"], WORDS["late"]}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("mode", [mode for mode in MODES if mode.endswith("on")])
def test_r13_nor_is_what_was_sent_to_a_search_that_had_ended(
    found: Callable[[str], Seen], mode: str, moment: str
) -> None:
    """Chromium keeps what a form sent for as long as the page that answered it is in a tab."""
    assert found(f"{mode} {moment}").get(WORDS["late"], []) == []


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("mode", MODES)
def test_r13_what_was_typed_elsewhere_is(found: Callable[[str], Seen], mode: str, moment: str) -> None:
    """Or nothing would be found anywhere: in the history, what was filled in, the open tabs, the cache."""
    names = {
        "chromium": {"Default/History", "Default/Web Data", "Default/Sessions", "Default/Cache"},
        "firefox": {"places.sqlite", "formhistory.sqlite", "sessionstore", "cache2"},
    }[mode.partition(" ")[0]]
    files = found(f"{mode} {moment}")[WORDS["elsewhere"]]
    assert {name for name in names if any(file.startswith(name) for file in files)} == names
