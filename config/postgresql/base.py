"""Django's PostgreSQL, with a pause after a server did not answer: one visitor waits for it, not each (R44)."""

import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError

LONG_S = 1.0  # a server that is down refuses at once; who waited longer was not answered
PAUSE_S = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is not tried again for some seconds when trying took long."""

    not_before = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        began = time.monotonic()
        if began < self.not_before:
            raise OperationalError("It did not answer a moment ago.")
        try:
            return super().get_new_connection(conn_params)
        except OperationalError:
            if time.monotonic() - began > LONG_S:
                self.not_before = time.monotonic() + PAUSE_S
            raise
