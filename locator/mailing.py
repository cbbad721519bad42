"""Handing mails over to a server that may be away."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)


def send(subject: str, words: str, address: str) -> bool:
    """Mail words to one person; return whether a server took it."""
    return hand_over(EmailMessage(subject, words, settings.OPERATOR_EMAIL or None, [address]))


def hand_over(message: EmailMessage) -> bool:
    """Return whether a server took a mail; what it is about is done and stays, and the operator sees a line."""
    try:
        message.send()
    except OSError:
        logger.exception("a mail was not sent")
        return False
    return True
