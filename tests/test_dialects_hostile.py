"""Files that are meant to do harm, or are no data at all: a clear refusal, or records of our shape."""

import io
import json
import os
import stat
import string
import struct
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from locator.exchange.dialects import UnreadableFile, envelopes, read, streams
from locator.exchange.records import Record
from locator.hsds.shape import clean_organization, clean_service

pytestmark = pytest.mark.django_db


def read_all(path: Path) -> list[Record]:
    """Return the records, each document in our shape."""
    records = list(read(path, "Town list"))
    for record in records:
        if record.document is not None:
            (clean_service if record.subject == "service" else clean_organization)(record.document)
        assert all(remark.words and remark.field for remark in record.remarks)
    return records


def refused(path: Path, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        read_all(path)


def packed(path: Path, *parts: tuple[zipfile.ZipInfo | str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return path


SERVICES = b"id,name\n7,Open room\n"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", b"", "no JSON|no organization"),
        ("a.json", b"[" * 10_000 + b"]" * 10_000, "nested deeper"),
        ("a.json", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nested deeper"),
        (
            "a.ndjson",
            b'{"name": "x", "a":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001 + b"\n{}\n",
            "nested deeper|no JSON",
        ),
        ("a.json", b'[{"name": NaN}]', "no JSON"),
        ("a.ndjson", b'{"name": "Open room", "status": "x"}\n{"name": Infinity}\n', "no number"),
        ("a.json", b'[{"name": "Open room", "status": "x"}', "no JSON"),
        ("a.json", b"\x00\x01\x02", "no text"),
        ("a.json", b"\xff\xfe\x00", "letters|no text"),
        ("a.csv", b"id,name\n7,\x81\x8d\n", "letters"),
        ("a.json", b"<html>", "no JSON"),
        ("a.zip", b"PK\x03\x04 broken", "cannot be opened"),
    ],
)
def test_what_is_no_data_is_refused_in_words(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    refused(path, words)


@pytest.mark.parametrize(("name", "tail"), [("a.json", b'"'), ("a.csv", b"\n"), ("a.ndjson", b'"}\n')])
def test_a_line_without_end_is_not_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, tail: bytes
) -> None:
    monkeypatch.setattr(streams, "LONGEST", 200_000)
    path = tmp_path / name
    path.write_bytes((b'["' if name == "a.json" else b'{"name": "') + b"x" * 600_000 + tail)
    refused(path, "more than 16 million letters|longer than")


@pytest.mark.parametrize("name", ["../services.csv", "/services.csv", "a/../../services.csv", "C:\\services.csv"])
def test_an_archive_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    refused(packed(tmp_path / "a.zip", (name, SERVICES)), "outside")


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("services.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    refused(packed(tmp_path / "a.zip", (link, b"/etc/passwd")), "link")


def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "services.csv").symlink_to("/etc/hostname")
    refused(tmp_path, "link")


def test_a_pipe_or_a_device_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "services.csv")
    refused(tmp_path, "no file")
    refused(Path("/dev/zero"), "no file")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelopes, "RATIO_FROM", 1_000_000)
    refused(packed(tmp_path / "a.zip", ("services.csv", b"0" * 3_000_000)), "far larger")


def test_an_archive_that_says_it_is_small_is_not_believed(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("services.csv", SERVICES + b"8,Night bus\n" * 1000))
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 10)
    path.write_bytes(data)
    refused(path, "damaged|cannot be opened")


def test_a_password_is_said(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("services.csv", SERVICES))
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    refused(path, "password")


def test_a_file_that_is_not_there_and_an_empty_folder(tmp_path: Path) -> None:
    refused(tmp_path / "nothing.json", "cannot be opened")
    refused(tmp_path, "no CSV and no JSON")


def test_nothing_is_yielded_of_a_file_that_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"contents": [{"name": "Open room", "status": "active"}, {"name": ')
    records = read(path, "Town list")
    with pytest.raises(UnreadableFile):
        next(records)


def test_a_member_that_is_said_twice_is_remarked(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"name": "One", "status": "active", "name": "Open room"}]')
    (record,) = read_all(path)
    assert record.name == "Open room"
    assert any(remark.field == "said twice" for remark in record.remarks)


def test_hidden_signs_and_half_letters_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    row = {"name": "Open\u202e room\u0000", "description": "a\ud800b", "status": "active", "id": "\ud800"}
    path.write_text(f"{json.dumps(row)}\n{{}}\n")
    (record,) = [record for record in read_all(path) if record.document]
    assert (record.document or {})["name"] == "Open room"
    assert (record.document or {})["description"] == "ab"


# For whatever there is

NAMES = """id name status description organization organization_id services contents service_at_locations location
locations addresses
address_1 city country postal_code latitude longitude location_type schedules byday freq opens_at
closes_at dtstart until valid_from interval phones number extension type languages code cost_options option amount
currency minimum_age maximum_age attributes taxonomy_term term_uri label url email additional_urls service_areas
required_documents eligibility holiday_schedules start_date end_date closed weekday notes attending_type brolly
contacts accessibility taxonomy_terms regular_schedules total_items fees""".split()
WORDS = st.sampled_from(
    """Manchester GB M1\u00a01AA 53.48 -2.24 0161\u00a0496\u00a00000 en English MO 1TU WEEKLY MONTHLY 09:00
    5pm 2026-01-01     Free active confidential example.org urn:brolly:access:id-free urn:brolly:access:step-free
    physical virtual 12
    <b>x</b> = 1e400 true""".split()
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    WORDS,
    st.text(max_size=12),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=6)), inner, max_size=8),
    ),
    max_leaves=40,
)
RECORDS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=14).map(lambda row: {"name": "Open room"} | row)
MANY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def read_or_refused(path: Path) -> None:
    with suppress(UnreadableFile):
        read_all(path)


class WhateverThereIs(TestCase):
    """Any file is refused with UnreadableFile, or yields records of our shape."""

    folder: Path

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def _written(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    @MANY
    @given(st.binary(max_size=300), st.sampled_from(["a.json", "services.csv", "a.ndjson", "a.zip", "a"]))
    def test_any_bytes(self, content: bytes, name: str) -> None:
        read_or_refused(self._written(name, content))

    @MANY
    @given(st.one_of(VALUES, st.lists(RECORDS, max_size=3), RECORDS))
    def test_any_json(self, value: Any) -> None:
        read_or_refused(self._written("a.json", json.dumps(value).encode()))

    @MANY
    @given(st.lists(RECORDS, min_size=2, max_size=3))
    def test_any_lines(self, rows: list[Any]) -> None:
        read_or_refused(self._written("a.ndjson", "\n".join(map(json.dumps, rows)).encode()))

    @MANY
    @given(
        st.lists(
            st.lists(st.one_of(WORDS, st.sampled_from(NAMES), st.text(string.printable, max_size=8)), max_size=8),
            max_size=5,
        )
    )
    def test_any_table(self, rows: list[list[str]]) -> None:
        text = io.StringIO()
        for row in rows:
            text.write(",".join(row) + "\n")
        read_or_refused(self._written("services.csv", ("id,name," + text.getvalue()).encode("utf-8", "replace")))
