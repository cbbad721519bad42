"""Handing mails over to a server that may be away, and noting which addresses take none."""

import logging
import re
from email import message_from_bytes
from email.message import Message
from email.policy import default
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage

from locator.models import Bounce, Contact, Membership

logger = logging.getLogger(__name__)
# There is no such mailbox (RFC 3463). A mail that a server does not want is another thing.
NOBODY = re.compile(rb"\b5\.1\.\d")


def send(subject: str, words: str, address: str) -> bool:
    """Mail words to one person; return whether a server took it."""
    return hand_over(EmailMessage(subject, words, settings.OPERATOR_EMAIL or None, [address]))


def hand_over(message: EmailMessage) -> bool:
    """Return whether a server took a mail; what it is about is done and stays, and the operator sees a line."""
    try:
        message.send()
    except SMTPRecipientsRefused as refused:
        for address, (_reply, words) in refused.recipients.items():
            if NOBODY.search(words):
                came_back(address)
        logger.warning("a mail was refused")  # for whom stands in the queue, not in a log
        return False
    except OSError:
        logger.exception("a mail was not sent")
        return False
    return True


def came_back(address: str) -> bool:
    """Note that mail to an address came back for good: no reminder goes there, and moderators see it.

    Anybody can write a report: what is said of an address that we do not write to is not noted. Return if it was.
    """
    email = address.strip().lower()
    ours = Membership.objects.filter(user__email__iexact=email).exists()
    if not ours and not Contact.objects.filter(email__iexact=email).exists():
        return False
    Bounce.objects.get_or_create(email=email)
    return True


def arrives_again(address: str) -> None:
    """Take an address off the list, when somebody has looked after it."""
    Bounce.objects.filter(email=address).delete()


def returned(report: bytes) -> list[str]:
    """Return the addresses that a delivery report (RFC 3464) says will take no mail; none of any other mail."""
    message = message_from_bytes(report, policy=default)
    blocks = [block for part in message.walk() for block in _blocks(part)]
    return [address for block in blocks if _failed(block) and (address := _address(block))]


def _blocks(part: Message) -> list[Message]:
    """Return the blocks of a `message/delivery-status` part: one about the mail, one for each recipient."""
    payload = part.get_payload() if part.get_content_type() == "message/delivery-status" else []
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _failed(block: Message) -> bool:
    action, status = str(block.get("Action", "")), str(block.get("Status", ""))
    return action.strip().lower() == "failed" and bool(NOBODY.match(status.strip().encode()))


def _address(block: Message) -> str:
    said = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
    return said.partition(";")[2].strip()
