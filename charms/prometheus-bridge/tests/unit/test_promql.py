# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Narrowing, with promtool as the judge of what comes out."""

import pathlib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from checks import bad_rules
from promql import narrow
from rules import Rule

MATCHERS = {"juju_application": "a"}
CASES = yaml.safe_load(pathlib.Path(__file__).with_name("promql_cases.yaml").read_text())
EXPECTED = [(given_, wanted.replace("@", 'juju_application="a"', 99)) for given_, wanted in CASES]
# `@` is also PromQL's own: the one case that uses it is spelt out.
EXPECTED = [
    (given_, wanted.replace(' juju_application="a" start()', " @ start()"))
    for given_, wanted in EXPECTED
]


@pytest.mark.parametrize(("expression", "wanted"), EXPECTED)
def test_every_selector_is_narrowed(expression, wanted):
    assert narrow(expression, MATCHERS) == wanted


@pytest.mark.parametrize(("expression", "_"), EXPECTED)
def test_narrowing_again_changes_nothing(expression, _):
    once = narrow(expression, MATCHERS)
    assert narrow(once, MATCHERS) == once


def test_prometheus_reads_all_of_them(promtool, tmp_path):
    rules = [
        Rule(0, {"name": "g"}, f"r{at}", {"record": f"r{at}", "expr": wanted})
        for at, (_, wanted) in enumerate(EXPECTED)
    ]
    assert bad_rules(promtool, rules, tmp_path) == {}


def test_a_value_is_quoted():
    assert narrow("up", {"juju_model": 'a"b\\'}) == 'up{juju_model="a\\"b\\\\"}'


@given(st.text())
def test_no_text_upsets_it_and_nothing_is_lost(text):
    assert narrow(text, {}) == text
    narrow(text, MATCHERS)


METRICS = st.sampled_from(["up", "x:y", "sum_total", "offset_x", 'up{a="}"}', '{__name__="x"}'])
SHAPES = st.sampled_from(
    ["sum by (a) ({})", "rate({}[5m])", "({}) > 1", "abs({})", "topk(3, {})", "-{} # up\n"]
)
JOINS = st.sampled_from([" + ", " and on (a) ", " / ignoring (b) group_left (c) ", " unless "])


def combined(parts):
    """Grows an expression, and counts its selectors."""
    wrapped = st.tuples(SHAPES, parts).map(lambda t: (t[0].replace("{}", t[1][0], 1), t[1][1]))
    joined = st.tuples(parts, JOINS, parts).map(
        lambda t: (f"{t[0][0]}{t[1]}{t[2][0]}", t[0][1] + t[2][1])
    )
    return wrapped | joined


@given(st.recursive(METRICS.map(lambda text: (text, 1)), combined, max_leaves=8))
def test_as_many_matchers_are_added_as_there_are_selectors(case):
    expression, selectors = case
    once = narrow(expression, MATCHERS)

    assert once.count('juju_application="a"') == selectors
    assert narrow(once, MATCHERS) == once
