# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""Alert rules of related charms, made ready for Prometheus. Pure.

A rule that says from which application it comes (by its labels, or else by the relation's
topology) is narrowed to the metrics of that application.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, cast

import pydantic
import yaml

from dataops.interfaces.alert_rules import AlertRuleError, as_groups
from dataops.interfaces.topology import Topology
from promql import narrow

_MATCHERS = ("juju_model", "juju_model_uuid", "juju_application")


class _Rule(pydantic.BaseModel):
    """The least that a rule must be for us to handle it; Prometheus judges the rest."""

    model_config = pydantic.ConfigDict(extra="allow", frozen=True)

    expr: str
    alert: str = ""
    record: str = ""
    labels: dict[str, str] = {}


@dataclasses.dataclass(frozen=True)
class Rule:
    """One rule, and the group that it stands in.

    Attributes:
        group: The index of its group in the published order.
        header: The group without its rules: name, interval and so on.
        name: The name of the alert or record.
        content: The rule as Prometheus reads it.
    """

    group: int
    header: Mapping[str, Any]
    name: str
    content: Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class Refusal:
    """Something of a related application that is left out, and why.

    Attributes:
        relation: The relation's id.
        application: Whose it is.
        what: `rule KafkaDown`, `scrape job broker`.
        reason: What Prometheus or this charm finds wrong with it.
    """

    relation: int
    application: str
    what: str
    reason: str

    def __str__(self) -> str:
        """One line for an operator."""
        return f"{self.what} of {self.application}: {self.reason}"


def read_rules(
    published: Mapping[str, Any], topology: Topology | None, name: str
) -> tuple[list[Rule], list[tuple[str, str]]]:
    """The rules in what a charm published, and what is no rule at all, with the reason.

    Args:
        published: `{"groups": [...]}`, one bare rule, or `{}`.
        topology: Where the relation's metrics come from.
        name: The group of a bare rule.
    """
    try:
        groups = as_groups(published, name) if published else []
    except AlertRuleError as error:
        return [], [("alert rules", str(error))]
    read = [
        _rule(index, {key: value for key, value in group.items() if key != "rules"}, raw, topology)
        for index, group in enumerate(groups)
        for raw in group.get("rules") or ()
    ]
    rules = [each for each in read if isinstance(each, Rule)]
    return rules, [each for each in read if not isinstance(each, Rule)]


def rule_file(rules: Iterable[Rule]) -> str:
    """The YAML of a rule file, group by group as published; a repeated name gets a number."""
    groups: dict[int, dict[str, Any]] = {}
    for rule in rules:
        group = groups.setdefault(rule.group, {**rule.header, "rules": []})
        group["rules"].append(dict(rule.content))
    names: set[str] = set()
    for index, group in groups.items():
        if (name := str(group.get("name", ""))) in names:
            group["name"] = f"{name}_{index}"
        names.add(str(group.get("name", "")))
    return yaml.safe_dump({"groups": list(groups.values())}, sort_keys=False)


def _rule(
    index: int, header: Mapping[str, Any], raw: Any, topology: Topology | None
) -> Rule | tuple[str, str]:
    """One rule, narrowed to its application, or what is wrong with it."""
    try:
        rule = _Rule.model_validate(raw)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"rule {_name(raw)}", f"{where}: {first['msg']}"
    content = rule.model_dump(exclude_unset=True)
    expression = rule.expr.replace("%%juju_topology%%,", "").replace("%%juju_topology%%", "")
    content["expr"] = narrow(expression, _matchers(rule.labels, topology))
    return Rule(index, header, rule.alert or rule.record or "without a name", content)


def _matchers(labels: Mapping[str, str], topology: Topology | None) -> Mapping[str, str]:
    """A rule's own labels come first: one charm may bring rules about another."""
    if all(name in labels for name in _MATCHERS):
        return {name: labels[name] for name in _MATCHERS}
    # A charm that brings rules only, without metrics, speaks about the whole model.
    return topology.matchers if topology else {}


def _name(raw: Any) -> str:
    """What to call something that is no rule."""
    fields = cast("Mapping[str, Any]", raw if isinstance(raw, Mapping) else {})
    return str(fields.get("alert") or fields.get("record") or "without a name")
