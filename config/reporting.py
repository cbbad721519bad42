"""What the program may write down about itself: the kind of a fault, where in the code, and how often.

Never a message, a path, an address or a value: any of them can hold what a visitor typed (SAFETY R28).
"""

import logging
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from config import figures

BASE_DIR = Path(__file__).resolve().parent.parent


class FaultFormatter(logging.Formatter):
    """Format a record as `ValueError at locator/search.py:41, 3 times`, and nothing else of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counts: Counter[str] = Counter()

    def format(self, record: logging.LogRecord) -> str:
        kind, place = self._kind(record), self._place(record)
        fault = f"{kind} at {place}"
        self.counts[fault] += 1
        figures.note("fault", kind, place)
        return f"{fault}, {self.counts[fault]} times"

    def _kind(self, record: logging.LogRecord) -> str:
        if record.exc_info and record.exc_info[0]:
            return record.exc_info[0].__qualname__
        return f"{record.levelname.lower()} of {record.name}"

    def _place(self, record: logging.LogRecord) -> str:
        """Return the innermost line of ours on the stack, else the innermost of all, else the line that logged."""
        frames = traceback.extract_tb(record.exc_info[2]) if record.exc_info else []
        ours = [frame for frame in frames if frame.filename.startswith(str(BASE_DIR / "locator"))]
        if ours:
            return f"{Path(ours[-1].filename).relative_to(BASE_DIR)}:{ours[-1].lineno}"
        if frames:
            return f"{'/'.join(Path(frames[-1].filename).parts[-2:])}:{frames[-1].lineno}"
        return f"{record.module}:{record.lineno}"


class QuietLogger(Logger):
    """gunicorn's logger without the lines that hold a client's address or path.

    gunicorn writes `Invalid request from ip=…` and `Error handling request /f/…` whatever the access
    log is set to; only the words about its own workers are let through.
    """

    def _own_words(self, msg: str) -> bool:
        return "ip=" not in msg and "request" not in msg.lower()

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if self._own_words(msg):
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if self._own_words(msg):
            super().exception(msg, *args, **kwargs)

    def debug(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Say nothing: debug lines hold request heads."""

    def access(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: there is no access log."""


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"fault": {"()": "config.reporting.FaultFormatter"}},
    "handlers": {
        "faults": {"class": "logging.StreamHandler", "formatter": "fault", "level": "ERROR"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["faults"], "level": "ERROR"},
    "loggers": {
        # These name paths, hosts and addresses in their messages and have no fault of ours to report.
        "django.security": {"handlers": ["nowhere"], "propagate": False},
        "django.server": {"handlers": ["nowhere"], "propagate": False},
        "django.request": {"handlers": ["faults"], "level": "ERROR", "propagate": False},
        "django.template": {"handlers": ["nowhere"], "propagate": False},
        "django.db.backends": {"handlers": ["nowhere"], "propagate": False},
    },
}
