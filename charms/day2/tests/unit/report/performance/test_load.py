# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

import specimens
from hypothesis import given
from hypothesis import strategies as st

from report.performance.load import KINDS, LoadSpec, Measured, measured_of, percentile, rounded
from report.performance.noise import compare
from report.performance.trend import trend


def test_another_load_has_another_name():
    assert LoadSpec().id == LoadSpec().id
    assert LoadSpec(record_bytes=1001).id != LoadSpec().id


def test_what_the_journal_keeps_is_small_and_comes_back():
    measured = specimens.LOAD.measured()
    text = measured.model_dump_json()
    assert len(text) < 1500
    assert measured_of({"measured": json.loads(text)}) == measured
    assert measured_of({"summary": "No load."}) is None


def test_the_middle_of_the_rounds_counts():
    measured = Measured(load="x", brokers=1, rounds={"write": (1.0, 9.0, 2.0, 3.0, 100.0)})
    assert measured.middle("write") == 3


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_a_percentile_is_one_of_the_values_and_they_are_in_order(values):
    half, most = percentile(values, 0.5), percentile(values, 0.99)
    assert {half, most} <= set(values)
    assert min(values) <= half <= most <= max(values)


@given(st.floats(1e-3, 1e12))
def test_rounding_keeps_four_digits(value):
    assert abs(rounded(value) - value) <= 0.0006 * value


def test_a_drawing_shows_every_report_of_the_load_and_no_other():
    other = Measured(load="another", brokers=3, rounds={"write": (1.0,) * 7}, operation=4)
    comparison = compare(specimens.LOAD, specimens.EARLIER)
    svg = trend(KINDS[0], specimens.LOAD, (*specimens.EARLIER, other), 9, comparison.verdicts[0])
    assert svg.startswith("<svg ")
    assert [number for number in ("#2", "#4", "#5", "#9") if f">{number}<" in svg] == [
        "#2", "#5", "#9",
    ]  # fmt: skip
    assert "var(--line-0)" in svg
    assert "http" not in svg.replace("http://www.w3.org/", "")
