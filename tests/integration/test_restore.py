# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A broker is killed and its disk is emptied: a backup takes its place, and customers go on."""

from __future__ import annotations

import contextlib
import datetime
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jubilant
import psutil
import pytest
from confluent_kafka import Consumer, KafkaException, TopicPartition

from tests.integration.clients import Writer, read_all, until_the_end
from tests.integration.judges import valid
from tests.integration.processes import eventually, of_unit, one_of_unit, runs
from tools.demo import feed, pipeline

CHARMS = Path(__file__).resolve().parents[2] / "charms"
COMMITTED = 30


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backups")


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju, store: Path) -> jubilant.Juju:
    """One broker and one customer."""
    for name in ("certificates", "kafka", "data-access"):
        juju.deploy(CHARMS / name / f"{name}_amd64.charm", name, config=config(name, store))
    juju.integrate("kafka:certificates", "certificates:certificates")
    juju.integrate("data-access:kafka", "kafka:kafka-client")
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=1)
    return juju


def config(name: str, store: Path) -> dict[str, Any]:
    return {
        "kafka": {"backup-directory": str(store), "heap": "256m"},
        "data-access": {"topic": "orders", "extra-user-roles": "producer,consumer"},
    }.get(name, {})


@pytest.fixture(scope="module")
def uuid(model: jubilant.Juju) -> str:
    return model.show_model().model_uuid


@pytest.fixture(scope="module")
def access(model: jubilant.Juju) -> pipeline.Credentials:
    found = pipeline.credentials(model, "data-access")
    feed.partitions(found)
    return found


def data_of(broker: psutil.Process) -> Path:
    """Where its logs are."""
    settings = Path(broker.cmdline()[-1]).read_text()
    found = re.search(r"(?m)^log\.dirs=(.*)$", settings)
    assert found
    return Path(found[1])


@pytest.fixture(scope="module")
def backed_up(
    model: jubilant.Juju, access: pipeline.Credentials
) -> tuple[Writer, dict[tuple[int, int], Any]]:
    """A writer who had written when the backup was taken, and every record of then."""
    with Writer(access) as writer:
        writer.progress(300)
    eventually(lambda: committed(access), 120, "the group's offset")
    before = records(access)
    back_up(model)
    return writer, before


def back_up(model: jubilant.Juju) -> str:
    """The id of a backup that is whole."""
    begun = model.run("kafka/leader", "begin-backup", wait=120).results
    model.run("kafka/0", "create-backup", {"id": begun["id"]}, wait=240)
    model.run("kafka/leader", "finish-backup", {"id": begun["id"]}, wait=120)
    return str(begun["id"])


def committed(access: pipeline.Credentials) -> bool:
    """Whether the group's offset is noted: a fresh coordinator refuses at first."""
    consumer = Consumer({**access.client(), "group.id": access.group})
    place = TopicPartition(access.topic, 0, COMMITTED, metadata="note")
    try:
        consumer.commit(offsets=[place], asynchronous=False)
    except KafkaException:
        return False
    finally:
        consumer.close()
    return True


def records(access: pipeline.Credentials) -> dict[tuple[int, int], Any]:
    """Every record of the topic, by partition and offset."""
    settings = {"enable.partition.eof": True, "enable.auto.commit": False}
    consumer = Consumer({**access.client(), "group.id": f"{access.group}judge", **settings})
    found: dict[tuple[int, int], Any] = {}
    try:
        for message in until_the_end(consumer, access.topic):
            place = message.partition(), message.offset()
            found[place] = (message.key(), message.value(), message.timestamp(), message.headers())
    finally:
        consumer.close()
    return found


def restored(model: jubilant.Juju, **params: str) -> dict[str, Any]:
    """The restore from its start to its end."""

    def ended() -> dict[str, Any] | None:
        found = model.run("kafka/leader", "restore", params).results
        return None if found.get("status") == "running" else found

    return eventually(ended, 300, "the end of the restore")


def test_a_cluster_with_data_is_not_replaced_by_mistake(
    model: jubilant.Juju, backed_up: object
) -> None:
    with pytest.raises(jubilant.TaskError, match=r"not empty: it has orders.*confirm=kafka"):
        model.run("kafka/leader", "restore")
    with pytest.raises(jubilant.TaskError, match="no finished backup 20200101T000000Z"):
        params = {"confirm": "kafka", "backup": "20200101T000000Z"}
        model.run("kafka/leader", "restore", params)


