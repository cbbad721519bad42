"""Opening times: rules → the moments a place is open (`opening`), and rules → words for people (`words`)."""

from locator.hours.words import day, words

__all__ = ["day", "words"]
