"""Mails are sent after the answer: how long a server takes tells nobody which addresses have accounts (R48)."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.core.mail import EmailMessage

from locator.mailing import hand_over


@cache
def _sender() -> ThreadPoolExecutor:
    """Return this worker's own thread; made when it is first needed: a thread does not live past a fork."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def post(message: EmailMessage) -> None:
    _sender().submit(hand_over, message)


def wait() -> None:
    """Return when every mail so far has been handed over."""
    _sender().submit(int).result()
