"""The card as a PDF: its letters, its order, and that nothing is fetched for it or kept of it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from locator.exchange import pdf
from tests.conftest import MakeService
from tests.test_card import NIGHTS
from tests.test_web import text

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not pdf.can_be_made(), reason="NOT TESTED: WeasyPrint is not installed."),
]


@pytest.fixture(autouse=True)
def nobody_asked() -> None:
    cache.clear()


@pytest.fixture
def room(make_service: MakeService) -> str:
    return make_service("Lantern room", phone="0161 496 0000", hours=NIGHTS, yes=["id_free"]).short_id


def made(key: str, **form: Any) -> bytes:
    fields = {"chosen": "1", "field": ["where", "when", "touch", "answers", "code"]}
    answer = Client().post("/card/pdf/", {"id": key, **fields, **form})
    assert answer.headers["Content-Type"] == "application/pdf", answer.content[:900]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="list.pdf"'
    return answer.content


def read(tmp_path: Path, content: bytes, program: str = "pdftotext", *flags: str) -> str:
    """Return what poppler reads in a PDF, without marks of direction and with single spaces."""
    if shutil.which(program) is None:
        pytest.skip(f"NOT TESTED: {program} is not installed.")
    (tmp_path / "card.pdf").write_bytes(content)
    command = [program, *flags, str(tmp_path / "card.pdf")] + (["-"] if program == "pdftotext" else [])
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return " ".join(re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", words).split())


def test_it_says_what_the_card_says(room: str, tmp_path: Path) -> None:
    words = read(tmp_path, made(room))
    for part in ("1 Meeting", "0161 496 0000", "1 Example Street, Manchester", "21:00–02:00", "No ID asked"):
        assert part in words


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("ar", ["عبر الهاتف", "0161 496 0000", "1 Example Street, Manchester", "21:00–02:00"]),
        ("th", ["ทางโทรศัพท์", "0161 496 0000", "ไม่ขอหลักฐานแสดงตัว"]),
        ("zh-hans", ["打电话", "0161 496 0000", "不要求身份证件"]),
        ("ro", ["La telefon", "0161 496 0000"]),
    ],
)
def test_what_is_copied_from_it_is_in_order(room: str, tmp_path: Path, language: str, parts: list[str]) -> None:
    words = read(tmp_path, made(room, language=language, size="a4"))
    places = [words.find(part) for part in parts]
    assert -1 not in places, words
    assert places == sorted(places)


def test_lam_alef_is_copied_in_order_too(room: str, tmp_path: Path) -> None:
    """In Noto Naskh Arabic it is two signs; where it is one, poppler turns its two letters round."""
    words = read(tmp_path, made(room, language="ar", size="a4"))
    assert "لا يطلبون هوية" in words
    assert "الثلاثاء" in words


@pytest.mark.parametrize(
    ("language", "words"), [("ar", "يعطى العنوان عند التواصل"), ("th", "(บอกที่อยู่เมื่อคุณติดต่อไป)")]
)
def test_marks_above_and_below_are_copied_with_their_letters(
    make_service: MakeService, tmp_path: Path, language: str, words: str
) -> None:
    room = make_service("Quiet room", areas=["manchester"], phone="0161 496 0000")
    assert words in read(tmp_path, made(room.short_id, language=language, size="a4"))


def test_thai_is_in_the_file_letter_by_letter(make_service: MakeService, tmp_path: Path) -> None:
    """Read as the file has it; poppler's guess at a layout moves some marks to the next letter."""
    room = make_service("Quiet room", areas=["manchester"], chat="https://example.org/chat")
    words = read(tmp_path, made(room.short_id, language="th"), "pdftotext", "-raw")
    assert "วิธีติดต่อ: เปิดดูรายการนี้ในโทรศัพท์" in words


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_words_lie_below_the_square_code(make_service: MakeService, tmp_path: Path, language: str) -> None:
    """Pocket: an A5 sheet, edges of 7 mm, 14 mm between its two columns; the code is 30 mm wide, in the first."""
    rooms = [make_service(f"Room {n}", areas=["manchester"], hours=NIGHTS).short_id for n in range(5)]
    (tmp_path / "card.pdf").write_bytes(made(",".join(rooms), language=language))
    if shutil.which("pdftotext") is None:
        pytest.skip("NOT TESTED: pdftotext is not installed.")
    command = ["pdftotext", "-bbox", "-l", "1", str(tmp_path / "card.pdf"), "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    left = 69 if language == "en" else 112  # mm
    boxes = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.+?)</word>', said)
    mm = [([float(side) / 72 * 25.4 for side in sides], word) for *sides, word in boxes]
    below = [word for (x, y, ends, _), word in mm if y < 37 and ends > left + 1 and x < left + 29]
    assert len(mm) > 20
    assert below == []


@pytest.mark.parametrize(
    ("size", "paper"),
    [("pocket", "595.276 x 419.528"), ("a5", "419.528 x 595.276"), ("large", "595.276 x 841.89")],
)
def test_it_is_of_its_size_tagged_and_neutral(room: str, tmp_path: Path, size: str, paper: str) -> None:
    said = read(tmp_path, made(room, size=size), "pdfinfo")
    assert f"Page size: {paper}" in said
    assert "Tagged: yes" in said
    assert "Title: List" in said
    assert "Brolly" not in said


@pytest.mark.parametrize(
    "part",
    [
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="file:///etc/hostname">',
        '<p style="background: url(https://example.org/x)">x</p>',
        '<link rel="stylesheet" href="file:///etc/passwd">',
    ],
)
def test_nothing_is_fetched_for_it(part: str) -> None:
    with pytest.raises(pdf.Fetches, match=r"127\.0\.0\.1|etc|example"):
        pdf.page(f"<html><head><title>x</title></head><body>{part}</body></html>")


def test_without_the_library_the_page_says_so(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = Client().post("/card/pdf/", {"id": room})
    assert answer.status_code == 501
    assert "Your browser can print the card" in text(answer)


def test_no_more_are_made_in_a_minute_than_one_machine_can(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST", 0)
    assert Client().post("/card/pdf/", {"id": room}).status_code == 429


def test_a_list_of_nothing_has_none(db: None) -> None:
    assert Client().post("/card/pdf/", {"id": "nothere2"}).status_code == 303
