# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What people see: the pages in a real browser, on a phone and on a desk, by day and by night."""

import os

import bad_night
import pytest
import specimens
from browser import DESK, PHONE, Browser, program

# In CI a browser must be there: a test that is left out in silence proves nothing.
pytestmark = pytest.mark.skipif(
    program() is None and not os.environ.get("CI"),
    reason="no chromium on this machine; scripts/test installs it",
)
NAMES = ("rotation", "failed", "performance", "snapshot")


@pytest.fixture(scope="module")
def browser():
    assert program() is not None, "CI needs chromium: apt-get install chromium"
    with Browser() as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name, page in {**specimens.pages(), "snapshot": bad_night.specimen()}.items():
        (folder / f"{name}.html").write_bytes(page)
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_asks_for_nothing_and_complains_of_nothing(browser, files, name, size, scheme):
    seen = browser.look(files / f"{name}.html", size, scheme)
    assert seen.requests == [f"file://{files / name}.html"]
    assert seen.complaints == []
    assert seen.width <= size[0]
    assert seen.too_wide == []
    red = int(seen.background.removeprefix("rgb(").split(",")[0])
    assert red < 60 if scheme == "dark" else red > 200


def test_the_browser_of_this_test_notices_what_it_looks_for(browser, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text(
        "<body style='background:rgb(1, 2, 3)'><div style='width:3000px'>wide</div>"
        "<img src='https://example.invalid/x.png'><script>nothing.there()</script>"
    )
    seen = browser.look(page, PHONE)
    assert seen.width > PHONE[0]
    assert "https://example.invalid/x.png" in seen.requests
    assert any("nothing is not defined" in each for each in seen.complaints)
    assert seen.background == "rgb(1, 2, 3)"
