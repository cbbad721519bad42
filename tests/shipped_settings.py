"""The shipped settings, with one address that breaks: for what a server writes down about a fault."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.shipped_urls"
STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
