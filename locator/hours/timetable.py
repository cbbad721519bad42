"""What a place or a line told us of its hours, as it is published → when somebody is there.

Dates with times of their own come before public holidays, and both before the rules. What was not told is unknown.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from locator.hours.clocks import country_of, is_zone
from locator.hours.opening import DAYS_AHEAD, WEEK, Dated, Opening, Rule, Span, State
from locator.hours.public_days import public_days

ANSWERED = {"phone", "text", "chat"}  # channels on which somebody answers at a minute, or nobody does
Shown = dict[str, Any]
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Timetable:
    """The hours of one place or line: its rules, what is said of them as a whole, its clock and country."""

    rules: tuple[Rule, ...]
    times: Shown
    zone: ZoneInfo
    country: str = ""

    @classmethod
    def of_place(cls, shown: Shown) -> "Timetable | None":
        """Return the timetable of a published place; None when it has no hours or nobody knows its clock."""
        location = shown["location"]
        timetable = cls._of(shown, location.get("timezone", ""), location.get("country", ""))
        if timetable is None or "holiday_region" in shown["times"] or "holiday_region" not in location:
            return timetable
        return replace(timetable, times={**shown["times"], "holiday_region": location["holiday_region"]})

    @classmethod
    def of_line(cls, line: Shown, country: str) -> "Timetable | None":
        """Return the timetable of a published phone or link, as above.

        Its public holidays are those of the country whose clock it goes by, wherever it may be called from.
        """
        zone = line["times"].get("timezone", "")
        return cls._of(line, zone, country_of(zone) or country)

    @classmethod
    def _of(cls, shown: Shown, zone: str, country: str) -> "Timetable | None":
        times = shown["times"]
        if not is_zone(zone) or not (shown["hours"] or times.get("dated")):
            return None
        rules = tuple(Rule.read(rule) for rule in shown["hours"])
        region = times.get("holiday_region", "")
        return cls(rules, times, ZoneInfo(zone), region.partition("-")[0] or country)

    @property
    def by_appointment(self) -> bool:
        return bool(self.times.get("access") == "appointment")

    def opening(self, first: date, last: date) -> Opening:
        """Return when somebody is there by shifts that begin from one date to another, both included."""
        return Opening(self.zone, self.rules, self._holidays(first, last) | self._dated(first, last))

    def state(self, now: datetime) -> State:
        """Return what holds at a moment (UTC), whoever may come then."""
        today = now.astimezone(self.zone).date()
        return self.opening(today - _ONE_DAY, today + timedelta(days=DAYS_AHEAD)).state(now)

    def closed_by(self, on: date) -> str:
        """Return why the rules do not hold on a date on which nobody is there: "dated", "holiday" or ""."""
        if on in (dated := self._dated(on, on)):
            return "" if dated[on].spans else "dated"
        holds = self._holidays(on, on).get(on)
        return "holiday" if holds is not None and holds.spans == () else ""

    def holiday(self, on: date) -> bool:
        """Say whether a date may be a public holiday on which we do not know what holds."""
        return on not in self._dated(on, on) and self._holidays(on, on).get(on, Dated()).spans is None

    def told_of(self, on: date) -> str:
        """Return the words that came with what holds on a date, if any."""
        rows = [row for row in self.times.get("dated", []) if row["first"] <= on.isoformat() <= row["last"]]
        return next((row["description"] for row in rows if "description" in row), "")

    def _dated(self, first: date, last: date) -> dict[date, Dated]:
        found: dict[date, Dated] = {}
        for row in self.times.get("dated", []):
            on = max(first, date.fromisoformat(row["first"]))
            end = min(last, date.fromisoformat(row["last"]))
            spans = (_span(row["opens_at"], row["closes_at"]),) if "opens_at" in row else ()
            while on <= end:
                before = found.get(on)
                # A closure wins over other times of its date: better a call too many than a shut door.
                found[on] = Dated(before.spans + spans if before and before.spans and spans else spans)
                if before and before.spans == ():
                    found[on] = before
                on += _ONE_DAY
        return found

    def _holidays(self, first: date, last: date) -> dict[date, Dated]:
        """Return what holds on public holidays: what was told, or that nobody told us.

        Who has hours around the clock, and said nothing of holidays, has them on every date.
        """
        policy = self.times.get("on_public_holidays", "")
        if policy == "open" or (policy == "" and any(around_the_clock(rule) for rule in self.rules)):
            return {}
        region = self.times.get("holiday_region", "")
        years = [public_days(self.country, year, region) for year in range(first.year, last.year + 1)]
        certain = [on for days in years for on in days.certain if first <= on <= last]
        perhaps = [on for days in years for on in days.perhaps if first <= on <= last]
        usual = {on for rule in self.rules for on in rule.dates(first, last)} if years else set()
        overnight = any(rule.span is None or rule.span[1] <= rule.span[0] for rule in self.rules)
        if policy == "":
            return {on: Dated(None, overnight) for on in (*certain, *perhaps) if on in usual}
        spans: tuple[Span, ...] = ()
        if policy == "hours":
            spans = (_span(self.times["holiday_opens_at"], self.times["holiday_closes_at"]),)
        unsure = {on: Dated(None, overnight) for on in perhaps if on in usual or spans}
        return unsure | {on: Dated(spans) for on in certain}


def lines(shown: Shown) -> list[Shown]:
    """Return the numbers and chats of a published listing that somebody answers."""
    return [way for way in shown["phones"] + shown["links"] if way["channel"] in ANSWERED]


def timed(shown: Shown) -> list[Shown]:
    """Return what has the hours of a published listing: its place, or the lines of one reached from afar."""
    return [shown] if shown["location"]["address_visibility"] != "none" else lines(shown)


def zone_of(shown: Shown) -> str:
    """Return the time zone that the days of a published listing are counted in; "" where nobody knows it."""
    zones = [shown["location"].get("timezone", ""), *(row["times"].get("timezone", "") for row in timed(shown))]
    return next((zone for zone in zones if is_zone(zone)), "")


def around_the_clock(rule: Rule) -> bool:
    return (
        rule.span is not None
        and rule.span[0] == rule.span[1]
        and set(rule.byday.split(",")) == set(WEEK)
        and not rule.monthly
        and rule.interval == 1
        and rule.valid_from is None
        and rule.valid_to is None
    )


def _span(opens: str, closes: str) -> Span:
    return time.fromisoformat(opens), time.fromisoformat(closes)