def test_a_rehearsal_proves_the_backup_and_leaves_nothing(
    model: jubilant.Juju,
    uuid: str,
    access: pipeline.Credentials,
    backed_up: tuple[Writer, dict[tuple[int, int], Any]],
) -> None:
    written, before = backed_up
    storage = data_of(one_of_unit("kafka/0", uuid, "kafka.Kafka")).parent
    with Writer(access, first=5_000_000) as later:
        later.progress(20)
    shown = model.run("kafka/0", "drill", wait=240).results
    assert int(shown["rpo-records"]) == len(later.acknowledged)
    assert int(shown["rpo-ms"]) > 0 and float(shown["rto-seconds"]) > 0
    assert int(shown["sampled-records"]) == len(before)
    assert int(shown["acls"]) > 0 and int(shown["groups"]) == 1
    assert f"orders-0 at {COMMITTED}" in shown["resumed"]
    assert not (storage / "rehearsal").exists()
    # The live cluster was read, and nothing in it was changed.
    assert set(read_all(access)) == set(written.acknowledged) | set(later.acknowledged)

    model.config("kafka", {"drill-rto-seconds": 1})
    with pytest.raises(jubilant.TaskError, match="above the limit of 1 s"):
        model.run("kafka/0", "drill", wait=240)
    model.config("kafka", {"drill-rto-seconds": 0})
    assert not (storage / "rehearsal").exists()


def test_a_destroyed_broker_is_what_it_was(
    model: jubilant.Juju,
    uuid: str,
    access: pipeline.Credentials,
    backed_up: tuple[Writer, dict[tuple[int, int], Any]],
) -> None:
    written, before = backed_up
    with Writer(access, first=10_000_000) as later:
        later.progress(50)
    broker = one_of_unit("kafka/0", uuid, "kafka.Kafka")
    data = data_of(broker)
    broker.kill()
    for path in data.iterdir():
        subprocess.run(["rm", "-rf", str(path)], check=True)
    assert not list(data.glob("orders-*"))

    result = restored(model, confirm="kafka")
    assert int(result["partitions"]) >= 1 and int(result["groups"]) == 1
    model.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=1)
    # Two programs that know nothing of ours: a client, and Kafka's own.
    assert records(access) == before
    seen = read_all(access)
    assert set(seen) == set(written.acknowledged) and set(seen.values()) == {1}
    assert resumed(access) == (0, COMMITTED)
    assert noted(access) == "note"
    assert valid(data, "orders")
    with Writer(access, first=20_000_000) as again:
        again.progress(50)
    assert not list(data.parent.glob("kafka.re*"))


def test_the_minute_before_comes_back(model: jubilant.Juju, access: pipeline.Credentials) -> None:
    before = records(access)
    # The clock goes on, so that what comes now is later than all that is there.
    time.sleep(1.5)
    minute = datetime.datetime.now(datetime.timezone.utc).isoformat()
    time.sleep(1.5)
    with Writer(access, first=30_000_000) as nonsense:
        nonsense.progress(50)
    taken = back_up(model)
    result = restored(model, confirm="kafka", backup=taken, **{"to-time": minute})
    assert int(result["cut"]) >= 1
    model.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=1)
    assert records(access) == before


def test_what_a_killed_rehearsal_leaves_is_removed(
    model: jubilant.Juju, uuid: str, access: pipeline.Credentials
) -> None:
    storage = data_of(one_of_unit("kafka/0", uuid, "kafka.Kafka")).parent
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(model.cli, "run", "kafka/0", "drill")
        (broker,) = eventually(
            lambda: of_unit("kafka/0", uuid, "dataops.scratch="), 120, "it runs"
        )
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                environment = process.environ()
                ours = environment.get("JUJU_MODEL_UUID") == uuid
                if ours and environment.get("JUJU_ACTION_NAME") == "drill" and process != broker:
                    process.kill()
        with pytest.raises(jubilant.CLIError):
            running.result(120)
    assert runs(broker) and (storage / "rehearsal").exists()
    shown = model.run("kafka/0", "clear-rehearsal").results
    assert "was removed" in shown["summary"]
    assert not runs(broker) and not (storage / "rehearsal").exists()
    # The live broker was never meant.
    assert records(access)


def noted(access: pipeline.Credentials) -> str:
    """What the customer's group wrote beside its offset in partition 0."""
    consumer = Consumer({**access.client(), "group.id": access.group, "enable.auto.commit": False})
    try:
        (found,) = consumer.committed([TopicPartition(access.topic, 0)], timeout=60)
        return str(found.metadata)
    finally:
        consumer.close()


def resumed(access: pipeline.Credentials) -> tuple[int, int]:
    """The first record that the customer's group reads of partition 0."""
    consumer = Consumer({**access.client(), "group.id": access.group, "enable.auto.commit": False})
    try:
        consumer.assign([TopicPartition(access.topic, 0)])
        message = consumer.poll(60)
        assert message is not None and not message.error()
        return message.partition(), message.offset()
    finally:
        consumer.close()
