# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.evidence import Evidence, Figures, Phase
from dataops.evidence._figures import span


def test_a_quiet_run_in_one_line():
    evidence = Evidence(
        sent=12034,
        acknowledged=12034,
        longest_gap_ms=38,
        p99_ms=12.2,
        before=Figures(sent=500, longest_gap_ms=35),
    )
    assert evidence.line == (
        "12,034 sent, all acknowledged, longest gap 38 ms (before 35 ms), p99 12 ms"
    )


def test_trouble_in_one_line():
    evidence = Evidence(
        sent=100,
        acknowledged=90,
        failed=7,
        unknown=3,
        lost=2,
        duplicated=1,
        longest_gap_ms=31_400,
        unmeasured_seconds=1.24,
        uncovered=(2,),
        reasons={"_MSG_TIMED_OUT": 6, "TOPIC_AUTHORIZATION_FAILED": 1},
    )
    assert evidence.line == (
        "100 sent, 90 acknowledged, 7 failed (_MSG_TIMED_OUT), 3 unknown, 2 lost, 1 duplicated, "
        "longest gap 31.4 s, 1.2 s not measured, no partition led by broker 2"
    )


def test_nothing_sent_is_not_called_all():
    assert Evidence().line == "0 sent, 0 acknowledged, longest gap 0.0 ms"


def test_figures_by_phase():
    evidence = Evidence(before=Figures(sent=1), during=Figures(sent=2), after=Figures(sent=3))
    assert [evidence.of(phase).sent for phase in Phase] == [1, 2, 3]


def test_json_and_back():
    evidence = Evidence(sent=3, during=Figures(sent=3, reasons={"x": 1}), uncovered=(1,))
    assert Evidence.model_validate_json(evidence.model_dump_json()) == evidence


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(3.21, "3.2 ms"), (38.4, "38 ms"), (12_500, "12.5 s")]
)
def test_lengths_for_people(milliseconds, text):
    assert span(milliseconds) == text
