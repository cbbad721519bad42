"""Days, dates and times of day as others write them. What could be two things is none."""

import re
from datetime import date, datetime
from typing import Any

from locator.hours.opening import WEEK

_NAMES = {name: code for code, names in zip(
    WEEK, ("mo mon monday", "tu tue tues tuesday", "we wed wednesday", "th thu thur thurs thursday",
           "fr fri friday",
           "sa sat saturday", "su sun sunday"), strict=True) for name in names.split()}  # fmt: skip
_SETS = {"daily": WEEK, "every day": WEEK, "everyday": WEEK, "weekdays": WEEK[:5], "weekends": WEEK[5:]}
_NTH = re.compile(r"(-?[1-5])(mo|tu|we|th|fr|sa|su)")
_TIME = re.compile(
    r"(?:\d{4}-\d\d-\d\d[T ])?(\d{1,2})(?:[:.](\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*(?:([ap])\.?m?\.?)?"
    r"\s*(z|utc|gmt|[+-]\d\d(?::?\d\d)?)?",
    re.IGNORECASE,
)
_FORMS = ("%Y-%m-%d", "%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%d %b %Y", "%Y/%m/%d", "%Y%m%d")


class Unclear(ValueError):
    """What is no time or day, or could be two; the words say which."""


def days(said: Any) -> tuple[str, str]:
    """Return BYDAY, and a remark where days are numbers; raise Unclear."""
    bare = re.sub(r"https?://schema\.org/", "", str(said)[:200])
    words = said if isinstance(said, list) else re.split(r"[,;/|]|\s+and\s+|\s+(?=[A-Za-z])", bare)
    found: list[str] = []
    numbered = False
    for one in words:
        word = str(one).strip(" .").lower().rpartition("schema.org/")[2]
        if not word:
            continue
        if re.fullmatch(r"[0-7](?:\.0)?", word):
            found.append(WEEK[(int(word[0]) - 1) % 7])
            numbered = True
        else:
            found += _codes(word)
    codes = list(dict.fromkeys(found))
    if not codes or len({code[:-2] != "" for code in codes}) > 1:
        raise Unclear(f"“{str(said)[:60]}” is no day of the week.")
    return ",".join(codes), "Days are numbers; 1 is taken for Monday, 0 and 7 for Sunday." if numbered else ""


def _codes(word: str) -> list[str]:
    if word in _SETS:
        return list(_SETS[word])
    if nth := _NTH.fullmatch(word):
        return [f"{int(nth[1])}{nth[2].upper()}"]
    first, dash, last = (part.strip() for part in re.sub(r"[–—]", "-", word).partition("-"))
    single = word.removesuffix("s") if word not in _NAMES else word
    if not dash and single in _NAMES:
        return [_NAMES[single]]
    if dash and first in _NAMES and last in _NAMES:
        begins, ends = WEEK.index(_NAMES[first]), WEEK.index(_NAMES[last])
        return [WEEK[n % 7] for n in range(begins, ends + 1 if ends >= begins else ends + 8)]
    raise Unclear(f"“{word[:40]}” is no day of the week.")


def span(opens: Any, closes: Any) -> tuple[str, str, str]:
    """Return both times as HH:MM:SS on the clock of the place, and what was guessed; raise Unclear."""
    first, last = _parsed(opens), _parsed(closes)
    if (first[2] or last[2]) and not (_is_clear(first) and _is_clear(last)):
        raise Unclear(f"{opens} to {closes}: say am or pm of both.")
    begins, ends = _minutes(first), _minutes(last)
    if not first[2] and not first[3] and not last[2] and ends <= begins and ends not in (0, 1440):
        raise Unclear(f"{opens} to {closes}: is that morning or evening?")
    if begins == 1440:
        begins = 0
    whole = begins == 0 and ends in (1439, 1440, 0)
    ends = 0 if whole or ends == 1440 else ends
    zone = "Times had a zone; they are read on the clock of the place." if first[4] or last[4] else ""
    return _clock(begins), _clock(ends), zone


_Time = tuple[int, int, str, bool, str]  # hour, minutes, a or p, written with two digits, zone


def _parsed(said: Any) -> _Time:
    words = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}.get(
        str(said).strip().lower(), str(said).strip()
    )
    if re.fullmatch(r"\d{4}", words):
        words = f"{words[:2]}:{words[2:]}"
    found = _TIME.fullmatch(words[:60])
    if found is None or (found[2] is None and found[3] is None):
        raise Unclear(f"“{str(said)[:40]}” is no time of day.")
    hour, minutes, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if hour > 24 or minutes > 59 or (hour == 24 and minutes) or (half and not 1 <= hour <= 12 and hour != 0):
        raise Unclear(f"“{str(said)[:40]}” is no time of day.")
    return hour, minutes, half, len(found[1]) == 2, found[4] or ""


def _is_clear(time: _Time) -> bool:
    """Say whether a time beside one with am or pm can be but one: 09:00 or 14:00, and not 10:00."""
    return bool(time[2]) or time[0] >= 13 or (time[3] and time[0] < 10)


def _minutes(time: _Time) -> int:
    hour = time[0] % 12 + (12 if time[2] == "p" else 0) if time[2] else time[0]
    return hour * 60 + time[1]


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}:00"


def day(said: Any) -> str:
    """Return a date as 2026-05-03; "" for what is none, for one before 1970, and for 03/04/2026, which is two."""
    if not isinstance(said, str):
        return ""
    words = said.strip()
    for text, form in [(words[:10], _FORMS[0]), *((words[:40], form) for form in _FORMS[1:])]:
        try:
            found = datetime.strptime(text, form).date()  # noqa: DTZ007  (a date has no zone)
        except ValueError:
            continue
        return found.isoformat() if date(1970, 1, 1) <= found < date(2200, 1, 1) else ""
    return ""
