"""When somebody is there: rules by date, nights, dates that differ, and clocks that jump (SAFETY R62)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from locator.hours.opening import Dated, Interval, Is, Opening, Rule, moment

LONDON = ZoneInfo("Europe/London")
WEEK = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def rule(byday: str, opens: str = "", closes: str = "", **parts: object) -> Rule:
    times = {"opens_at": opens, "closes_at": closes} if opens else {}
    return Rule.read({"byday": byday, **times, **parts})


def place(*rules: Rule, zone: ZoneInfo = LONDON, **dated: Dated) -> Opening:
    """Return a place with rules, and dates that differ named as `d20261225`."""
    return Opening(zone, rules, {date.fromisoformat(name[1:]): holds for name, holds in dated.items()})


def at(words: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=zone)


# Nights


def test_a_night_belongs_to_the_day_it_begins_on() -> None:
    night = place(rule("FR", "21:00", "02:00"))
    assert night.state(at("2026-11-27T23:30")) == (Is.OPEN, at("2026-11-28T02:00"))
    assert night.state(at("2026-11-28T01:59")).what == Is.OPEN
    assert night.state(at("2026-11-28T02:00")).what == Is.CLOSED
    assert night.state(at("2026-11-27T01:00")) == (Is.CLOSED, at("2026-11-27T21:00"))  # Thursday has no night


def test_from_nine_to_nine_is_a_whole_day() -> None:
    assert place(rule("SA", "09:00", "09:00")).state(at("2026-11-29T08:59")).what == Is.OPEN


def test_every_day_around_the_clock_never_closes() -> None:
    always = place(rule(",".join(WEEK), "00:00", "00:00"))
    assert len(always.intervals(date(2026, 10, 1), date(2026, 11, 30))) == 1


def test_two_rules_on_one_day_add_up() -> None:
    two = place(rule("TU", "10:00", "12:00"), rule("TU", "11:30", "15:00"), rule("TU", "18:00", "20:00"))
    on = date(2026, 11, 24)
    assert two.intervals(on, on) == [
        (at("2026-11-24T10:00"), at("2026-11-24T15:00")),
        (at("2026-11-24T18:00"), at("2026-11-24T20:00")),
    ]


# Dates that differ


def test_a_night_before_a_closed_date_stays_open_to_its_end() -> None:
    night = place(rule("FR,SA", "21:00", "02:00"), d20261128=Dated())
    assert night.state(at("2026-11-28T01:30")).what == Is.OPEN  # began on Friday


def test_a_closed_date_leaves_nothing_behind_after_midnight() -> None:
    night = place(rule("FR,SA", "21:00", "02:00"), d20261128=Dated())
    assert night.state(at("2026-11-28T22:00")).what == Is.CLOSED
    assert night.state(at("2026-11-29T01:00")).what == Is.CLOSED


def test_a_date_with_hours_of_its_own_has_those_alone() -> None:
    short = place(rule("TH", "10:00", "18:00"), d20261224=Dated(((time(10), time(12)),)))
    assert short.state(at("2026-12-24T11:00")) == (Is.OPEN, at("2026-12-24T12:00"))
    assert short.state(at("2026-12-24T15:00")).what == Is.CLOSED


def test_thread_3_closed_for_the_weekend_says_when_it_opens_again() -> None:
    """Friday evening said "until tomorrow" (PEERS, section 4)."""
    office = place(rule("MO,TU,WE,TH,FR", "09:00", "17:00"))
    assert office.state(at("2026-11-27T18:00")) == (Is.CLOSED, at("2026-11-30T09:00"))


# What is not known


def test_no_rules_is_not_closed() -> None:
    assert place().state(at("2026-11-25T12:00")).what == Is.UNKNOWN


def test_times_in_words_alone_are_not_closed_on_that_day_or_the_night_after() -> None:
    dusk = place(rule("WE"), rule("MO", "10:00", "12:00"))
    assert dusk.state(at("2026-11-25T12:00")).what == Is.UNKNOWN
    assert dusk.state(at("2026-11-26T01:00")).what == Is.UNKNOWN
    assert dusk.state(at("2026-11-27T12:00")) == (Is.CLOSED, at("2026-11-30T10:00"))


def test_the_next_opening_is_not_named_when_an_earlier_one_may_be() -> None:
    assert place(rule("TH"), rule("FR", "10:00", "12:00")).state(at("2026-11-25T12:00")) == (Is.CLOSED, None)


def test_a_date_that_differs_in_a_way_we_do_not_know_is_unknown() -> None:
    maybe = place(rule("FR", "10:00", "18:00"), d20261225=Dated(None))
    assert maybe.state(at("2026-12-25T11:00")).what == Is.UNKNOWN


# Dates of rules


@pytest.mark.parametrize(
    ("said", "dates"),
    [
        (rule("1TU,3TU", freq="MONTHLY"), ["2026-11-03", "2026-11-17"]),
        (rule("-1SU", freq="MONTHLY"), ["2026-11-29"]),
        (rule("5MO", freq="MONTHLY"), ["2026-11-30"]),
        (rule("5TU", freq="MONTHLY"), []),
        (rule("WE", interval=2, dtstart="2026-10-28"), ["2026-11-11", "2026-11-25"]),
        (
            rule("MO,SU", interval=2, dtstart="2026-11-08"),
            ["2026-11-08", "2026-11-16", "2026-11-22", "2026-11-30"],
        ),
        (rule("1FR", freq="MONTHLY", interval=2, dtstart="2026-09-04"), ["2026-11-06"]),
        (rule("TU", valid_from="2026-11-10", valid_to="2026-11-17"), ["2026-11-10", "2026-11-17"]),
        (rule("TU", valid_to="2026-10-31"), []),
    ],
    ids=str,
)
def test_the_dates_of_a_rule_in_november(said: Rule, dates: list[str]) -> None:
    assert [str(on) for on in said.dates(date(2026, 11, 1), date(2026, 11, 30))] == dates


# Clocks


def test_the_clock_is_that_of_the_place() -> None:
    """PEERS threads 2 and 6: hours were read on the visitor's clock."""
    there = place(rule("WE", "09:00", "17:00"), zone=ZoneInfo("America/Los_Angeles"))
    assert there.state(at("2026-11-25T16:30")).what == Is.CLOSED  # half past eight there
    assert there.state(at("2026-11-25T17:30")).what == Is.OPEN


