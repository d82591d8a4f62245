# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from world import World, plan

from dataops.evidence import Evidence, Figures
from history import operations
from report.promise import promise


def of(seen, before=40.0, delay=3.0, limit=1000, p99=9.0):
    world = World({"kafka": ["kafka/0", "kafka/1"]}, verbs=())
    world.request(plan({"verb": "look"}))
    world.drive()
    world.answer("kafka/0", unit="kafka/0")
    promised = {} if limit is None else {"gap-limit-ms": limit}
    world.answer("kafka/1", unit="kafka/1", **promised)
    world.drive()
    (operation,) = operations(world.journal)
    evidence = Evidence(
        before=Figures(sent=9, longest_gap_ms=before, p99_ms=p99),
        during=Figures(sent=9, longest_gap_ms=seen, own_delay_ms=delay),
    )
    return promise(operation, evidence), promise(operation, None)


@pytest.mark.parametrize(
    ("seen", "before", "delay", "told"),
    [
        (120, 40, 3, "kept: the longest gap was 120 ms, promised were at most 1,000 ms"),
        (1000, 900, 900, "kept: "),
        (1400, 40, 3, "not kept: the longest gap was 1,400 ms, promised were at most 1,000 ms"),
        (1400, 700, 3, "cannot be judged: the longest gap was 1,400 ms"),
        (1400, 40, 620, "the canary's own process was held up for 620 ms"),
    ],
)
def test_the_gap_is_held_against_what_was_promised(seen, before, delay, told):
    found, unmeasured = of(seen, before, delay)
    assert told in str(found)
    assert unmeasured is None


def test_where_records_take_as_long_anyhow_nothing_is_judged():
    found, _ = of(6700, before=340, p99=630)
    assert str(found).startswith("cannot be judged")
    assert "records took 630 ms before" in str(found)


def test_who_promises_nothing_breaks_nothing():
    assert of(99_999, limit=None) == (None, None)
