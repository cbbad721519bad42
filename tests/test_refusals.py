"""Whatever is sent, a page comes back: in words, with a way onward, and never about a place nobody typed."""

import base64
import re
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from locator.sealing import seal
from tests.conftest import MakeService
from tests.test_web import Tags, text

pytestmark = pytest.mark.django_db

SEALED = re.compile(r"/f/[\w-]+/")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def asker(make_service: MakeService) -> Client:
    """Return a client that reports a fault as a visitor would meet it; one service is in Manchester."""
    make_service("Lantern room")
    return Client(raise_request_exception=False)


def asked(client: Client, form: dict[str, Any]) -> Any:
    """Send a form and open what it leads to, if it leads anywhere."""
    sent = client.post("/find/", form)
    return client.get(sent.headers["Location"]) if sent.status_code == 303 else sent


def is_a_page_with_a_way_on(page: Any, *statuses: int) -> None:
    """Assert that this is one of our pages, without results, from which somebody can search again."""
    assert page.status_code in statuses, text(page)
    tags = Tags(page.content.decode()).found
    assert ("form", "/find/search/") in [(tag, attrs.get("action")) for tag, attrs in tags] or (
        ("a", "/find/") in [(tag, attrs.get("href")) for tag, attrs in tags]
    )
    assert [attrs for tag, attrs in tags if attrs.get("id") == "exit"]
    assert "Lantern room" not in text(page)


# What is typed as a place

NO_PLACE = {
    "asdfghjkl": 422,
    "<script>alert(1)</script>": 422,
    "<img src=x onerror=alert(1)>": 422,
    "' OR '1'='1": 422,
    "Manchester'; DROP TABLE locator_listing; --": 422,
    "{{ 7 * 7 }}": 422,
    "../../etc/passwd": 422,
    "Man\x00chester": 400,
    "\x00": 400,
    "": 400,
    "   ": 400,
    "\u202eretsehcnaM": 422,
    "x" * 101: 400,
    "x" * 1900: 400,
    "-120.5, 51.0": 400,
    "95, 200": 400,
    "0,0": 400,
    "0.0, 0.0": 400,
    "9" * 90: 422,
}


@pytest.mark.parametrize(("typed", "status"), NO_PLACE.items(), ids=lambda value: repr(value)[:40])
def test_what_is_no_place_leads_to_none(asker: Client, typed: str, status: int) -> None:
    page = asked(asker, {"near": typed})
    is_a_page_with_a_way_on(page, status)
    assert "Near " not in text(page)


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7 * 7 }}"])
@pytest.mark.parametrize("field", ["near", "q", "need", "area", "ordering", "radius_km"])
def test_what_is_typed_is_never_a_tag(asker: Client, field: str, typed: str) -> None:
    page = asked(asker, {"near": "Manchester", field: typed} if field != "area" else {"area": typed})
    source = page.content.decode()
    assert "<script>alert" not in source
    assert "<img src=x" not in source
    assert page.status_code < 500


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("-120.5, 51.0", "These look swapped"),
        ("95, 200", "Latitude goes from -90 to 90"),
        ("0,0", "0, 0 is in the sea"),
        ("Man\x1bchester", "That holds signs that no place has"),
        ("x" * 101, "That is too long for a place"),
        ("", "Type a town, a district or a postcode"),
    ],
)
def test_a_refusal_says_what_to_do(asker: Client, typed: str, words: str) -> None:
    assert words in text(asked(asker, {"near": typed}))


# What else a form can be made to send

