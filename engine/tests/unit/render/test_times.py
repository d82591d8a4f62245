# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from datetime import datetime, timedelta, timezone

import pytest

from onebox.render import times

TEXT = "2030-01-01T13:31:08.500000Z"


def test_forms():
    assert times.since(TEXT, utc=True) == "01 Jan 2030 13:31:08Z"
    assert times.go(TEXT, utc=True) == "2030-01-01 13:31:08.5 +0000 UTC"
    assert times.go("2030-01-01T13:31:08", utc=True) == "2030-01-01 13:31:08 +0000 UTC"
    assert times.rfc3339(TEXT) == "2030-01-01T13:31:08.5Z"
    assert times.hour(TEXT, utc=True) == "13:31:08"
    assert times.clock(times.parse(TEXT), utc=True) == "13:31:08Z"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (30, "30 seconds ago"),
        (60, "1 minute ago"),
        (200, "3 minutes ago"),
        (7200, "2 hours ago"),
        (86400 * 3, "3 days ago"),
        (86400 * 40, "2029-11-22"),
    ],
)
def test_ago(seconds, text):
    now = datetime(2030, 1, 1, tzinfo=timezone.utc)
    assert times.ago((now - timedelta(seconds=seconds)).isoformat(), now) == text
