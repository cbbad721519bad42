"""The WSGI entrance. What is imported here exists once, before gunicorn forks its workers."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config import figures

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if settings.METRICS_PORT:
    figures.prepare()  # before the middleware asks whether somebody counts
application = get_wsgi_application()

from config import deadline  # noqa: E402  # it reads the settings

deadline.begin()

# The whole map, not at the first request: the key that seals addresses has to be the same for all workers.
from django.urls import get_resolver  # noqa: E402

get_resolver().url_patterns  # noqa: B018
