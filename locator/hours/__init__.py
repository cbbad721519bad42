"""Opening times: rules → the moments a place is open (`opening`), and rules → words for people (`words`)."""

from locator.hours.words import DAYS, dates, day, span, spoken_locale, words

__all__ = ["DAYS", "dates", "day", "span", "spoken_locale", "words"]
