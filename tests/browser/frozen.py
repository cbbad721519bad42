"""Run a command with the clock set to a moment (UTC): python -m tests.browser.frozen 2026-11-27T23:30 manage.py …

Only what is asked of Python's clock is changed, and it goes on from there. For pictures and looks: the times of
day that matter to a service are seldom those at which it is worked on.
"""

import runpy
import sys
from datetime import UTC, datetime

import time_machine


def main() -> None:
    moment = datetime.fromisoformat(sys.argv[1]).replace(tzinfo=UTC)
    sys.argv = sys.argv[2:]
    with time_machine.travel(moment, tick=True):
        if sys.argv[0].endswith(".py"):
            runpy.run_path(sys.argv[0], run_name="__main__")
        else:
            runpy.run_module(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
