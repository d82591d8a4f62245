# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One moment, or a range; never both."""

import pytest
from factory import observed
from fake_bridge import FakeBridge

from dataops.operations import OperationError
from operations.query import VERB

VECTOR = {"resultType": "vector", "result": [{"metric": {}, "value": [1, "2"]}]}


def ask(answers=None, **params):
    return VERB.call(observed(), FakeBridge(**(answers or {})), params)


def test_now():
    answer = ask({"up": VECTOR}, query="up")
    assert (answer.result_type, answer.result) == ("vector", VECTOR["result"])


def test_at_a_time_even_if_a_plan_made_a_number_of_it():
    assert ask({"up @ 1700000000": VECTOR}, query="up", time=1700000000).result


def test_over_a_range_up_to_now():
    matrix = {"resultType": "matrix", "result": []}
    assert ask({"up from 1 every 5s": matrix}, query="up", start="1", step="5s").result == []


@pytest.mark.parametrize("params", [{"time": "1", "start": "1"}, {"end": "2"}])
def test_a_question_that_makes_no_sense_is_refused(params):
    with pytest.raises(OperationError, match="start"):
        ask({"up": VECTOR}, query="up", **params)


def test_a_parameter_that_is_unknown_is_refused():
    with pytest.raises(OperationError, match="expr"):
        ask(query="up", expr="up")


def test_no_answer_is_an_error_for_the_operator():
    with pytest.raises(OperationError, match="Cannot reach Prometheus"):
        ask(query="up")
