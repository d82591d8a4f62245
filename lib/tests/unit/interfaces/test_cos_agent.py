# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""cos_agent: one unit speaks for itself, says nothing twice, and names a file that is broken."""

import json
import pathlib

import ops
import pytest
from ops import testing

from dataops.interfaces.cos_agent import CosAgentProvider, DashboardError, load_dashboards

JOBS = [
    {"metrics_path": "/metrics", "static_configs": [{"targets": ["10.0.0.1:9101"]}]},
    {"job_name": "driver", "static_configs": [{"targets": ["10.0.0.1:4540"]}]},
]


class Provider(ops.CharmBase):
    dashboards: pathlib.Path | None = None

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self.reconcile)

    def reconcile(self, _: ops.EventBase):
        CosAgentProvider(self, "cos-agent", JOBS, dashboards=self.dashboards).publish()


CONTEXT = testing.Context(
    Provider, meta={"name": "kafka", "provides": {"cos-agent": {"interface": "cos_agent"}}}
)


def told(leader: bool, **bag: str) -> dict:
    agent = testing.Relation("cos-agent", local_unit_data=bag)
    state = testing.State(leader=leader, relations=[agent])
    out = CONTEXT.run(CONTEXT.on.update_status(), state).get_relation(agent.id)
    assert not out.local_app_data
    return json.loads(out.local_unit_data["config"])


@pytest.mark.parametrize("leader", [True, False])
def test_every_unit_speaks_for_itself(leader: bool):
    names = [job["job_name"] for job in told(leader)["metrics_scrape_jobs"]]
    assert names == ["kafka_0_default", "kafka_1_driver"]


def test_the_same_dashboards_are_the_same_bytes(tmp_path: pathlib.Path):
    (tmp_path / "b.json").write_text('{"title": "B"}')
    (tmp_path / "a.json").write_text('{"title": "A"}')
    once = load_dashboards(tmp_path)
    assert len(once) == 2 and once == load_dashboards(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"), [("{", "is not JSON"), ("[]", "no title"), ('{"panels": []}', "no title")]
)
def test_a_broken_dashboard_is_named(tmp_path: pathlib.Path, text: str, reason: str):
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(DashboardError, match=reason) as error:
        load_dashboards(tmp_path)
    assert str(path) in str(error.value)