FORGED: list[tuple[dict[str, Any], int]] = [
    ({"near": "Manchester", "radius_km": "0"}, 400),
    ({"near": "Manchester", "radius_km": "-5"}, 400),
    ({"near": "Manchester", "radius_km": "NaN"}, 400),
    ({"near": "Manchester", "radius_km": "inf"}, 400),
    ({"near": "Manchester", "radius_km": "1e9"}, 400),
    ({"near": "Manchester", "radius_km": "ten"}, 400),
    ({"near": "Manchester", "need": "escape"}, 400),
    ({"near": "Manchester", "need": ","}, 400),
    ({"near": "Manchester", "need": "drop-in\x00"}, 400),
    ({"near": "Manchester", "language": "xx"}, 400),
    ({"near": "Manchester", "cost": "nothing"}, 400),
    ({"near": "Manchester", "channel": "telepathy"}, 400),
    ({"near": "Manchester", "ordering": "revision"}, 400),
    ({"near": "Manchester", "id_free": "false"}, 400),
    ({"near": "Manchester", "id_free": ["true", "no"]}, 400),
    ({"near": "Manchester", "page": "0"}, 400),
    ({"near": "Manchester", "page": "x"}, 400),
    ({"near": "Manchester", "page": "9"}, 404),
    ({"near": "Manchester", "page_size": "5000"}, 400),
    ({"near": "Manchester", "q": "x" * 201}, 400),
    ({"near": "Manchester", "q": "a\x00b"}, 400),
    ({"near": "Manchester", "status": "draft"}, 400),
    ({"near": "Manchester", "answers": "id_free"}, 400),
    ({"near": "Manchester", "yes_bits": "1"}, 400),
    ({"near": "Manchester", "staff_notes__contains": "Sam"}, 400),
    ({"near": "Manchester", "area": "manchester-gb"}, 400),
    ({"near": "Manchester", "lat": "53.48", "lng": "-2.24"}, 400),
    ({"near": ["Manchester", "Berlin"]}, 400),
    ({"lat": "53.48"}, 400),
    ({"lng": "-2.24"}, 400),
    ({"lat": "NaN", "lng": "NaN"}, 400),
    ({"lat": "1e400", "lng": "0"}, 400),
    ({"lat": "-2.24", "lng": "x"}, 400),
    ({"lat": "-120", "lng": "51"}, 400),
    ({"lat": "0", "lng": "0"}, 400),
    ({"area": "atlantis-gb"}, 404),
    ({"area": "../../"}, 400),
    ({"ordering": "distance"}, 400),
    ({"x": "1"}, 400),
    ({}, 400),
    ({"from": "", "near": "Manchester"}, 410),
    ({"from": ["nonsense", "more"], "near": "Manchester"}, 410),
]


@pytest.mark.parametrize(("form", "status"), FORGED, ids=str)
def test_a_forged_form_gets_a_page(asker: Client, form: dict[str, Any], status: int) -> None:
    is_a_page_with_a_way_on(asked(asker, form), status)


def test_a_question_without_the_place_that_is_unknown_is_not_asked_elsewhere(asker: Client) -> None:
    page = asked(asker, {"near": "asdfghjkl", "q": "lantern", "need": "drop-in"})
    is_a_page_with_a_way_on(page, 422)


def test_ten_thousand_letters_are_too_long(asker: Client) -> None:
    page = asker.post("/find/", {"near": "x" * 10_000})
    is_a_page_with_a_way_on(page, 413)
    assert "That is too long" in text(page)


def test_more_fields_than_a_form_has_get_a_page(asker: Client) -> None:
    body = "&".join(f"f{number}=1" for number in range(900))
    is_a_page_with_a_way_on(asker.post("/find/", body, content_type=FORM), 400)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"near": "Manchester"}', "application/json"),
        ("near=Manchester", "text/plain"),
        ("near=%FF%FE", FORM),
        ("%00=%00", FORM),
        ("near", FORM),
        ("&&==&", FORM),
        ("--x\r\nbroken", "multipart/form-data; boundary=x"),
        ("near=Manchester", "multipart/form-data"),
        ("near=Manchester", f"{FORM}; charset=utf-16"),
        ("near=asdfghjkl", f"{FORM}; charset=nonsense"),
    ],
)
def test_a_body_that_is_no_form_gets_a_page(asker: Client, body: str, kind: str) -> None:
    sent = asker.generic("POST", "/find/", body, content_type=kind)
    page = asker.get(sent.headers["Location"]) if sent.status_code == 303 else sent
    is_a_page_with_a_way_on(page, 400, 422)


def test_a_file_in_a_form_gets_a_page(asker: Client) -> None:
    page = asker.post("/find/", {"near": SimpleUploadedFile("x.txt", b"Manchester")})
    is_a_page_with_a_way_on(page, 400)


# Sealed addresses


