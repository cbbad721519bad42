"""The shipped settings on a database of the benchmark, with the addresses that it compares with."""

from pathlib import Path

from config.env import BASE_DIR, database, text
from config.settings import *  # noqa: F403

BENCH_FOLDER = BASE_DIR / ".build" / "bench"
BENCH_FOLDER.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": database(Path(text("BENCH_SQLITE", str(BENCH_FOLDER / "places.sqlite3"))))}
ROOT_URLCONF = "tests.scale.bench_urls"
STATIC_ROOT = BENCH_FOLDER / "static"
