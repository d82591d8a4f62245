# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Backups of a live broker: while a customer writes, to a directory and to an S3 store."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jubilant
import pytest

from tests.integration import one_broker
from tests.integration.clients import Writer, nothing_lost, read_all
from tests.integration.operations import begin, ended
from tests.integration.processes import eventually, kill, of_unit, one_of_unit
from tools.demo import pipeline

LEADER = "kafka/leader"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where backups go at first."""
    return tmp_path_factory.mktemp("backups")


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju, place: Path) -> jubilant.Juju:
    """One broker, a customer from outside, day2, and a store that nobody is related to yet."""
    return one_broker.deploy(
        juju,
        ("object-storage:certificates", "certificates"),
        more={"object-storage": "object-storage"},
        kafka={"backup-directory": str(place)},
    )


@pytest.fixture(scope="module")
def writer(model: jubilant.Juju) -> Iterator[Writer]:
    """A customer who writes all the time, and loses nothing."""
    access = pipeline.credentials(model, "customer")
    with Writer(access) as busy:
        yield busy
    nothing_lost(busy, read_all(access))


def backed_up(model: jubilant.Juju) -> dict[str, Any]:
    """What the newest backup's operation and list say."""
    told = ended(model, begin(model, "create-backup", pace=0), 240)
    assert told["status"] == "completed", told
    return listed(model)[-1]


def listed(model: jubilant.Juju) -> list[dict[str, Any]]:
    results = model.run(LEADER, "list-backups", wait=120).results
    print(results["table"])
    return json.loads(results["backups"])


def stored(place: Path) -> dict[Path, int]:
    """Pieces of the records, and when each was written."""
    found = (path for path in place.rglob("segments/*/*") if path.is_file())
    return {path: path.stat().st_mtime_ns for path in found}


def test_a_backup_while_a_customer_writes_and_the_next_sends_what_is_new(
    model: jubilant.Juju, place: Path, writer: Writer
) -> None:
    writer.progress(2000)
    first = backed_up(model)
    assert (first["state"], first["verified"]) == ("good", "")
    before = stored(place)
    writer.progress(100)
    second = backed_up(model)
    assert first["bytes"] < second["bytes"]
    # What was sent once is never sent again, and nothing is sent that is not kept.
    after = stored(place)
    assert before.items() <= after.items()
    assert second["new-bytes"] == sum(path.stat().st_size for path in after.keys() - before)
    manifest = json.loads(next(place.rglob(f"{second['id']}/manifest.json")).read_bytes())
    ends = sum(one["end"] for one in manifest["partitions"] if one["topic"] == "orders")
    assert 2100 <= ends <= len(writer.acknowledged)
    assert "orders" in {topic["name"] for topic in manifest["topics"]}


def test_what_is_stored_is_read_back_and_a_flipped_bit_is_found(
    model: jubilant.Juju, place: Path, writer: Writer
) -> None:
    told = ended(model, begin(model, "verify-backup"), 120)
    assert told["status"] == "completed", told
    assert "well" in listed(model)[-1]["verified"]
    newest = listed(model)[-1]["id"]
    manifest = json.loads(next(place.rglob(f"{newest}/manifest.json")).read_bytes())
    orders = next(one for one in manifest["partitions"] if one["topic"] == "orders")
    piece = orders["segments"][0]["pieces"][0]
    (path,) = place.rglob(f"{piece['sha256']}*")
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(bytes(damaged))
    try:
        told = ended(model, begin(model, "verify-backup"), 120)
        assert told["status"] == "failed", told
        assert piece["sha256"] in json.dumps(told)
        assert "damaged" in listed(model)[-1]["verified"]
    finally:
        path.write_bytes(whole)


def test_no_secret_is_stored_in_clear_and_the_key_can_be_kept(
    model: jubilant.Juju, place: Path, writer: Writer
) -> None:
    exported = model.run(LEADER, "export-backup-key").results
    shown = json.loads(
        model.cli("show-secret", exported["secret"], "--reveal", "--format", "json")
    )
    key = next(iter(shown.values()))["content"]["Data"]["key"]
    everything = [path.read_bytes() for path in place.rglob("*") if path.is_file()]
    assert not any(key.encode() in one for one in everything)
    # Permissions name the customer's user; a backup's metadata is the one place that has them.
    user = pipeline.credentials(model, "customer").username
    assert not any(f"User:{user}".encode() in one for one in everything)
    assert key not in model.cli("debug-log", "--replay", "--no-tail")


def test_old_ones_go_and_the_last_good_one_stays(
    model: jubilant.Juju, place: Path, writer: Writer
) -> None:
    newest = listed(model)[-1]["id"]
    prune = {"keep-last": 1, "keep-days": 0}
    told = ended(model, begin(model, "prune-backups", **prune), 120)
    assert told["status"] == "completed", told
    assert [one["id"] for one in listed(model)] == [newest]
    told = ended(model, begin(model, "verify-backup", records=True), 120)
    assert told["status"] == "completed", told


def continuous(model: jubilant.Juju) -> list[str]:
    """Ids of the good backups that came by themselves."""
    found = (one for one in listed(model) if one["kind"] == "continuous")
    return [one["id"] for one in found if one["state"] == "good"]


def restorable(model: jubilant.Juju) -> float:
    """Up to when Prometheus is told that everything is safe; 0 while it is told nothing."""
    address = model.status().apps["kafka"].units["kafka/0"].public_address
    url = f"http://{address}:9101/metrics"
    with urllib.request.urlopen(url, timeout=30) as answer:
        text = answer.read().decode()
    found = re.search(r"^kafka_backup_restorable_timestamp_seconds (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def said(model: jubilant.Juju) -> str:
    return model.status().apps["kafka"].units["kafka/0"].workload_status.message


def test_backups_follow_each_other_whatever_is_killed_or_away(
    model: jubilant.Juju, place: Path, writer: Writer
) -> None:
    uuid = model.show_model().model_uuid
    model.config("kafka", {"continuous-backup-minutes": "1"})
    try:
        (first, *_) = eventually(lambda: continuous(model), 180, "a first backup")
        kill(one_of_unit("kafka/0", uuid, "-m continuous"))
        away = place.with_name("away")
        place.rename(away)
        try:
            eventually(lambda: f"{place}" in said(model), 180, "a word of the store")
        finally:
            away.rename(place)
        writer.progress(500)
        since = time.time()
        eventually(lambda: continuous(model)[-1] > first, 240, "the next backup")
        eventually(lambda: restorable(model) > since, 240, "a backup of all that was written")
        eventually(lambda: said(model) == "", 120, "an end of the complaint")
        told = ended(model, begin(model, "verify-backup"), 120)
        assert told["status"] == "completed", told
    finally:
        model.config("kafka", {"continuous-backup-minutes": "0"})
    eventually(lambda: not of_unit("kafka/0", uuid, "-m continuous"), 60, "its end")


def test_an_object_store_takes_the_place_of_the_directory(
    model: jubilant.Juju, writer: Writer
) -> None:
    model.integrate("kafka:s3", "object-storage:s3")
    model.wait(jubilant.all_active, error=jubilant.any_error, timeout=300, delay=2)
    first = backed_up(model)
    assert first["state"] == "good"
    assert [one["id"] for one in listed(model)] == [first["id"]]
    told = ended(model, begin(model, "verify-backup"), 120)
    assert told["status"] == "completed", told
    second = backed_up(model)
    assert first["bytes"] < second["bytes"]
    assert second["new-bytes"] < second["bytes"]
