"""Mails are sent after the answer: how long a server takes tells nobody which addresses have accounts (R48)."""

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


@cache
def _sender() -> ThreadPoolExecutor:
    """Return this worker's own thread; made when it is first needed: a thread does not live past a fork."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def post(message: EmailMessage) -> None:
    _sender().submit(_send, message)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError:  # whoever runs the site sees that somebody did not get a mail
        logger.exception("a mail was not sent")


def wait() -> None:
    """Return when every mail so far has been handed over."""
    _sender().submit(int).result()
