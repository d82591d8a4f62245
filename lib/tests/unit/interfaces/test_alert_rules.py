# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Rule files as they go on the wire."""

import pytest

from dataops.interfaces.alert_rules import AlertRuleError, as_groups, load_alert_rules
from dataops.interfaces.topology import Topology

TOPOLOGY = Topology(model="m", model_uuid="12345678-0000-4000-8000-000000000000", application="a")


def test_groups_and_bare_rules_both_load_in_order_of_file_names(tmp_path):
    (tmp_path / "b.rule").write_text("alert: B\nexpr: up\n")
    (tmp_path / "a.rules").write_text(
        "groups: [{name: g, interval: 1m, rules: [{record: r, expr: up}]}]"
    )
    (tmp_path / "README.md").write_text("not a rule")

    groups = load_alert_rules(tmp_path, TOPOLOGY)["groups"]

    assert [group["name"] for group in groups] == [
        "m_12345678_a_g_alerts",
        "m_12345678_a_b_alerts",
    ]
    assert groups[0]["interval"] == "1m"


def test_an_empty_directory_publishes_no_rules(tmp_path):
    assert load_alert_rules(tmp_path, TOPOLOGY) == {}


@pytest.mark.parametrize("content", ["a: [", "alert: NoExpression", "- 1", "groups: 1"])
def test_a_malformed_file_is_named(tmp_path, content):
    (tmp_path / "broken.rule").write_text(content)

    with pytest.raises(AlertRuleError, match="broken"):
        load_alert_rules(tmp_path, TOPOLOGY)


def test_a_bare_rule_becomes_a_group():
    rule = {"alert": "X", "expr": "up"}
    assert as_groups(rule, "x") == [{"name": "x", "rules": [rule]}]
