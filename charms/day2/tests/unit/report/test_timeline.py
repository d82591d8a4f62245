# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import specimens
from hypothesis import given
from hypothesis import strategies as st
from specimens import later

from report.document import Span
from report.timeline import lanes, ticks


def operation(seconds, *spans):
    return specimens.ROTATION.model_copy(
        update={"finished": later(seconds), "timeline": tuple(spans)}
    )


def span(began, ended, status="completed", who="kafka/0", **more):
    return Span(
        step="a", verb="v", who=who, began=later(began), status=status,
        ended=None if ended is None else later(ended), **more,
    )  # fmt: skip


def test_a_bar_lies_where_its_time_was():
    (lane,) = lanes(operation(100, span(20, 50)))
    (bar,) = lane.bars
    assert (bar.left, bar.width, bar.took, bar.tone) == (20, 30, "30 s", "fine")


def test_who_never_answered_has_a_bar_to_the_end():
    ((bar,),) = (lane.bars for lane in lanes(operation(100, span(40, None, "unanswered"))))
    assert (bar.left, bar.width, bar.took, bar.tone) == (40, 60, "no answer", "wrong")


def test_each_attempt_is_a_lane_of_its_own():
    found = lanes(
        operation(9, span(1, 2, "failed"), span(3, 4, attempt=2), span(5, 6, attempt=2, who="b"))
    )
    assert [(lane.title, len(lane.bars)) for lane in found] == [("a", 1), ("a, attempt 2", 2)]


@given(
    whole=st.floats(0, 1e6),
    began=st.floats(-10, 2e6),
    length=st.floats(0, 2e6),
)
def test_no_bar_leaves_the_page_or_vanishes(whole, began, length):
    (lane,) = lanes(operation(whole, span(began, began + length)))
    (bar,) = lane.bars
    assert 0 <= bar.left <= bar.left + bar.width <= 100.01
    assert bar.width >= 0.5


@given(st.floats(0.001, 1e6))
def test_a_few_marks_in_order(seconds):
    found = [tick.left for tick in ticks(operation(seconds))]
    assert found == sorted(found)
    assert 1 <= len(found) <= 13
    assert found[-1] <= 95
