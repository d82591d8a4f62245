# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""cos_agent: our provider with the published shape, and dashboards that Prometheus can answer."""

import base64
import json
import lzma
import pathlib
import re
import shutil
import subprocess

import ops
import pytest
import yaml

from dataops.interfaces.cos_agent import CosAgentProvider
from tests.interface.wire import UUID, Bag, Side

ROOT = pathlib.Path(__file__).resolve().parents[2]
DASHBOARDS = sorted(ROOT.glob("charms/*/src/grafana_dashboards/*.json"))
JOBS = [{"metrics_path": "/metrics", "static_configs": [{"targets": ["10.0.0.1:9101"]}]}]


class Config(Bag):
    """What the published agents read: they refuse an object that lacks one of these."""

    metrics_scrape_jobs: list[dict]
    metrics_alert_rules: dict
    log_alert_rules: dict
    dashboards: list[str]
    log_slots: list[str]


class Kafka(ops.CharmBase):
    """Watched by an agent."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        framework.observe(self.on.update_status, self._publish)

    def _publish(self, _: ops.EventBase) -> None:
        source = ROOT / "charms" / "kafka" / "src"
        rules, dashboards = source / "prometheus_alert_rules", source / "grafana_dashboards"
        CosAgentProvider(self, "wire", JOBS, rules, dashboards).publish()


@pytest.fixture
def told() -> Config:
    side = Side(Kafka, "provides", "cos_agent", "kafka")
    side.wake()
    assert not side.relation.local_app_data
    return Config.model_validate_json(side.relation.local_unit_data["config"])


def test_the_published_fields_and_no_others(told: Config) -> None:
    (job,) = told.metrics_scrape_jobs
    assert job["job_name"] == "kafka_0_default"
    assert job["static_configs"] == [{"targets": ["10.0.0.1:9101"]}]
    assert told.log_slots == [] and told.log_alert_rules == {}


def test_rules_carry_the_topology(told: Config) -> None:
    rules = [rule for group in told.metrics_alert_rules["groups"] for rule in group["rules"]]
    assert rules and all(rule["labels"]["juju_model_uuid"] == UUID for rule in rules)
    assert "%%juju_topology%%" not in json.dumps(told.metrics_alert_rules)


def test_a_dashboard_comes_out_as_it_went_in(told: Config) -> None:
    (packed,) = told.dashboards
    found = json.loads(lzma.decompress(base64.b64decode(packed)))
    assert found == json.loads(
        (ROOT / "charms/kafka/src/grafana_dashboards/kafka.json").read_text()
    )


def expressions(path: pathlib.Path) -> list[str]:
    """What the panels ask, with Grafana's variables filled in."""
    panels = json.loads(path.read_text())["panels"]
    asked = [target["expr"] for panel in panels for target in panel["targets"]]
    return [re.sub(r"\$\w+", ".+", one.replace("$__rate_interval", "5m")) for one in asked]


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.parts[-4])
def test_prometheus_understands_every_panel(path: pathlib.Path, tmp_path: pathlib.Path) -> None:
    promtool = shutil.which("promtool") or str(ROOT / ".cache" / "promtool" / "promtool")
    rules = [{"record": f"panel:{n}", "expr": one} for n, one in enumerate(expressions(path))]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.parts[-4])
def test_every_panel_says_what_it_shows_of_which_application(path: pathlib.Path) -> None:
    panels = json.loads(path.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["title"] and panel["targets"]
        for target in panel["targets"]:
            assert 'juju_application=~"$juju_application"' in target["expr"], panel["title"]
