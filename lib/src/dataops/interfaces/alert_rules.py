# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""The alert rules that a charm carries in `src/prometheus_alert_rules`, as they go on the wire.

A file holds either one bare rule or Prometheus' own `groups`. The placeholder `%%juju_topology%%`
in an expression stands for the matchers of the application, as in other observability charms.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import pydantic
import yaml
from typing_extensions import TypedDict

from dataops.interfaces.topology import Topology


class _Groups(TypedDict):
    """Prometheus' own form of a rule file; what a group holds is judged by Prometheus."""

    groups: list[dict[str, Any]]


_GROUPS = pydantic.TypeAdapter(_Groups)
_RULE = pydantic.TypeAdapter(dict[str, Any])
# Hooks of every watched charm read their rules: libyaml takes a tenth of the time.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SUFFIXES = (".rule", ".rules", ".yml", ".yaml")
_PLACEHOLDER = "%%juju_topology%%"


class AlertRuleError(ValueError):
    """A rule file of the charm itself is malformed; the charm's author can fix it."""


def load_alert_rules(directory: pathlib.Path, topology: Topology | None = None) -> dict[str, Any]:
    """Every rule below `directory`, labelled with the topology and narrowed to it.

    Without a topology the rules stay as they are written, placeholder and all.

    Returns:
        `{"groups": [...]}` in the order of the file names, or `{}` when there are no rules.

    Raises:
        AlertRuleError: A file is no YAML, or holds neither a rule nor groups.
    """
    files = sorted(path for path in directory.glob("**/*") if path.suffix in _SUFFIXES)
    groups = [group for path in files for group in _groups(path, topology)]
    return {"groups": groups} if groups else {}


def as_groups(rules: Any, name: str) -> list[dict[str, Any]]:
    """The groups of a rule file's content; a bare rule becomes the group `name`.

    Raises:
        AlertRuleError: The content is neither a rule nor groups.
    """
    try:
        return _GROUPS.validate_python(rules)["groups"]
    except pydantic.ValidationError:
        pass
    try:
        rule = _RULE.validate_python(rules)
    except pydantic.ValidationError:
        rule = {}
    if "expr" in rule and ("alert" in rule or "record" in rule):
        return [{"name": name, "rules": [rule]}]
    raise AlertRuleError(f"{name} holds neither `groups` nor one rule with `alert` and `expr`")


def _groups(path: pathlib.Path, topology: Topology | None) -> Iterator[dict[str, Any]]:
    """The groups of one file, ready for the wire."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  it is safe
    except yaml.YAMLError as error:
        raise AlertRuleError(f"{path} is not YAML: {error}") from error
    for group in as_groups(content, path.stem):
        if topology is None:
            yield group
            continue
        yield {
            **group,
            # Prometheus wants unique group names per file, and a reader of an alert its source.
            "name": f"{topology.identifier}_{group['name']}_alerts",
            "rules": [_narrowed(rule, topology) for rule in group["rules"]],
        }


def _narrowed(rule: dict[str, Any], topology: Topology) -> dict[str, Any]:
    """The rule with its placeholder filled in, and labelled."""
    return {
        **rule,
        "expr": str(rule["expr"]).replace(_PLACEHOLDER, topology.selector),
        "labels": {**rule.get("labels", {}), **topology.labels},
    }
