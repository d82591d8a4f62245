# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import random

import pytest
import specimens
from hypothesis import given
from hypothesis import strategies as st

from report.performance.load import KINDS, LoadSpec, Measured
from report.performance.noise import band, compare

VALUES = st.lists(st.floats(1, 1e9), min_size=5, max_size=9)
WRITE = KINDS[0].name


def against(now, then, name=WRITE, brokers=3):
    """The verdict on one figure."""
    load = specimens.LOAD.model_copy(update={"rounds": {name: tuple(now)}})
    earlier = Measured(
        load=LoadSpec().id, brokers=brokers, rounds={name: tuple(then)}, operation=5
    )
    return compare(load, [earlier])


@given(VALUES)
def test_a_report_does_not_differ_from_itself(values):
    (verdict,) = against(values, values).verdicts
    assert verdict.finding == "no difference"


@given(VALUES, VALUES)
def test_what_is_better_one_way_is_worse_the_other(now, then):
    def finding(a, b):
        return against(a, b).verdicts[0].finding

    opposite = {"better": "worse", "worse": "better", "no difference": "no difference"}
    # The band holds at least 2% of the earlier value, which differs by direction.
    if finding(now, then) != "no difference" and finding(then, now) != "no difference":
        assert finding(then, now) == opposite[finding(now, then)]


@given(VALUES, VALUES)
def test_the_change_is_told_apart_by_the_band_alone(now, then):
    (verdict,) = against(now, then).verdicts
    inside = abs(verdict.now - verdict.then) <= band(now, then)
    assert (verdict.finding == "no difference") == inside


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_direction_that_is_better_depends_on_the_figure(kind):
    (verdict,) = against([200.0] * 7, [100.0] * 7, kind.name).verdicts
    assert verdict.finding == ("better" if kind.better == "higher" else "worse")
    assert verdict.change == 1
    assert verdict.band == pytest.approx(0.02)


def test_noise_is_called_a_change_seldom_and_a_real_change_is_seen():
    chance = random.Random(7)

    def rounds(middle):
        return [chance.gauss(middle, 0.05 * middle) for _ in range(7)]

    same = [bool(against(rounds(100), rounds(100)).changed) for _ in range(500)]
    slower = [bool(against(rounds(75), rounds(100)).changed) for _ in range(500)]
    assert sum(same) <= 25
    assert sum(slower) >= 450


def test_one_disturbed_round_neither_changes_the_finding_nor_widens_the_band():
    quiet, then = [100, 101, 99, 100, 102, 98, 100], [100, 99, 101, 100, 98, 102, 100]
    disturbed = [*quiet[:-1], 5]
    assert against(disturbed, then).verdicts[0].finding == "no difference"
    assert band(disturbed, then) == band([*quiet[:-1], 98], then)


def test_too_few_rounds_decide_nothing():
    assert against([1, 2, 3], [9, 9, 9]).verdicts[0].finding == "too few rounds"


def test_only_the_same_load_is_compared_and_a_changed_cluster_is_said():
    other = Measured(load="another", brokers=3, rounds={WRITE: (1.0,) * 7}, operation=2)
    assert compare(specimens.LOAD, [other]) is None
    assert "There were 1 brokers then" in against([1.0] * 7, [1.0] * 7, brokers=1).caution


def test_a_comparison_says_its_band_in_words():
    told = str(compare(specimens.LOAD, specimens.EARLIER))
    assert told.startswith("Under the fixed load, against report #5: acknowledged, p99 is worse")
    assert "noise ±" in told
    same = str(against([1.0] * 7, [1.0] * 7))
    assert "no difference from report #5, within a noise band of at most ±2%" in same


def test_a_machine_that_became_busier_widens_the_band_and_is_said():
    name = WRITE
    load = specimens.LOAD.model_copy(update={"rounds": {name: (60.0,) * 7}, "pace": (50.0,) * 5})
    quiet = Measured(
        load=LoadSpec().id, brokers=3, rounds={name: (100.0,) * 7}, pace=(30.0,) * 5, operation=5
    )
    busier = compare(load, [quiet])
    assert busier.verdicts[0].finding == "no difference"
    assert "took 30 ms then and 50 ms now" in busier.caution
    same = compare(load, [quiet.model_copy(update={"pace": (50.0,) * 5})])
    assert (same.verdicts[0].finding, same.caution) == ("worse", "")


def test_a_band_that_hides_what_anybody_would_notice_is_said():
    wild = [30, 48, 20, 61, 26, 40, 33]
    found = against([value * 0.7 for value in wild], wild)
    assert found.verdicts[0].finding == "no difference"
    assert "a change of 50% would not show in write throughput" in found.caution
    assert str(found).endswith(", too wide to tell much.")
