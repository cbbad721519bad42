"""`make bench BENCH=import`: what an import of 100,000 services costs, to proposed and to approved.

Each run is a process of its own, on a database of its own; prints Markdown. `propose` and what follows take
documents of ours; `foreign` takes a file as others write it, one service a line, from its first byte.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

NAMESPACE = UUID("b7a3f9d2-1c60-4b21-8a34-93d1f6f0a0ce")
TOWNS = [
    ("Manchester", 53.48, -2.24), ("Salford", 53.49, -2.29), ("London", 51.51, -0.12), ("Leeds", 53.80, -1.55),
    ("Bristol", 51.45, -2.59), ("Glasgow", 55.86, -4.25), ("Cardiff", 51.48, -3.18), ("Belfast", 54.60, -5.93),
]  # fmt: skip
CODES = "113 114 116 118 117 121 131 141 151 161 191".split()  # with 496 0…: numbers that are nobody's
KINDS = "drop-in outreach helpline clinic legal housing".split()
WORDS = "tea room advice warm evening street open talk safe lunch clothes letters forms court doctor tests".split()
DAYS = "MO TU WE TH FR SA SU".split()


def an_id(*words: object) -> str:
    return str(uuid5(NAMESPACE, "/".join(map(str, words))))


def organization(number: int) -> dict[str, Any]:
    page = an_id("page of organization", number)
    return {
        "id": an_id("organization", number),
        "name": f"Example group {number}",
        "description": "An invented organization.",
        "additional_websites": [{"id": page, "url": f"https://group{number}.example.org/"}],
        "brolly": {"links": [{"id": page, "kind": "website"}]},
    }


def service(number: int, organizations: int, kinds: list[str]) -> dict[str, Any]:
    """Return an invented service: one place, one number, one page, hours, three answers, 40 words."""
    dice = random.Random(number)
    of = number % organizations
    town, north, east = dice.choice(TOWNS)
    place, at, phone, page = (an_id(what, number) for what in ("place", "at", "phone", "page"))
    location = {
        "id": place,
        "location_type": "physical",
        "latitude": round(north + dice.uniform(-0.05, 0.05), 5),
        "longitude": round(east + dice.uniform(-0.05, 0.05), 5),
        "addresses": [{"address_1": f"{number} Example Street", "city": town, "country": "GB",
                       "address_type": "physical"}],
    }  # fmt: skip
    answers = [
        {"question": question, "answer": dice.choice(["yes", "no"]), "basis": "source", "stated_by": "A register",
         "stated_on": "2026-09-01"}
        for question in dice.sample(["id_free", "free", "anonymous", "walk_in", "self_referral"], 3)
    ]  # fmt: skip
    return {
        "id": an_id("service", number),
        "name": f"{dice.choice(WORDS)} {dice.choice(WORDS)} {number}",
        "status": "active",
        "description": " ".join(dice.choices(WORDS, k=40)),
        "organization": {"id": an_id("organization", of), "name": f"Example group {of}"},
        "languages": [{"code": code} for code in dice.sample(["en", "pl", "ro", "es"], 2)],
        "phones": [{"id": phone, "number": f"0{CODES[of % 11]} 496 0{of // 11 % 1000:03}", "type": "voice"}],
        "additional_urls": [{"id": page, "url": f"https://group{of}.example.org/services/{number}"}],
        "service_at_locations": [{"id": at, "location": location, "schedules": [
            {"id": an_id("hours", number), "freq": "WEEKLY", "byday": ",".join(sorted(dice.sample(DAYS, 3))),
             "opens_at": "10:00:00", "closes_at": "16:00:00"}]}],
        "brolly": {
            "status": "listed",
            "types": [kinds[number % len(kinds)]],
            "facts": answers,
            "phones": [{"id": phone, "country": "GB"}],
            "links": [{"id": page, "kind": "website"}],
            "locations": [{"id": place, "address_visibility": "public", "timezone": "Europe/London"}],
        },
    }  # fmt: skip


def foreign(number: int, organizations: int) -> dict[str, Any]:
    """Return the same service as others say it in HSDS 3: 4 kB, with its organization, terms and hours."""
    made = service(number, organizations, KINDS)
    del made["brolly"]
    of = number % organizations
    made["organization"] |= {
        "description": "An invented organization.",
        "website": f"https://group{of}.example.org/",
    }
    made["url"] = made.pop("additional_urls")[0]["url"]
    made["eligibility_description"] = "Everybody who is over 18"
    made["fees_description"] = "Free"
    made["languages"] = [{"id": an_id("spoken", number, one["code"]), **one} for one in made["languages"]]
    at = made["service_at_locations"][0]
    at["schedules"] = [
        {"id": an_id("hours", number, day), "freq": "WEEKLY", "byday": day, "dtstart": "2024-01-01", "wkst": "MO",
         "opens_at": "10:00", "closes_at": "16:00", "description": "", "valid_to": None}
        for day in DAYS[: number % 7 + 1]
    ]  # fmt: skip
    address = at["location"]["addresses"][0]
    address |= {"id": an_id("address", number), "state_province": "", "region": "", "postal_code": "M1 1AE"}
    at["location"]["accessibility"] = [{"id": an_id("ramp", number), "description": "Ramp at the door"}]
    at["location"]["attributes"] = []
    made["contacts"] = [
        {"id": an_id("contact", number), "name": "Reception", "title": "", "phones": made["phones"]}
    ]
    made["attributes"] = [
        {"id": an_id("term", number, name), "link_type": "service_type", "value": "", "taxonomy_term": {
            "id": an_id(name), "code": name[:3], "name": name, "description": f"What is called {name}.",
            "taxonomy_detail": {"id": an_id("terms"), "name": "Terms", "description": "Of a register."}}}
        for name in (KINDS[number % len(KINDS)], WORDS[number % len(WORDS)])
    ]  # fmt: skip
    made["metadata"] = [
        {"id": an_id("said", number, field), "resource_type": "service", "last_action_date": "2026-09-01",
         "last_action_type": "update", "field_name": field, "previous_value": "", "replacement_value": "",
         "updated_by": ""}
        for field in ("name", "description")
    ]  # fmt: skip
    return made


def write(path: Path, services: int, organizations: int) -> None:
    """Write a file of one record a line: organizations, then services."""
    from locator.hsds.vocabulary import TYPES

    kinds = [kind.code for kind in TYPES]
    with path.open("w", encoding="utf-8") as file:
        for number in range(organizations):
            file.write(json.dumps(["organization", f"organization {number}", organization(number)]) + "\n")
        for number in range(services):
            document = service(number, organizations, kinds)
            file.write(json.dumps(["service", f"service {number}", document]) + "\n")
    with _of_others(path).open("w", encoding="utf-8") as file:
        for number in range(services):
            file.write(json.dumps(foreign(number, organizations)) + "\n")


def _of_others(path: Path) -> Path:
    return path.with_name(f"foreign-{path.name}")


def read(path: Path) -> Iterator[Any]:
    """Yield the records of such a file."""
    from locator.exchange.records import Record

    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            subject, key, document = json.loads(line)
            yield Record(subject, key, f"{path.name}, line {number}", document["name"], document)


def run(path: Path, steps: str) -> None:
    """Run the steps in this process, and print what each took."""
    from django.db import connection

    from locator.exchange import dialects
    from locator.exchange.taking.run import Wanted, take
    from locator.rules import Actor, Role

    by = Actor("Olu", Role.OPERATOR)
    ways = {
        "propose": Wanted("Bench", path.name),
        "approve": Wanted("Bench", path.name, by=by),
        "again": Wanted("Bench", path.name, by=by),
        "listed": Wanted("Bench", path.name, by=by, own=True),
        "match": Wanted("Another", path.name),
        "foreign": Wanted("Register", path.name),
        "foreign-approve": Wanted("Register", path.name, by=by),
        "foreign-listed": Wanted("Register", path.name, by=by, listed=True),
    }
    for step in steps.split(","):
        began, before = time.perf_counter(), time.process_time()
        is_foreign = step.startswith("foreign")
        records = dialects.read(_of_others(path), "Register") if is_foreign else read(path)
        report = take(records, ways[step], progress=_progress)
        took, cpu = time.perf_counter() - began, time.process_time() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        told = " ".join(str(report).split("\n"))
        sys.stdout.write(
            f"| {connection.vendor} | {step} | {took:.0f} s | {cpu:.0f} s | {peak:.0f} MB | {told} |\n"
        )
        sys.stdout.flush()


def _progress(words: str) -> None:
    if words.split(" ", maxsplit=1)[0].endswith("0000"):
        sys.stderr.write(f"{words}\n")


def prepare() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_gazetteer", smallest=15000, stdout=sys.stderr)


def main() -> int:
    asked = _arguments()
    if asked.inside:
        import django

        django.setup()
        if asked.inside == "prepare":
            prepare()
        elif asked.inside == "write":
            write(asked.file, asked.services, asked.organizations)
        else:
            run(asked.file, asked.inside)
        return 0
    folder = Path(".build/bench")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"import-{asked.services}.ndjson"
    sys.stdout.write("| Database | Step | Time | CPU | Peak | What |\n|---|---|---|---|---|---|\n")
    sys.stdout.flush()
    again(asked, path, "write", "")
    for url in asked.databases.split(","):
        for steps in asked.steps.split(";"):
            fresh(url)
            again(asked, path, "prepare", url)
            again(asked, path, steps, url)
    return 0


def again(asked: argparse.Namespace, path: Path, inside: str, url: str) -> None:
    """Run this module in a process of its own."""
    words = ["--services", str(asked.services), "--organizations", str(asked.organizations), "--file", str(path)]
    own = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "SECRET_KEY": "x" * 50}
    own |= {"PRODUCTION": "False", "STATEMENT_TIMEOUT_MS": "0" if inside == "prepare" else "2000"}
    command = [sys.executable, "-m", "tests.scale.imports", "--inside", inside, *words]
    subprocess.run(command, env=os.environ | own, check=True)


def fresh(url: str) -> None:
    """Make an empty database of an address; what was in it is gone."""
    if url.startswith("sqlite"):
        for path in Path(url.removeprefix("sqlite:///")).parent.glob(f"{Path(url).name}*"):
            path.unlink()
        return
    import psycopg

    server, _stroke, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as found:
        found.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        found.execute(f"CREATE DATABASE {name}".encode())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench BENCH=import", description=__doc__)
    parser.add_argument("--services", type=int, default=100_000)
    parser.add_argument("--organizations", type=int, default=5_000)
    parser.add_argument(
        "--steps",
        default="propose,approve,again,match;approve;listed;foreign;foreign-approve",
        help="of each fresh database",
    )
    both = f"sqlite:///{Path('.build/bench/import.sqlite3').resolve()},postgres://postgres@127.0.0.1/brolly_bench_import"
    parser.add_argument("--databases", default=both)
    parser.add_argument("--inside", default="", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, default=None, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
