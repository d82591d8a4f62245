# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The interface cos_agent v0, with the bytes of the published observability agents.

The agent is a subordinate: it runs on the machine of each unit and hears of that unit alone. So
everything stands in the provider's unit bag, under `config`, as one JSON object:

| field | value |
|---|---|
| `metrics_scrape_jobs` | scrape jobs as in Prometheus' configuration, each with a `job_name` |
| `metrics_alert_rules`, `log_alert_rules` | `{"groups": [...]}`, or `{}` |
| `dashboards` | list of base64 of lzma of a Grafana dashboard's JSON |
| `log_slots` | snap slots with logs: we have none |
"""

from __future__ import annotations

import json
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import ops

from dataops.interfaces.alert_rules import load_alert_rules
from dataops.interfaces.topology import Topology

_KEY = "config"


class DashboardError(ValueError):
    """A dashboard file of the charm itself is malformed; the charm's author can fix it."""


class CosAgentProvider:
    """The side whose metrics, alert rules and dashboards an agent beside it forwards.

    Args:
        charm: The charm.
        endpoint: The name of a provided endpoint of this interface.
        jobs: Scrape jobs of this unit as in Prometheus' `scrape_configs`, with full addresses.
        rules: The directory of alert rule files; None when the charm has none.
        dashboards: The directory of Grafana dashboards (`*.json`); None when it has none.
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        endpoint: str,
        jobs: Sequence[Mapping[str, Any]],
        rules: pathlib.Path | None = None,
        dashboards: pathlib.Path | None = None,
    ) -> None:
        self._charm = charm
        self._endpoint = endpoint
        self._jobs = jobs
        self._rules = rules
        self._dashboards = dashboards

    def publish(self) -> None:
        """Tells every agent; a hook without one pays nothing for it.

        Raises:
            AlertRuleError, DashboardError: A file of the charm is malformed.
        """
        relations = [one for one in self._charm.model.relations[self._endpoint] if one.active]
        if not relations:
            return
        text = self._contents()
        for relation in relations:
            bag = relation.data[self._charm.unit]
            if bag.get(_KEY) != text:
                bag[_KEY] = text

    def _contents(self) -> str:
        """Keys are sorted, so that equal facts are equal bytes and wake nobody."""
        rules = load_alert_rules(self._rules, Topology.of(self._charm)) if self._rules else {}
        contents: dict[str, Any] = {
            "metrics_scrape_jobs": [self._named(n, job) for n, job in enumerate(self._jobs)],
            "metrics_alert_rules": rules,
            "log_alert_rules": {},
            "dashboards": load_dashboards(self._dashboards) if self._dashboards else [],
            "log_slots": [],
        }
        return json.dumps(contents, sort_keys=True)

    def _named(self, number: int, job: Mapping[str, Any]) -> dict[str, Any]:
        """The job under a name that is unique among all that one agent scrapes."""
        name = f"{self._charm.app.name}_{number}_{job.get('job_name', 'default')}"
        return {**job, "job_name": name}


def load_dashboards(directory: pathlib.Path) -> list[str]:
    """Every dashboard of a directory as it goes on the wire, in the order of the file names.

    Raises:
        DashboardError: A file is no JSON object with a title.
    """
    return [_packed(path) for path in sorted(directory.glob("*.json"))]


def _packed(path: pathlib.Path) -> str:
    # Most hooks have no agent to tell.
    import base64
    import lzma

    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DashboardError(f"{path} is not JSON: {error}") from error
    if not isinstance(content, dict) or "title" not in content:
        raise DashboardError(f"{path} is no dashboard: it has no title")
    return base64.b64encode(lzma.compress(json.dumps(content).encode())).decode()
