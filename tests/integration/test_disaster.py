# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every broker is killed and every disk emptied: both plans for the day, from there to the end."""

from __future__ import annotations

import datetime
import shutil
import time
from pathlib import Path
from typing import Any

import jubilant
import pytest
from confluent_kafka.admin import AdminClient

from tests.integration.clients import Writer, nothing_lost, read_all
from tests.integration.judges import valid
from tests.integration.operations import begin, ended
from tests.integration.processes import eventually, kill, one_of_unit
from tests.integration.test_restore import (
    COMMITTED,
    committed,
    data_of,
    noted,
    records,
    resumed,
)
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
    """A day-2 operation that went well."""
    shown = ended(model, begin(model, name, **params), 400)
    assert shown["status"] == "completed", shown
    return shown


def destroyed(model: jubilant.Juju) -> list[str]:
    """Kill every broker, and remove what is on its disk; the names of the units."""
    uuid = model.show_model().model_uuid
    units = sorted(model.status().apps["kafka"].units)
    brokers = [one_of_unit(unit, uuid, "kafka.Kafka") for unit in units]
    places = [data_of(broker) for broker in brokers]
    for broker in brokers:
        kill(broker)
    for data in places:
        # Whatever starts the broker again writes there meanwhile.
        eventually(lambda data=data: emptied(data), 30, f"{data} is empty", pause=0.1)
    return units


def emptied(data: Path) -> bool:
    for path in data.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return not list(data.glob("orders-*")) and not (data / "meta.properties").exists()


def placed(model: jubilant.Juju, unit: str) -> Path:
    """The log directory of a unit."""
    return data_of(one_of_unit(unit, model.show_model().model_uuid, "kafka.Kafka"))


def test_data_destroyed_the_minute_before_comes_back(model: jubilant.Juju) -> None:
    access = pipeline.credentials(model, "data-access")
    feed.partitions(access)
    with Writer(access) as writer:
        writer.progress(500)
    eventually(lambda: committed(access), 120, "the group's offset")
    before = records(access)
    # The clock goes on, so that what comes now is later than all that is there.
    time.sleep(1.5)
    minute = datetime.datetime.now(datetime.timezone.utc).isoformat()
    time.sleep(1.5)
    with Writer(access, first=30_000_000) as nonsense:
        nonsense.progress(50)
    operate(model, "create-backup")
    units = destroyed(model)

    operate(model, "execute-drp-data-destroyed", confirm="kafka", **{"to-time": minute})
    model.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=2)
    again = pipeline.credentials(model, "data-access")
    assert records(again) == before
    nothing_lost(writer, read_all(again))
    assert resumed(again) == (0, COMMITTED) and noted(again) == "note"
    assert all(valid(placed(model, unit), "orders") for unit in units)
    eventually(lambda: complete(again), 120, "every copy is in sync")
    with Writer(again, first=40_000_000) as more:
        more.progress(100)


def test_a_rehearsal_takes_one_broker_for_three(model: jubilant.Juju) -> None:
    access = pipeline.credentials(model, "data-access")
    feed.partitions(access)
    with Writer(access, first=45_000_000) as writer:
        writer.progress(200)
    operate(model, "create-backup")
    told = operate(model, "dr-drill")
    assert "RTO" in str(told), told
    # There is no Spark here.
    assert "No Spark query was asked for" in told["message"], told


def test_site_lost_clients_follow_to_new_units(model: jubilant.Juju) -> None:
    access = pipeline.credentials(model, "data-access")
    feed.partitions(access)
    with Writer(access, first=50_000_000) as writer:
        writer.progress(500)
    eventually(lambda: committed(access), 120, "the group's offset")
    before = records(access)
    operate(model, "create-backup")

    lost = destroyed(model)
    model.cli("remove-unit", "--force", "--no-wait", "--no-prompt", *lost)
    model.cli("add-unit", "kafka", "-n", str(UNITS))
    eventually(lambda: set(model.status().apps["kafka"].units).isdisjoint(lost), 200, "they go")
    eventually(lambda: ready(model), 200, "the new units are there")

    operate(model, "execute-drp", confirm="kafka")
    model.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=2)
    # The same customer, with whatever its relation tells it now.
    again = pipeline.credentials(model, "data-access")
    assert set(again.endpoints.split(",")).isdisjoint(access.endpoints.split(","))
    assert records(again) == before
    nothing_lost(writer, read_all(again))
    assert resumed(again) == (0, COMMITTED) and noted(again) == "note"
    units = model.status().apps["kafka"].units
    assert all(valid(placed(model, unit), "orders") for unit in units)
    eventually(lambda: complete(again), 120, "every copy is in sync")
    with Writer(again, first=60_000_000) as more:
        more.progress(100)


def complete(access: pipeline.Credentials) -> bool:
    """Whether every broker has every partition, in sync."""
    told = AdminClient(access.client()).list_topics(access.topic, timeout=20)
    parts = told.topics[access.topic].partitions.values()
    return all(len(part.isrs) == UNITS for part in parts) and len(told.brokers) == UNITS


def ready(model: jubilant.Juju) -> bool:
    """Whether every new unit has told the others that it is there."""
    units = model.status().apps["kafka"].units
    idle = [one.juju_status.current == "idle" for one in units.values()]
    return len(idle) == UNITS and all(idle)
