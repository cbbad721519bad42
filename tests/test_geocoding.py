"""A typed place means what people mean by it, offline, or is honestly not known."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from locator import geocoding
from locator.geocoding import GAZETTEER, Found, PlaceProblem, resolve

pytestmark = pytest.mark.django_db


def place(typed: str) -> Found:
    found = resolve(typed).place
    assert found, typed
    return found


@pytest.mark.parametrize(
    ("typed", "country", "latitude", "longitude"),
    [
        ("Manchester", "GB", 53.48, -2.24),
        ("manchester", "GB", 53.48, -2.24),
        ("M1", "GB", 53.48, -2.24),
        ("M1 1AE", "GB", 53.48, -2.24),
        ("m11ae", "GB", 53.48, -2.24),
        ("SW1A 1AA", "GB", 51.5, -0.14),
        ("IV51", "GB", 57.48, -4.22),
        ("Glasgow", "GB", 55.86, -4.26),
        ("Hackney", "GB", 51.55, -0.06),
        ("Tower Hamlets", "GB", 51.52, -0.04),
        ("Southwark", "GB", 51.48, -0.07),
        ("Leith", "GB", 55.98, -3.17),
        ("Kreuzberg", "DE", 52.5, 13.4),
        ("St Pauli", "DE", 53.56, 9.96),
        ("10997", "DE", 52.5, 13.44),
        ("90210", "US", 34.09, -118.41),
        ("Lisboa", "PT", 38.73, -9.15),
        ("Lisbon", "PT", 38.73, -9.15),
        ("Bishkek", "KG", 42.87, 74.59),
        ("Бишкек", "KG", 42.87, 74.59),
        ("Київ", "UA", 50.45, 30.52),
        ("Kyiv", "UA", 50.45, 30.52),
        ("Казань", "RU", 55.79, 49.12),
        ("القاهرة", "EG", 30.06, 31.25),
        ("北京", "CN", 39.91, 116.4),
        ("กรุงเทพ", "TH", 13.75, 100.5),
        ("Paris", "FR", 48.85, 2.35),
        ("Paris, Texas", "US", 33.66, -95.56),
        ("London, Canada", "CA", 42.98, -81.23),
        ("Washington, Tyne and Wear", "GB", 54.9, -1.52),
        ("Roma", "IT", 41.89, 12.51),
        ("manchester uk", "GB", 53.48, -2.24),
        ("berlin germany", "DE", 52.52, 13.41),
        ("Newcastle", "GB", 54.97, -1.61),
    ],
)
def test_place_is_found_in_the_country_the_words_mean(
    typed: str, country: str, latitude: float, longitude: float
) -> None:
    found = place(typed)
    assert found.country == country
    assert [found.latitude, found.longitude] == pytest.approx([latitude, longitude], abs=0.1)


@pytest.mark.parametrize("typed", ["Washington", "10997", "90210", "Boston"])
def test_other_places_of_the_name_are_offered(typed: str) -> None:
    here = place(typed).country
    assert any(other.country != here for other in resolve(typed).alternatives)


def test_on_an_american_site_a_name_means_the_american_place(settings: pytest.FixtureRequest) -> None:
    settings.SITE_COUNTRY = "US"  # type: ignore[attr-defined]
    assert place("Manchester").region == "New Hampshire"


@pytest.mark.parametrize(("typed", "km"), [("IV51", 100), ("SW1A 1AA", 5), ("M1", 5)])
def test_a_postcode_known_only_by_its_area_says_so(typed: str, km: float) -> None:
    found = place(typed)
    assert found.coarse
    assert found.precision_km > km


def test_a_place_known_well_is_not_coarse() -> None:
    assert not place("10997").coarse
    assert not place("Leith").coarse


@pytest.mark.parametrize("typed", ["asdfghjkl", "' OR 1=1 --", "<script>alert(1)</script>", "Nowhere, Texas"])
def test_what_is_no_place_is_no_place(typed: str) -> None:
    assert resolve(typed).place is None


@pytest.mark.parametrize("typed", ["", "   ", "x" * 300, "Man\x00chester", "Man\x1bchester", "!!!", "\ud800"])
def test_what_cannot_be_a_place_gets_words(typed: str) -> None:
    with pytest.raises(PlaceProblem, match=r"Type a town"):
        resolve(typed)


@pytest.mark.parametrize(
    ("typed", "meant"), [("Liverpol", "Liverpool"), ("Sheffeild", "Sheffield"), ("Berln", "Berlin")]
)
def test_a_misspelt_place_is_asked_about_not_assumed(typed: str, meant: str) -> None:
    answer = resolve(typed)
    assert answer.place is None
    assert meant in [other.name for other in answer.alternatives]


def test_a_slip_that_is_a_nickname_abroad_offers_the_place_at_home() -> None:
    answer = resolve("Mancester")  # what GeoNames says some call Manchester, New Hampshire
    assert [(other.name, other.country) for other in answer.alternatives] == [("Manchester", "GB")]


@pytest.mark.parametrize(
    ("typed", "words"),
    [("-120.5, 51.0", "swapped"), ("-2.24, 53.48", "swapped"), ("95, 200", "-90 to 90"), ("0,0", "in the sea")],
)
def test_coordinates_are_checked(typed: str, words: str) -> None:
    with pytest.raises(PlaceProblem, match=words):
        resolve(typed)


def test_coordinates_know_their_country() -> None:
    found = place("53.48, -2.24")
    assert (found.kind, found.country) == ("point", "GB")


def test_a_country_is_a_country() -> None:
    assert [place(typed).kind for typed in ("UK", "Deutschland", "Kyrgyzstan")] == ["country"] * 3


@pytest.mark.parametrize("typed", ["Manchester", "M1 1AE", "10997", "Kreuzberg"])
def test_one_query_finds_a_place(typed: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        resolve(typed)
    assert len(queries) == 1


def test_suggestions_begin_with_what_was_typed() -> None:
    assert geocoding.suggest("manch")[0].name == "Manchester"


def test_geopy_can_use_it() -> None:
    location = GAZETTEER.geocode("Leith")
    assert (location.address, round(location.latitude, 1)) == ("Leith", 56.0)
    assert GAZETTEER.geocode("asdfghjkl") is None


def test_the_network_is_refused() -> None:
    with pytest.raises(RuntimeError, match="never uses the network"):
        GAZETTEER.adapter.get_json("https://example.org", timeout=1, headers={})


def test_nothing_typed_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(0):
        resolve("Kreuzberg")
        resolve("asdfghjkl")
    assert not caplog.records


@pytest.mark.parametrize("typed", ["Washington", "10997", "90210", "Newport", "Paris", "Boston"])
def test_a_label_typed_in_means_the_same_place(typed: str) -> None:
    for offered in resolve(typed).alternatives:
        assert offered.coarse or place(offered.label).point == offered.point