@pytest.mark.parametrize(
    ("on", "shown", "zone", "utc"),
    [
        ("2026-03-29", "01:30", "Europe/London", "2026-03-29T01:00"),  # left out: the clocks jump at one
        ("2026-10-25", "01:30", "Europe/London", "2026-10-25T00:30"),  # comes twice
        ("2026-10-25", "02:00", "Europe/London", "2026-10-25T02:00"),
        ("2011-12-30", "12:00", "Pacific/Apia", "2011-12-30T10:00"),  # a whole day left out
    ],
)
def test_a_time_that_is_left_out_or_comes_twice(on: str, shown: str, zone: str, utc: str) -> None:
    found = moment(date.fromisoformat(on), time.fromisoformat(shown), ZoneInfo(zone))
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_night_is_an_hour_shorter_when_the_clocks_go_forward() -> None:
    night = place(rule("SA", "22:00", "04:00"))
    (shift,) = night.intervals(date(2026, 3, 28), date(2026, 3, 28))
    assert shift.ends - shift.begins == timedelta(hours=5)


# Against somebody who looks at the clock every minute


def changes(zone: str) -> list[date]:
    """Return the dates from 2026 to 2028 in which the clocks of a zone change; one in each year if none does."""
    dates = [date(2026, 1, 1) + n * DAY for n in range(3 * 365 + 1)]
    noon = [datetime.combine(on, time(12), ZoneInfo(zone)).utcoffset() for on in dates]
    found = [on for on, before, after in zip(dates[1:], noon, noon[1:], strict=False) if before != after]
    return found or [date(2026, 2, 28), date(2027, 8, 1), date(2028, 2, 29)]


ZONES = [
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "Asia/Bishkek",
    "Asia/Kathmandu",
]
CHANGES = [(zone, on) for zone in ZONES for on in changes(zone)]


TIMES = st.sampled_from([f"{h:02d}:{m:02d}" for h in range(24) for m in (0, 1, 30, 59)])
near = st.integers(-2, 2)  # days from the change


@st.composite
def rules(draw: st.DrawFn, change: date) -> Rule:
    """Draw a rule: of the week or the month, every n, and from or until a date about the change of the clocks."""
    days = draw(st.lists(st.sampled_from(WEEK), min_size=1, max_size=4, unique=True))
    monthly = draw(st.booleans())
    if monthly:
        days = [f"{draw(st.sampled_from(['1', '2', '4', '5', '-1', '-2']))}{day}" for day in days]
    parts: dict[str, object] = {"freq": "MONTHLY" if monthly else "WEEKLY"}
    if draw(st.booleans()):
        interval = draw(st.integers(2, 4))
        parts |= {"interval": interval, "dtstart": draw(st.dates(date(2024, 1, 1), date(2026, 1, 1))).isoformat()}
    for name in draw(st.sets(st.sampled_from(["valid_from", "valid_to"]))):
        parts[name] = (change + draw(near) * DAY).isoformat()
    return rule(",".join(days), draw(TIMES), draw(TIMES), **parts)


