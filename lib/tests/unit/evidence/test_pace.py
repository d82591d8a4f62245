# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.evidence.meter.pace import Pace


def test_a_steady_beat():
    pace = Pace(20, now=100.0)
    assert pace.beat(100.0)
    assert not pace.beat(100.01)
    assert pace.wait(100.01) == pytest.approx(0.04)
    assert pace.beat(100.05)
    assert pace.late() == pytest.approx(0, abs=1e-6)


def test_what_was_missed_is_told_and_not_made_up_for():
    pace = Pace(20, now=100.0)
    pace.beat(100.0)
    assert pace.beat(100.33)
    assert not pace.beat(100.34)
    # It keeps to its beat: 100.35 and not 100.38.
    assert pace.beat(100.3501)
    assert pace.late() == pytest.approx(280)
    assert pace.late() == 0
