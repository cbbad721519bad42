"""Search, next page, Back, reload, a service, Back: in two engines, with scripts and without."""

from typing import Any

import pytest

from tests.browser.conftest import Drive

pytestmark = pytest.mark.browser
Seen = dict[str, Any]


@pytest.fixture(scope="session", params=["chromium on", "chromium off", "firefox on", "firefox off"])
def seen(request: pytest.FixtureRequest, drive: Drive) -> Seen:
    """Return what one journey saw, in one engine, with scripts on or off."""
    engine, scripts = request.param.split()
    found: Seen = drive("journey", engine, scripts) | {"engine": engine, "scripts": scripts}
    return found


def test_a_town_leads_to_services_near_it(seen: Seen) -> None:
    results = seen["steps"]["results"]
    assert results["heading"].startswith("Near Manchester")
    assert len(results["rows"]) == 20


def test_the_next_page_has_other_services(seen: Seen) -> None:
    first, following = seen["steps"]["results"]["rows"], seen["steps"]["next page"]["rows"]
    assert following
    assert not set(first) & set(following)


@pytest.mark.parametrize("step", ["back to the first page", "reloaded", "back from the service"])
def test_back_and_reload_show_the_same_results(seen: Seen, step: str) -> None:
    assert seen["steps"][step] == seen["steps"]["results"]


def test_a_row_leads_to_its_service(seen: Seen) -> None:
    assert seen["steps"]["service"]["heading"] == seen["steps"]["results"]["rows"][0]


def test_back_at_the_form_nothing_typed_is_there(seen: Seen) -> None:
    if (seen["engine"], seen["scripts"]) == ("chromium", "off"):
        pytest.skip("Chromium shows a page again as it was left, for three minutes; our script empties it.")
    assert seen["steps"]["back at the start"] == {"heading": "Find support near you", "typed": ""}


def test_every_page_has_one_exit_and_a_title_that_says_the_step(seen: Seen) -> None:
    steps = [step for step in seen["steps"].values() if "title" in step]
    assert {step["exits"] for step in steps} == {1}
    titles = {step["title"].lstrip("0123456789 ") for step in steps}
    assert titles == {"Start – Brolly", "results – Brolly", "Details – Brolly"}


def test_nothing_typed_is_in_an_address(seen: Seen) -> None:
    addresses = [step.get("url", "") for step in seen["steps"].values()] + seen["requests"]
    assert not [address for address in addresses if "manchester" in address.lower()]


def test_nothing_is_kept_in_the_browser(seen: Seen) -> None:
    assert seen["cookies"] == []
    if seen["scripts"] == "on":
        nothing = {"cookie": "", "local": [], "session": [], "databases": 0, "caches": 0, "workers": 0}
        assert seen["stored"] == nothing


def test_no_other_host_is_asked(seen: Seen, site: str) -> None:
    assert not [address for address in seen["requests"] if not address.startswith(f"{site}/")]


def test_the_browser_has_nothing_to_complain_of(seen: Seen) -> None:
    """A feature that a browser does not know is not a problem: our policy names more than each has."""
    assert not [line for line in seen["problems"] if "Permissions-Policy" not in line]
