# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Restores from an S3 server: given up twice, killed once, and into a new application."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jubilant
import psutil
import pytest

from tests.integration.clients import Writer
from tests.integration.processes import (
    eventually,
    kill,
    of_unit,
    one_of_unit,
    runs,
)
from tests.integration.test_restore import back_up, data_of, records, restored
from tools.demo import feed, pipeline

pytestmark = pytest.mark.long

CHARMS = Path(__file__).resolve().parents[2] / "charms"
BROKER, PLACING = "kafka.Kafka", "restoring.json"


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    """One broker, one customer, and a store that speaks https."""
    options = {
        "kafka": {"heap": "256m"},
        "data-access": {"topic": "orders", "extra-user-roles": "producer,consumer"},
    }
    for name in ("certificates", "kafka", "data-access", "object-storage"):
        charm = CHARMS / name / f"{name}_amd64.charm"
        juju.deploy(charm, name, config=options.get(name, {}))
    juju.integrate("kafka:certificates", "certificates:certificates")
    juju.integrate("object-storage:certificates", "certificates:certificates")
    juju.integrate("kafka:s3", "object-storage:s3")
    juju.integrate("data-access:kafka", "kafka:kafka-client")
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=400, delay=1)
    return juju


@pytest.fixture(scope="module")
def uuid(model: jubilant.Juju) -> str:
    return model.show_model().model_uuid


@pytest.fixture(scope="module")
def access(model: jubilant.Juju) -> pipeline.Credentials:
    found = pipeline.credentials(model, "data-access")
    feed.partitions(found)
    return found


@pytest.fixture(scope="module")
def backed_up(model: jubilant.Juju, access: pipeline.Credentials) -> dict[tuple[int, int], object]:
    """Every record that the newest backup has."""
    with Writer(access) as writer:
        writer.progress(300)
    before = records(access)
    back_up(model)
    return before


