"""No worker waits for a database longer than it may: what stopped answering is given up on (SAFETY R44).

The server ends a statement after STATEMENT_TIMEOUT_MS and the kernel a connection whose packets are lost
(config/env.py). Neither helps where something between takes what is sent, and says nothing more.
"""

from functools import partial
from typing import Any

from django.conf import settings
from django.db.backends.signals import connection_created

LONGER_S = 3  # than a statement may take on the server: its answer is on the way


def limit(connection: Any, **_signal: Any) -> None:
    """Give a new connection to PostgreSQL so many seconds for an answer; then it is closed: 503."""
    if connection.vendor == "postgresql" and settings.STATEMENT_TIMEOUT_MS:
        raw = connection.connection
        raw.wait = partial(_wait, raw, raw.wait, settings.STATEMENT_TIMEOUT_MS / 1000 + LONGER_S)


def _wait(raw: Any, wait: Any, seconds: float, gen: Any, *how: Any, **more: Any) -> Any:
    from psycopg import OperationalError, pq  # noqa: PLC0415  # it is there where there is PostgreSQL

    try:
        return wait(gen, *how, **{"timeout": seconds, **more})
    except OperationalError:
        if raw.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
            raw.pgconn.finish()
        raise


def begin() -> None:
    """From here on: in the workers of the site. Commands may take longer, and somebody watches them."""
    connection_created.connect(limit, dispatch_uid="deadline")
