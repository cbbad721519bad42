"""A partner's own page with our list in it: it is there, it leaves nothing, and its links go out of the frame."""

from typing import Any

import pytest

from tests.browser.conftest import Drive
from tests.browser.elsewhere import Elsewhere

pytestmark = pytest.mark.browser


def test_a_list_on_a_partners_page_is_there_and_leaves_nothing(drive: Drive, other: Elsewhere, site: str) -> None:
    seen: Any = drive("frame", "chromium", other.address)
    light, dark, arabic = (seen["looks"][name] for name in ("light", "dark", "arabic"))
    for look in (light, dark, arabic):
        assert look["rows"] == seen["services"] > 1
        assert not look["wide"]
        assert (look["cookies"], look["stored"], look["small"]) == ("", 0, 0)
    assert light["paper"] != dark["paper"]
    assert arabic["direction"] == "rtl"
    assert set(seen["before"]) == {site, other.address}
    assert seen["followed"]["address"].startswith("/s/")
    assert (seen["referrer"], seen["cookies"], seen["problems"]) == ("", 0, [])