@st.composite
def dates_that_differ(draw: st.DrawFn, change: date) -> dict[date, Dated]:
    """Draw up to two dates that are closed, or have one or two spans of their own."""
    spans = st.tuples(TIMES, TIMES).map(lambda span: (time.fromisoformat(span[0]), time.fromisoformat(span[1])))
    own = st.lists(spans, max_size=2).map(lambda found: Dated(tuple(found)))
    return {change + n * DAY: draw(own) for n in draw(st.sets(st.integers(-1, 2), max_size=2))}


def begins_on(said: Rule, on: date) -> bool:
    """Say whether a shift of a rule begins on a date, by counting weeks and months on a calendar."""
    anchor = said.dtstart or on
    if (said.valid_from and on < said.valid_from) or (said.valid_to and on > said.valid_to):
        return False
    if said.monthly:
        apart = (on.year - anchor.year) * 12 + on.month - anchor.month
    else:
        apart = ((on - on.weekday() * DAY) - (anchor - anchor.weekday() * DAY)).days // 7
    if on < anchor or apart % said.interval:
        return False
    nth = (on.day - 1) // 7 + 1
    after = on + DAY
    last = 1
    while after.month == on.month:
        last += after.weekday() == on.weekday()
        after += DAY
    code = WEEK[on.weekday()]
    return bool({code, f"{nth}{code}", f"-{last}{code}"} & set(said.byday.split(",")))


def looked_at(opening: Opening, first: date, last: date) -> list[bool]:
    """Say for each minute from a date to another (of UTC, a day more at both ends) whether somebody is there."""
    start = datetime.combine(first - DAY, time.min, UTC)
    minutes = [start + n * MINUTE for n in range(((last - first).days + 4) * 1440)]
    clocks = [now.astimezone(opening.zone).replace(tzinfo=None) for now in minutes]

    def first_shown(shown: datetime) -> int:
        return next((n for n, clock in enumerate(clocks) if clock >= shown), len(clocks))

    there = [False] * len(minutes)
    for on in (first + n * DAY for n in range((last - first).days + 1)):
        spans = [said.span for said in opening.rules if said.span and begins_on(said, on)]
        for opens, closes in opening.dated[on].spans or () if on in opening.dated else spans:
            begin = first_shown(datetime.combine(on, opens))
            end = first_shown(datetime.combine(on if closes > opens else on + DAY, closes))
            there[begin:end] = [True] * max(0, end - begin)
    return there


def spread(found: Iterable[Interval], first: date, last: date) -> list[bool]:
    start = datetime.combine(first - DAY, time.min, UTC)
    there = [False] * (((last - first).days + 4) * 1440)
    for begins, ends in found:
        begin, end = (int((at - start) / MINUTE) for at in (begins, ends))
        there[begin:end] = [True] * (end - begin)
    return there


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=str)
@settings(max_examples=10, deadline=None)
@given(st.data())
def test_r62_it_agrees_with_somebody_who_looks_every_minute(zone: str, change: date, data: st.DataObject) -> None:
    first, last = change - 2 * DAY, change + 2 * DAY
    said = data.draw(st.lists(rules(change), min_size=1, max_size=3))
    opening = Opening(ZoneInfo(zone), tuple(said), data.draw(dates_that_differ(change)))
    assert spread(opening.intervals(first, last), first, last) == looked_at(opening, first, last)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(WEEK), min_size=1, max_size=5, unique=True),
    st.integers(0, 47),
    st.integers(0, 47),
    st.integers(0, 7 * 48),
)
def test_a_second_opinion_on_plain_weeks(days: list[str], opens: int, closes: int, asked: int) -> None:
    begin, end = f"{opens // 2:02d}:{opens % 2 * 30:02d}", f"{closes // 2:02d}:{closes % 2 * 30:02d}"
    if begin == end:
        return  # in their text that is no time at all; with us a whole day
    text = ",".join(day.title() for day in days if day.title()[:2]) + f" {begin}-{end}"
    now = at("2026-06-01T00:00") + asked * 30 * MINUTE
    there = place(rule(",".join(days), begin, end)).state(now).what == Is.OPEN
    assert there == OpeningHours(text).is_open(now.replace(tzinfo=None))
