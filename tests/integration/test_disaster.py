# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A whole site is lost, disks and all: new units are restored, and clients follow."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import jubilant
import pytest

from tests.integration.clients import Writer, nothing_lost, read_all
from tests.integration.processes import eventually, kill, one_of_unit
from tests.integration.test_restore import data_of, records
from tools.demo import feed, pipeline

pytestmark = pytest.mark.long

CHARMS = Path(__file__).resolve().parents[2] / "charms"
UNITS = 3


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju, tmp_path_factory: pytest.TempPathFactory) -> jubilant.Juju:
    """Three brokers, one customer, and day2."""
    store = tmp_path_factory.mktemp("backups")
    options: dict[str, dict[str, Any]] = {
        "kafka": {"backup-directory": str(store), "heap": "256m"},
        "data-access": {"topic": "orders", "extra-user-roles": "producer,consumer"},
    }
    for name in ("certificates", "kafka", "data-access", "day2"):
        juju.deploy(
            CHARMS / name / f"{name}_amd64.charm",
            name,
            config=options.get(name, {}),
            num_units=UNITS if name == "kafka" else 1,
        )
    juju.integrate("kafka:certificates", "certificates:certificates")
    juju.integrate("data-access:kafka", "kafka:kafka-client")
    juju.integrate("kafka:operations", "day2:operations")
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=500, delay=2)
    return juju


def operate(model: jubilant.Juju, name: str, **params: str) -> dict[str, Any]:
    """An operation of day2 from its start to its end."""
    begun = model.run("day2/leader", name, params).results

    def ended() -> dict[str, Any] | None:
        number = {"id": int(begun["operation"])}
        found = model.run("day2/leader", "show-operation", number).results
        return found if "finished" in found else None

    return eventually(ended, 400, f"the end of {name}")


def test_clients_follow_to_new_units(model: jubilant.Juju) -> None:
    access = pipeline.credentials(model, "data-access")
    feed.partitions(access)
    with Writer(access) as writer:
        writer.progress(500)
    before = records(access)
    backed_up = operate(model, "create-backup")
    assert backed_up["status"] == "completed", backed_up

    rehearsed = operate(model, "dr-drill")
    assert rehearsed["status"] == "completed", rehearsed

    uuid = model.show_model().model_uuid
    for node in range(UNITS):
        broker = one_of_unit(f"kafka/{node}", uuid, "kafka.Kafka")
        data = data_of(broker)
        kill(broker)
        shutil.rmtree(data, ignore_errors=True)
    lost = [f"kafka/{node}" for node in range(UNITS)]
    model.cli("remove-unit", "--force", "--no-wait", "--no-prompt", *lost)
    model.cli("add-unit", "kafka", "-n", str(UNITS))
    eventually(lambda: set(model.status().apps["kafka"].units).isdisjoint(lost), 200, "they go")
    eventually(lambda: ready(model), 200, "the new units are there")

    shown = operate(model, "execute-drp", confirm="kafka")
    assert shown["status"] == "completed", shown
    model.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=2)
    # The same customer, with whatever its relation tells it now.
    again = pipeline.credentials(model, "data-access")
    assert set(again.endpoints.split(",")).isdisjoint(access.endpoints.split(","))
    assert records(again) == before
    nothing_lost(writer, read_all(again))
    with Writer(again, first=10_000_000) as more:
        more.progress(100)


def ready(model: jubilant.Juju) -> bool:
    """Whether every new unit has told the others that it is there."""
    units = model.status().apps["kafka"].units
    idle = [one.juju_status.current == "idle" for one in units.values()]
    return len(idle) == UNITS and all(idle)
