# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import specimens

from dataops.evidence import Evidence, Limits
from report.customers import rows, told


def by_title(evidence, limits=None):
    return {row.title: row for row in rows(evidence, limits)}


def test_what_should_be_zero_and_is_not_stands_out():
    found = by_title(specimens.WORSE, Limits())
    assert [value.tone for value in found["failed"].values] == ["", "wrong", ""]
    assert found["failed"].limit == "0"
    assert [value.tone for value in found["sent"].values] == ["", "", ""]


def test_times_are_compared_by_the_longest():
    gap = by_title(specimens.EVIDENCE, Limits(longest_gap="1s"))["longest gap in writing"]
    assert [value.text for value in gap.values] == ["38.2 ms", "71.5 ms", "41 ms"]
    assert gap.values[1].share == 100
    assert gap.limit == "1 s"


def test_a_time_that_nobody_measured_is_no_zero():
    (value, *_) = by_title(Evidence(sent=1))["acknowledged, p99"].values
    assert (value.text, value.share) == ("-", None)


def test_what_is_seldom_and_no_fault_is_told_only_where_it_is():
    told = {"unknown": "fate unknown", "reread": "read again"}
    for name, title in told.items():
        assert title not in by_title(specimens.EVIDENCE)
        during = specimens.EVIDENCE.during.model_copy(update={name: 2})
        row = by_title(specimens.EVIDENCE.model_copy(update={"during": during}))[title]
        assert [value.text for value in row.values] == ["0", "2", "0"]
        assert not any(value.tone for value in row.values)


def test_a_canary_that_sent_nothing_claims_nothing():
    assert told(Evidence()) == "It sent nothing."
    assert "all acknowledged" in told(specimens.EVIDENCE)
