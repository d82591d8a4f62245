# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the real promtool says, in one line each."""

import pytest

from checks import bad_rules, config_fault
from rules import Rule


def rule(name, **content):
    return Rule(0, {"name": "g"}, name, {"alert": name, **content})


def test_the_bad_ones_are_named_by_position_with_the_reason(promtool, tmp_path):
    rules = [
        rule("Good", expr="up"),
        rule("Bad", expr="up =="),
        rule("For", expr="up", **{"for": "soon"}),
        rule("Also", expr="up", labels={"a": "b"}),
        rule("Template", expr="up", annotations={"summary": "{{ $nonsense }}"}),
    ]

    found = bad_rules(promtool, rules, tmp_path)

    assert set(found) == {1, 2, 4}
    assert found[1] == "could not parse expression: 1:6: parse error: unexpected end of input"
    assert found[2] == 'not a valid duration string: "soon"'
    assert "undefined variable" in found[4]


def test_a_group_that_does_not_read_makes_its_rules_bad(promtool, tmp_path):
    bad = Rule(0, {"name": "g", "interval": "often"}, "X", {"alert": "X", "expr": "up"})
    assert list(bad_rules(promtool, [bad], tmp_path)) == [0]


def test_no_rules_are_not_worth_a_process(tmp_path):
    assert bad_rules(tmp_path / "absent", [], tmp_path) == {}


def test_a_good_configuration_has_no_fault(promtool, tmp_path):
    assert config_fault(promtool, "global: {scrape_interval: 5s}", tmp_path) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("global: {scrape_interval: 5x}", 'not a valid duration string: "5x"'),
        ("scrape_configs: [{job_name: a}, {job_name: a}]", "found multiple scrape configs"),
        ("nonsense: 1", "field nonsense not found"),
    ],
)
def test_a_fault_is_one_line_without_our_file_name(promtool, tmp_path, text, reason):
    fault = config_fault(promtool, text, tmp_path)

    assert reason in fault
    assert str(tmp_path) not in fault
    assert "\n" not in fault


def test_nothing_is_left_behind(promtool, tmp_path):
    bad_rules(promtool, [rule("Bad", expr="up ==")], tmp_path)
    config_fault(promtool, "nonsense: 1", tmp_path)
    assert list(tmp_path.iterdir()) == []
