"""gunicorn's settings: no access log, no client address in any log, the sealing key made before the fork."""

import os
from typing import Any

from config.env import BASE_DIR  # noqa: F401  # what stands in .env counts here too

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
preload_app = True
accesslog = None
logger_class = "config.reporting.QuietLogger"
MEMORY = "/dev/shm"  # noqa: S108  # nosec B108 (memory, not a file)
worker_tmp_dir = MEMORY if os.access(MEMORY, os.W_OK) else None
limit_request_line = 4094
limit_request_fields = 60
timeout = 30
control_socket_disable = True  # nothing may ask a running server what it does
max_requests = 20_000
max_requests_jitter = 2_000


def when_ready(_server: Any) -> None:
    """Show figures to the operator, on loopback alone, where a port is set for them."""
    from django.conf import settings  # noqa: PLC0415  # there is no program yet when this file is read

    from config import figures  # noqa: PLC0415

    if settings.METRICS_PORT:
        figures.show(settings.METRICS_PORT)