@contextlib.contextmanager
def restoring(model: jubilant.Juju) -> Iterator[None]:
    """A restore is asked for; it goes on by itself."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(model.run, "kafka/leader", "restore", {"confirm": "kafka"}, wait=120)
        yield
        asked.result()


def caught(uuid: str, marker: str, *others: psutil.Process) -> psutil.Process:
    """The first process of the unit that shows the marker, and is none of the others."""

    def seen() -> psutil.Process | None:
        found = [one for one in of_unit("kafka/0", uuid, marker) if one not in others]
        return found[0] if found else None

    return eventually(seen, 120, f"a process of {marker}", pause=0.02)


def test_a_restore_that_places_data_is_given_up(
    model: jubilant.Juju, uuid: str, access: pipeline.Credentials, backed_up: object
) -> None:
    broker = one_of_unit("kafka/0", uuid, BROKER)
    storage = data_of(broker).parent
    with Writer(access, first=10_000_000) as writer:
        with restoring(model):
            job = caught(uuid, PLACING)
            job.suspend()
        assert (storage / "kafka.restoring").exists()
        told = model.run("kafka/leader", "cancel-restore").results
        assert "given up" in told["summary"]
        eventually(lambda: not (storage / "kafka.restoring").exists(), 60, "nothing of it is left")
        writer.progress(50)
    assert not runs(job) and runs(broker)
    with pytest.raises(jubilant.TaskError, match=r"[Gg]iven up.*Nothing of kafka was changed"):
        model.run("kafka/leader", "restore", {"confirm": "kafka"})
    model.wait(jubilant.all_active, error=jubilant.any_error, timeout=120, delay=1)


def test_a_cluster_that_does_not_start_gives_the_old_one_back(
    model: jubilant.Juju, uuid: str, access: pipeline.Credentials, backed_up: object
) -> None:
    before = records(access)
    old = one_of_unit("kafka/0", uuid, BROKER)
    storage = data_of(old).parent
    others = of_unit("kafka/0", uuid, BROKER)
    with restoring(model):
        new = caught(uuid, BROKER, *others)
    # It stands still until it is killed: a cluster that never answers.
    new.suspend()
    try:
        assert (storage / "kafka.replaced").exists()
        with pytest.raises(jubilant.TaskError, match=r"waits for kafka/0.*undo=true"):
            model.run("kafka/leader", "cancel-restore", wait=120)
        told = model.run("kafka/leader", "cancel-restore", {"undo": True}, wait=120).results
        assert "takes up again" in told["summary"]
        eventually(lambda: not runs(new), 120, "the new broker ends")
    finally:
        if runs(new):
            new.resume()
    model.wait(jubilant.all_active, error=jubilant.any_error, timeout=200, delay=1)
    # Records that no backup has are there again.
    assert records(access) == before
    with Writer(access, first=20_000_000) as writer:
        writer.progress(50)
    assert not list(storage.glob("kafka.re*"))


def test_the_store_s_backup_comes_back_though_the_job_is_killed(
    model: jubilant.Juju,
    uuid: str,
    access: pipeline.Credentials,
    backed_up: dict[tuple[int, int], object],
) -> None:
    broker = one_of_unit("kafka/0", uuid, BROKER)
    data = data_of(broker)
    kill(broker)
    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(restored, model, confirm="kafka")
        first = caught(uuid, PLACING)
        kill(first)
        second = caught(uuid, PLACING, first)
        assert second.pid != first.pid
        result = ending.result()
    assert int(result["partitions"]) >= 1
    model.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=1)
    assert records(access) == backed_up
    with Writer(access, first=30_000_000) as writer:
        writer.progress(50)
    eventually(lambda: not list(data.parent.glob("kafka.re*")), 60, "nothing of it is left")


def test_a_new_application_takes_the_place_of_one_that_is_gone(
    model: jubilant.Juju, access: pipeline.Credentials
) -> None:
    before = records(access)
    back_up(model)
    source = model.run("kafka/leader", "describe-cluster").results["cluster-id"]
    key = backup_key(model)
    model.remove_application("kafka", destroy_storage=True, force=True)
    eventually(lambda: "kafka" not in model.status().apps, 200, "kafka is gone", pause=2)

    charm = CHARMS / "kafka" / "kafka_amd64.charm"
    model.deploy(charm, "events", config={"heap": "256m"})
    model.integrate("events:certificates", "certificates:certificates")
    model.integrate("events:s3", "object-storage:s3")
    model.wait(lambda status: jubilant.all_active(status, "events"), timeout=300, delay=1)
    with pytest.raises(jubilant.TaskError, match=f"clusters that have some there: .*{source}"):
        model.run("events/leader", "restore", wait=120)
    with pytest.raises(AssertionError, match=r"sealed with key \w+"):
        renewed(model, cluster=source)
    secret = model.add_secret("old-key", {"key": key})
    model.grant_secret("old-key", "events")
    model.config("events", {"backup-key": secret})
    assert int(renewed(model, cluster=source)["partitions"]) >= 1
    model.integrate("data-access:kafka", "events:kafka-client")
    model.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=1)
    again = pipeline.credentials(model, "data-access")
    assert records(again) == before
    with Writer(again, first=40_000_000) as writer:
        writer.progress(50)


def backup_key(model: jubilant.Juju) -> str:
    """What opens the backups, as its owner keeps it."""
    uri = model.run("kafka/leader", "export-backup-key").results["secret"]
    shown = json.loads(model.cli("show-secret", uri, "--reveal", "--format", "json"))
    return str(next(iter(shown.values()))["content"]["Data"]["key"])


def renewed(model: jubilant.Juju, **params: str) -> dict[str, str]:
    """A restore into the new application, from its start to its end."""

    def ended() -> dict[str, str] | None:
        try:
            found = model.run("events/leader", "restore", params, wait=120).results
        except jubilant.TaskError as error:
            return {"failed": str(error)}
        return None if found.get("status") == "running" else found

    found = eventually(ended, 300, "the end of the restore")
    assert "failed" not in found, found["failed"]
    return found
