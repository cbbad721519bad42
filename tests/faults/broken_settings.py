"""The shipped settings with addresses that break, each in its own way and with a visitor's words in its hands."""

from tests.shipped_settings import *  # noqa: F403

ROOT_URLCONF = "tests.faults.broken_urls"
