"""The shipped WSGI entrance with a clock around it: each answer tells how long it took inside the worker."""

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any

from config.wsgi import application as shipped

Headers = list[tuple[str, str]]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer, and tell the milliseconds until the answer was complete in a Server-Timing header."""
    started = perf_counter()

    def begin(status: str, headers: Headers, *rest: Any) -> Any:
        spent = (perf_counter() - started) * 1000
        return start_response(status, [*headers, ("Server-Timing", f"app;dur={spent:.4f}")], *rest)

    return shipped(environ, begin)
