# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

import pydantic
import pytest

from dataops.evidence import Evidence, Figures, Limits, breaches


def test_what_was_so_before_is_no_breach():
    before = Figures(failed=9, lost=9, duplicated=9, reordered=9, longest_gap_ms=99_000)
    assert breaches(Evidence(before=before, failed=9, lost=9), Limits()) == ()


@pytest.mark.parametrize("name", ["failed", "lost", "duplicated", "reordered"])
def test_counts_of_both_phases_are_added(name):
    one = Figures(**{name: 1})
    limits = Limits(**{name: 1})
    assert breaches(Evidence(during=one), limits) == ()
    assert breaches(Evidence(during=one, after=one), limits) == (
        f"2 records {name}; the limit is 1.",
    )


def test_every_breach_and_its_reason():
    during = Figures(failed=2, longest_gap_ms=31_000, p99_ms=250, reasons={"_MSG_TIMED_OUT": 2})
    limits = Limits.model_validate({"longest-gap": "10s", "p99": "100ms"})
    assert breaches(Evidence(during=during), limits) == (
        "2 records failed (_MSG_TIMED_OUT); the limit is 0.",
        "No acknowledgement for 31.0 s; the limit is 10.0 s.",
        "The p99 is 250 ms; the limit is 100 ms.",
    )


def test_duplicates_are_told_with_their_places():
    one = Evidence(during=Figures(duplicated=1), duplicates=("offset 7 and 8 of partition 0",))
    assert breaches(one, Limits()) == (
        "1 records duplicated (offset 7 and 8 of partition 0); the limit is 0.",
    )


def test_ratios_compare_with_before():
    before = Figures(acknowledged=100, longest_gap_ms=40, p99_ms=5)
    during = Figures(acknowledged=100, longest_gap_ms=90, p99_ms=16)
    limits = Limits(gap_ratio=2, p99_ratio=3)
    assert breaches(Evidence(before=before, during=during), limits) == (
        "The longest gap is 90 ms, 2.2 times that before (40 ms); the limit is 2 times.",
        "The p99 is 16 ms, 3.2 times that before (5.0 ms); the limit is 3 times.",
    )
    few = Figures(acknowledged=5, longest_gap_ms=40, p99_ms=5)
    assert breaches(Evidence(before=few, during=during), limits) == ()


def test_yaml_and_back():
    limits = Limits.model_validate({"failed": 3, "longest-gap": "1m", "before": "1500 ms"})
    assert limits.longest_gap == datetime.timedelta(minutes=1)
    assert limits.before == datetime.timedelta(seconds=1.5)
    assert Limits.model_validate_json(limits.model_dump_json(by_alias=True)) == limits


@pytest.mark.parametrize("wrong", [{"longest-gap": "soon"}, {"lossed": 1}, {"failed": -1}])
def test_wrong_limits_are_named(wrong):
    with pytest.raises(pydantic.ValidationError, match=next(iter(wrong))):
        Limits.model_validate(wrong)