def sealed_search(client: Client) -> str:
    location: str = client.post("/find/", {"near": "Manchester"}).headers["Location"]
    return location.removeprefix("/f/").removesuffix("/")


def forgeries(token: str) -> dict[str, str]:
    other = "A" if token[10] != "A" else "B"
    return {
        "tampered": token[:10] + other + token[11:],
        "truncated": token[:-1],
        "cut to the block": token[:43],
        "one letter": "A",
        "doubled": token + token,
        "reversed": token[::-1],
        "plain": base64.urlsafe_b64encode(b'{"near": ["Manchester"]}').decode().rstrip("="),
        "of Django": signing.dumps({"near": ["Manchester"]}),
        "very long": "A" * 3000,
        "other script": "Манчестер",
        "a tag": "%3Cscript%3E",
    }


@pytest.mark.parametrize("kind", forgeries("x" * 50))
def test_a_forged_address_is_an_ended_search(asker: Client, kind: str) -> None:
    page = asker.get(f"/f/{forgeries(sealed_search(asker))[kind]}/")
    is_a_page_with_a_way_on(page, 410)
    assert "This search has ended" in text(page)


@pytest.mark.parametrize("kind", forgeries("x" * 50))
def test_a_forged_address_cannot_be_narrowed(asker: Client, kind: str) -> None:
    forged = forgeries(sealed_search(asker))[kind]
    is_a_page_with_a_way_on(asked(asker, {"from": forged, "near": "Manchester"}), 410)


@pytest.mark.parametrize("added", ["==", "%00", "%20", "!"])
def test_an_address_with_signs_added_opens_its_own_question_or_none(asker: Client, added: str) -> None:
    page = asker.get(f"/f/{sealed_search(asker)}{added}/")
    assert page.status_code in {200, 410}
    assert page.status_code == 410 or "Near Manchester" in text(page)


def test_a_question_too_long_for_an_address_gets_a_page(asker: Client) -> None:
    words = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(800))  # cannot be packed small
    is_a_page_with_a_way_on(asker.post("/find/", {"near": words}), 413)


@pytest.mark.parametrize("length", ["many", "-1", "9" * 30])
def test_a_length_that_is_none_gets_a_page(asker: Client, length: str) -> None:
    page = asker.post("/find/", "near=Manchester", content_type=FORM, headers={"Content-Length": length})
    is_a_page_with_a_way_on(page, 413)


@pytest.mark.parametrize("path", ["/f/", "/f//", "/f/a/b/", "/find/x/", "/find"])
def test_an_address_that_is_none_gets_a_page(asker: Client, path: str) -> None:
    page = asker.get(path, follow=True)
    assert page.status_code in {200, 404}
    assert [attrs for _tag, attrs in Tags(page.content.decode()).found if attrs.get("id") == "exit"]


def test_a_question_of_another_shape_in_an_address_of_ours_gets_a_page(asker: Client) -> None:
    for question in ({"near": ["Manchester"], "radius_km": ["0"]}, {"x": ["1"]}, {}, {"page": ["99"]}):
        page = asker.get(f"/f/{seal(question)}/")
        assert page.status_code in {200, 400, 404}, question


# What stays behind


@pytest.mark.parametrize(
    "typed", ["Zwiebelkanarien", "Manchester", "53.4812, -2.2412", "x" * 1500, "Лондон", "a/b?c=d#e"]
)
def test_what_was_typed_is_in_no_address(asker: Client, typed: str) -> None:
    sent = asker.post("/find/", {"near": typed, "q": "qwortq"})
    assert SEALED.fullmatch(sent.headers["Location"])
    page = asker.get(sent.headers["Location"])
    for _tag, attrs in Tags(page.content.decode()).found:
        for name in ("href", "action", "src", "value"):
            value = str(attrs.get(name) or "")
            assert "qwortq" not in value
            assert typed not in value


@pytest.mark.parametrize("field", ["near", "q", "need", "area", "ordering", "x"])
def test_no_redirect_leads_away(asker: Client, field: str) -> None:
    sent = asker.post("/find/", {field: "https://evil.example/\r\nLocation: //evil.example"})
    assert SEALED.fullmatch(sent.headers["Location"])
    assert "evil" not in str(sent.headers)
