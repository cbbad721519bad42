"""What an operator sees of how the site is used: enough to know that it works, too little to see anybody."""

import time
from collections import Counter
from urllib.request import urlopen

import pytest
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.test import Client

from config import env, figures
from config.figures import EVERY_S, Figures
from tests.routes import patterns
from tests.test_canary import a_free_port


class Clock:
    def __init__(self) -> None:
        self.now = 1_000 * EVERY_S + 1.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def answers(shown: Figures, times: int, group: str = "page", within: str = "0.1") -> None:
    for _time in range(times):
        shown.count(("answer", group, "2xx", within))


def value(shown: Figures, of: str) -> str:
    return next(line.removeprefix(f"{of} ") for line in shown.text().splitlines() if line.startswith(f"{of} "))


PAGES = 'brolly_answers_total{pages="page",status="2xx"}'


def test_one_more_visit_does_not_show(clock: Clock) -> None:
    shown = Figures(clock)
    answers(shown, 29)
    clock.now += EVERY_S
    assert value(shown, PAGES) == "20"


def test_figures_are_those_of_when_the_last_five_minutes_ended(clock: Clock) -> None:
    shown = Figures(clock)
    answers(shown, 10)
    clock.now += EVERY_S - 2
    assert value(shown, PAGES) == "0"
    clock.now += 2
    answers(shown, 10)  # in the next five minutes, before anybody asks
    assert value(shown, PAGES) == "10"


def test_durations_add_up_from_step_to_step(clock: Clock) -> None:
    shown = Figures(clock)
    answers(shown, 10, within="0.1")
    answers(shown, 10, within="+Inf")
    clock.now += EVERY_S
    steps = {
        le: value(shown, f'brolly_answer_seconds_bucket{{pages="page",le="{le}"}}')
        for le in ("0.05", "0.1", "10", "+Inf")
    }
    assert steps == {"0.05": "0", "0.1": "10", "10": "10", "+Inf": "20"}
    assert value(shown, 'brolly_answer_seconds_count{pages="page"}') == "20"


def test_r28_each_fault_is_shown_with_its_kind_and_place(clock: Clock) -> None:
    shown = Figures(clock)
    shown.count(("fault", "ValueError", "locator/search/judging.py:97"))
    clock.now += EVERY_S
    assert value(shown, 'brolly_faults_total{kind="ValueError",place="locator/search/judging.py:97"}') == "1"


def test_faults_that_are_told_apart_have_an_end(clock: Clock) -> None:
    shown = Figures(clock)
    for number in range(2 * figures.MOST_FAULTS):
        shown.count(("fault", "ValueError", f"x.py:{number}"))
    clock.now += EVERY_S
    assert shown.text().count("brolly_faults_total{") == figures.MOST_FAULTS


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> str:
    """Count what this test asks, and show it each second; return where."""
    monkeypatch.setattr(figures, "_pipe", None)
    monkeypatch.setattr(figures, "EVERY_S", 1)
    figures.prepare()
    port = a_free_port()
    figures.show(port)
    return f"http://127.0.0.1:{port}/metrics"


def test_answers_are_counted_by_wide_groups_and_words_of_ours(db: None, counted: str) -> None:
    visitor = Client()
    for path in ["/about/"] * 10 + ["/api/v1/terms/?Zwiebel=1"] * 10 + ["/Zwiebel/"] * 10 + ["/ro/find/"] * 10:
        visitor.get(path, headers={"user-agent": "Zwiebel"})
    time.sleep(1.1)
    with urlopen(counted) as answer:
        text = answer.read().decode()
    assert "zwiebel" not in text.lower()
    shown = Counter(
        {
            line.split('"')[1]: int(line.split()[-1])
            for line in text.splitlines()
            if line.startswith("brolly_answer_seconds_count")
        }
    )
    assert shown == Counter(
        {"page": 10, "api": 10, "nowhere": 10, "search": 10} | dict.fromkeys(["message", "health", "team"], 0)
    )


@pytest.mark.parametrize("route", patterns())
def test_every_route_is_in_a_group(route: str) -> None:
    class Asked:
        resolver_match = type("Match", (), {"route": route})

    assert figures.group_of(Asked()) in figures.GROUPS  # type: ignore[arg-type]


def test_nothing_is_counted_where_nobody_asks_for_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_pipe", None)
    figures.note("answer", "page", "2xx", "0.1")
    with pytest.raises(MiddlewareNotUsed):
        figures.Counted(lambda _request: None)  # type: ignore[arg-type, return-value]


def test_an_answer_never_waits_for_who_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_pipe", None)
    figures.prepare()
    begun = time.monotonic()
    for _answer in range(20_000):  # nobody reads: the pipe is full long before
        figures.note("answer", "page", "2xx", "0.1")
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("said", ["0.0.0.0:9100", "::", "80", "70000", "8000", "example.org"])
def test_r29_figures_cannot_be_shown_anywhere_but_on_a_port_of_loopback(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("METRICS_PORT", said)
    monkeypatch.setenv("PORT", "8000")
    with pytest.raises(ImproperlyConfigured):
        env.port("METRICS_PORT")
