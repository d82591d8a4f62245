# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from onebox.render.document import to_json, to_yaml
from onebox.render.selectors import selected
from onebox.render.status import document, for_yaml
from onebox.render.status_lines import summary
from onebox.render.status_table import machines

HARDWARE = "arch=amd64 cores=0 mem=0M availability-zone=vm virt-type=container"


def without_interfaces(found):
    for machine in found["machines"].values():
        machine.pop("network-interfaces", None)
    return found


def test_document_of_two_applications(sample, world, model):
    found = document(model, now=world.NOW, utc=True, hardware=HARDWARE)
    wanted = json.loads(sample("status/two.json"))
    assert without_interfaces(found) == without_interfaces(wanted)
    assert to_json(found) == to_json(wanted), "the keys are in another order"


def test_json_and_yaml_bytes(sample):
    text = sample("status/two.json")
    found = json.loads(text)
    assert to_json(found) == text
    assert to_yaml(for_yaml(found)) == sample("status/two.yaml")


@pytest.fixture
def failed(model, world):
    data = {"hook": "db-relation-created", "relation-id": 1}
    agent = world.status("error", "13:35:49", 'hook failed: "db-relation-created"', **data)
    model["units"]["prov/0"]["agent"] = world.as_json(agent)
    return model


def unit_status(found):
    return found["applications"]["prov"]["units"]["prov/0"]


def test_failed_hook_takes_the_place_of_the_workload_status(failed, world):
    unit = unit_status(document(failed, now=world.NOW, utc=True))
    message = 'hook failed: "db-relation-created" for myreq:db'
    assert unit["workload-status"]["current"] == "error"
    assert unit["workload-status"]["message"] == message
    assert unit["juju-status"]["current"] == "idle"


def test_failed_hook_does_not_name_the_relation_in_the_plain_table(failed, world):
    unit = unit_status(document(failed, now=world.NOW, relations=False))
    assert unit["workload-status"]["message"] == 'hook failed: "db-relation-created"'


@pytest.mark.parametrize(
    ("words", "worst"),
    [
        (["active", "blocked", "waiting"], "blocked"),
        (["active", "unknown"], "active"),
        (["waiting", "maintenance"], "maintenance"),
        ([], "unknown"),
    ],
)
def test_application_without_status_shows_the_worst_of_its_units(model, world, words, worst):
    model["applications"]["prov"]["status"] = None
    unit = model["units"].pop("prov/0")
    for number, word in enumerate(words):
        workload = world.as_json(world.status(word, "13:00:00"))
        name = f"prov/{number}"
        model["units"][name] = {**unit, "name": name, "workload": workload}
    found = document(model, now=world.NOW)
    assert found["applications"]["prov"]["application-status"]["current"] == worst


def test_units_are_in_the_order_of_their_numbers(model, world):
    for number in (10, 9, 2):
        name = f"prov/{number}"
        model["units"][name] = {**model["units"]["prov/0"], "name": name}
    units = document(model, now=world.NOW)["applications"]["prov"]["units"]
    assert list(units) == ["prov/0", "prov/2", "prov/9", "prov/10"]


def test_allocating_unit_has_no_version_and_a_dying_one_says_so(model, world):
    unit = model["units"]["prov/0"]
    unit |= {"life": "dying", "agent": world.as_json(world.status("allocating", "13:00:00"))}
    agent = unit_status(document(model, now=world.NOW))["juju-status"]
    assert "version" not in agent
    assert agent["life"] == "dying"


@pytest.fixture
def contained(model):
    """The model with containers in its machine 1, one of which has a container of its own."""
    for name in ("1/lxd/10", "1/lxd/2", "1/lxd/2/lxd/0"):
        model["machines"][name] = {**model["machines"]["1"], "id": name, "constraints": "mem=1G"}
    return model


def test_containers_are_inside_their_machines(contained, world):
    found = document(contained, now=world.NOW, utc=True, hardware=HARDWARE)
    assert [*found["machines"]] == ["0", "1"]
    inside = found["machines"]["1"]["containers"]
    assert [*inside] == ["1/lxd/2", "1/lxd/10"]
    assert [*inside["1/lxd/2"]["containers"]] == ["1/lxd/2/lxd/0"]
    assert inside["1/lxd/10"]["constraints"] == "arch=amd64 mem=1024M"
    assert "modification-status" not in for_yaml(found)["machines"]["1"]["containers"]["1/lxd/2"]
    rows = [line.split()[0] for line in machines(found["machines"]).splitlines()]
    assert rows == ["Machine", "0", "1", "1/lxd/2", "1/lxd/2/lxd/0", "1/lxd/10"]
    assert "# Machines:  (5)" in summary(found)


def test_container_is_selected_with_its_machine(contained):
    assert selected(contained, ["1/lxd/2"])["machines"].keys() == {
        *("1", "1/lxd/2", "1/lxd/2/lxd/0"),
    }


def test_unit_of_a_machine_that_is_down(model, world):
    model["machines"]["1"]["down"] = True
    found = document(model, now=world.NOW, utc=True, hardware=HARDWARE)
    (lost,) = [
        u
        for a in found["applications"].values()
        for u in a["units"].values()
        if u["machine"] == "1"
    ]
    assert lost["workload-status"]["current"] == "unknown"
    assert lost["workload-status"]["message"] == (
        "agent lost, see `juju debug-logs` or `juju show-status-log` for more information"
    )
    assert lost["juju-status"]["current"] == "lost"
    assert found["machines"]["1"]["juju-status"]["current"] == "down"
