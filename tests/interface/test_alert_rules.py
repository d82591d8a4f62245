# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every alert of every charm fires when it must and stays silent when it must.

The rules are taken as they go over the wire, narrowed to their application, and judged by
`promtool test rules`.
"""

import pathlib
import shutil
import subprocess

import pytest
import yaml

from dataops.interfaces.alert_rules import load_alert_rules
from dataops.interfaces.topology import Topology
from tests.interface.wire import UUID

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = pathlib.Path(__file__).with_name("alert_rules")
CHARMS = sorted(
    path.parent.parent.name for path in ROOT.glob("charms/*/src/prometheus_alert_rules")
)


def topology(application):
    return Topology(model="demo", model_uuid=UUID, application=application, charm_name="c")


def rules(charm):
    """What the charm publishes."""
    directory = ROOT / "charms" / charm / "src" / "prometheus_alert_rules"
    return load_alert_rules(directory, topology(charm))


def cases(charm):
    return yaml.safe_load((CASES / f"{charm}.yaml").read_text())


def series(charm, given):
    """The input of promtool: the labels of the application in place of `@`."""
    matchers = topology(charm).selector
    return [
        {"series": name.replace("@", matchers), "values": str(values)}
        for name, values in given.items()
    ]


def unit_test(charm, alert, case, *, fires, owner=None):
    """One test of promtool: how many alerts of that name fire."""
    firing = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})'
    return {
        "name": f"{alert} {'fires' if fires else 'is silent'}",
        "interval": "30s",
        "input_series": series(owner or charm, case["series"]),
        "promql_expr_test": [
            {
                "expr": f"{firing} > bool 0",
                "eval_time": case["at"],
                "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
            }
        ],
    }


@pytest.fixture(scope="session")
def promtool():
    found = shutil.which("promtool")
    if found is None:
        pytest.fail("Cannot find promtool: sudo apt-get install --yes prometheus")
    return found


def judge(promtool, directory, charm, tests):
    """What promtool says of the tests."""
    (directory / "rules.yml").write_text(yaml.safe_dump(rules(charm)))
    content = {"rule_files": ["rules.yml"], "evaluation_interval": "30s", "tests": tests}
    (directory / "tests.yml").write_text(yaml.safe_dump(content))
    done = subprocess.run(
        [promtool, "test", "rules", str(directory / "tests.yml")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("charm", CHARMS)
def test_every_alert_has_its_cases(charm):
    names = {rule["alert"] for group in rules(charm)["groups"] for rule in group["rules"]}
    assert set(cases(charm)) == names
    assert all(set(case) == {"fires", "silent"} for case in cases(charm).values())


@pytest.mark.parametrize("charm", CHARMS)
def test_it_fires_when_it_must(charm, promtool, tmp_path):
    tests = [
        unit_test(charm, name, case["fires"], fires=True) for name, case in cases(charm).items()
    ]
    judge(promtool, tmp_path, charm, tests)


@pytest.mark.parametrize("charm", CHARMS)
def test_it_is_silent_when_it_must_be(charm, promtool, tmp_path):
    tests = [
        unit_test(charm, name, case["silent"], fires=False) for name, case in cases(charm).items()
    ]
    judge(promtool, tmp_path, charm, tests)


@pytest.mark.parametrize("charm", CHARMS)
def test_the_trouble_of_another_application_is_not_its_own(charm, promtool, tmp_path):
    tests = [
        unit_test(charm, name, case["fires"], fires=False, owner="another")
        for name, case in cases(charm).items()
    ]
    judge(promtool, tmp_path, charm, tests)


@pytest.mark.parametrize("charm", CHARMS)
def test_every_alert_tells_its_weight_and_the_next_move(charm):
    for group in rules(charm)["groups"]:
        for rule in group["rules"]:
            assert rule["labels"]["severity"] in ("critical", "warning"), rule["alert"]
            assert rule["annotations"]["summary"], rule["alert"]
            assert "Next" in rule["annotations"]["description"], rule["alert"]
