# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Published rules, read and narrowed."""

import yaml

from dataops.interfaces.topology import Topology
from rules import Refusal, read_rules, rule_file

KAFKA = Topology(model="m", model_uuid="u", application="kafka", charm_name="kafka")
MATCHERS = 'juju_model="m",juju_model_uuid="u",juju_application="kafka"'


def groups(*rules, **header):
    return {"groups": [{"name": "g", **header, "rules": list(rules)}]}


def test_a_rule_is_narrowed_to_the_application_of_its_relation():
    (rule,), problems = read_rules(groups({"alert": "A", "expr": "up == 0"}), KAFKA, "n")

    assert problems == []
    assert rule.content == {"alert": "A", "expr": f"up{{{MATCHERS}}} == 0"}


def test_a_rule_that_says_whom_it_is_about_is_believed():
    labels = {"juju_model": "m", "juju_model_uuid": "u", "juju_application": "zookeeper"}
    (rule,), _ = read_rules(groups({"alert": "A", "expr": "up", "labels": labels}), KAFKA, "n")

    assert 'juju_application="zookeeper"' in rule.content["expr"]


def test_rules_of_a_charm_without_metrics_speak_about_everything():
    (rule,), _ = read_rules(groups({"alert": "A", "expr": "up == 0"}), None, "n")
    assert rule.content["expr"] == "up == 0"


def test_a_placeholder_that_came_through_is_filled_in():
    expression = 'up{%%juju_topology%%, job="x"}'
    (rule,), _ = read_rules(groups({"alert": "A", "expr": expression}), KAFKA, "n")
    assert rule.content["expr"] == f'up{{{MATCHERS},job="x"}}'


def test_one_bare_rule_is_a_group():
    (rule,), _ = read_rules({"record": "r", "expr": "up"}, KAFKA, "relation_7")
    assert (rule.name, rule.header) == ("r", {"name": "relation_7"})


def test_what_is_no_rule_is_named_and_the_others_stay():
    published = groups({"alert": "NoExpression"}, 17, {"alert": "Good", "expr": "up"})

    rules, problems = read_rules(published, KAFKA, "n")

    assert [rule.name for rule in rules] == ["Good"]
    assert [what for what, _ in problems] == ["rule NoExpression", "rule without a name"]
    assert problems[0][1] == "expr: Field required"


def test_what_are_no_rules_at_all_is_one_problem():
    assert read_rules({"group": []}, KAFKA, "n")[1][0][0] == "alert rules"


def test_nothing_published_is_no_problem():
    assert read_rules({}, KAFKA, "n") == ([], [])


def test_a_file_keeps_groups_apart_and_in_order():
    published = {
        "groups": [
            {"name": "g", "interval": "1m", "rules": [{"alert": "A", "expr": "a"}]},
            {"name": "g", "rules": [{"alert": "B", "expr": "b"}, {"alert": "C", "expr": "c"}]},
        ]
    }
    rules, _ = read_rules(published, None, "n")

    first, second = yaml.safe_load(rule_file(rules))["groups"]

    assert (first["name"], first["interval"]) == ("g", "1m")
    # Prometheus refuses a file that repeats a group's name.
    assert second["name"] == "g_1"
    assert [rule["alert"] for rule in second["rules"]] == ["B", "C"]


def test_a_refusal_reads_as_a_line():
    assert str(Refusal(7, "spark", "rule A", "no")) == "rule A of spark: no"
