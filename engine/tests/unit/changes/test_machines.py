# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Machines go when nobody needs them, containers before the machine that they are in."""

from datetime import datetime, timezone

import pytest

from onebox.changes import machines
from onebox.model import Base, Model

NOW = datetime(2030, 1, 1, tzinfo=timezone.utc)
BASE = Base(name="ubuntu", channel="24.04/stable")


@pytest.fixture
def empty():
    return Model(name="m", uuid="0" * 32, network="127.1.2", created=NOW)


def test_last_container_takes_its_machine_along(empty):
    model, container = machines.place(empty, "lxd:new", BASE, NOW)
    assert sorted(model.machines) == ["0", "0/lxd/0"]
    assert container == "0/lxd/0"
    assert machines.drop_unused(model, container).machines == {}


def test_machine_with_another_container_stays(empty):
    model, first = machines.place(empty, "lxd:new", BASE, NOW)
    model, second = machines.place(model, "lxd:0", BASE, NOW)
    model = model.model_copy(
        update={
            "machines": {
                **model.machines,
                second: model.machines[second].model_copy(update={"kept": True}),
            }
        }
    )
    assert sorted(machines.drop_unused(model, first).machines) == ["0", second]


def test_kept_machine_stays(empty):
    model, number = machines.place(empty, "", BASE, NOW, kept=True)
    assert list(machines.drop_unused(model).machines) == [number]


def test_container_asked_for_by_name(empty):
    model, name = machines.place(empty, "lxd", BASE, NOW, constraints="mem=1G", kept=True)
    assert (name, model.machines[name].constraints) == ("0/lxd/0", "mem=1G")
    model = machines.annotate(model, "0", {"rack": "a"})
    assert machines.annotate(model, "0", {"row": "b"}).machines["0"].annotations == {
        "rack": "a",
        "row": "b",
    }
