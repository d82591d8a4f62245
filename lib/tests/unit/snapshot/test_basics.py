# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What every unit has, on a tree as a machine's."""

import datetime
import json
import os
import subprocess
from pathlib import Path

import pytest

from dataops.host.paths import UnitPaths
from dataops.snapshot import basics, processes
from dataops.snapshot.collect import Collection
from dataops.snapshot.collector import certificate
from dataops.snapshot.redact import Redactor, Secret
from dataops.testing import eventually


@pytest.fixture
def paths(tmp_path: Path) -> UnitPaths:
    found = UnitPaths(tmp_path / "var/lib/juju/agents/unit-kafka-0/workload")
    found.create()
    return found


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    (tmp_path / "place").mkdir()
    return Collection("kafka/0", tmp_path / "place", Redactor([]))


def test_logs_of_the_workload_the_services_and_juju(
    paths: UnitPaths, collection: Collection, tmp_path: Path
) -> None:
    juju = tmp_path / "var/log/juju/unit-kafka-0.log"
    juju.parent.mkdir(parents=True)
    juju.write_text("2026-11-22 18:43:13 INFO juju-log hello\n")
    (paths.log / "server.log").write_text("2026-11-22T18:43:13Z INFO up\n")
    now = datetime.datetime.now()
    killed = (
        f"{now:%Y-%m-%d %H:%M:%S},1 WARN exited: broker (terminated by SIGKILL; not expected)\n"
    )
    (paths.control / "supervisord.log").write_text(killed * 2)
    basics.logs(collection, paths)
    assert {log.name for log in collection.logs} == {
        "logs/juju.log", "logs/services.log", "logs/server.log",
    }  # fmt: skip
    assert {log.name for log in collection.logs if log.local} == {"logs/services.log"}
    (finding,) = collection.findings
    assert (finding.severity, finding.title) == ("critical", "broker ended by itself 2 times")
    assert "SIGKILL" in finding.detail
    assert collection.gaps == []


def test_of_private_keys_only_the_certificate(
    paths: UnitPaths, collection: Collection, tmp_path: Path
) -> None:
    public, private = certificate("10.0.0.1", days=3)
    (paths.etc / "keystore.pem").write_text(private + public)
    (paths.etc / "server.properties").write_text("node.id=0\n")
    (paths.etc / "huge").write_bytes(bytes(1 << 20))
    basics.configuration(collection, paths)
    place = tmp_path / "place"
    written = {str(p.relative_to(place)) for p in place.rglob("*") if p.is_file()}
    assert written == {"config/keystore.pem.json", "config/server.properties"}
    (described,) = json.loads((place / "config/keystore.pem.json").read_text())
    assert described["subject"] == "CN=snapshot collector"
    assert [gap.name for gap in collection.gaps] == ["config/huge"]
    assert [(each.severity, each.title) for each in collection.findings] == [
        ("warning", "a certificate expires soon")
    ]


def test_a_file_that_tells_more_than_a_key_is_there_without_it(
    paths: UnitPaths, tmp_path: Path
) -> None:
    """Kafka's clients keep certificates and keys within properties, each in one line."""
    public, private = certificate("10.0.0.1", days=30)
    (tmp_path / "place").mkdir()
    collection = Collection("spark/0", tmp_path / "place", Redactor([Secret("word", "hush-hush")]))
    cache = paths.etc / "job" / "__pycache__"
    cache.mkdir(parents=True)
    (cache / "runner.pyc").write_bytes(b"\x00")
    lines = {"login": "user=u password=hush-hush", "ca": public, "key": private, "acks": "all"}
    escaped = {name: value.replace("\n", "\\n") for name, value in lines.items()}
    text = "".join(f"{name}={value}\n" for name, value in escaped.items())
    (paths.etc / "job" / "kafka-c661b8ae.properties").write_text(text)
    basics.configuration(collection, paths)
    place = tmp_path / "place" / "config" / "job"
    name = "kafka-c661b8ae.properties"
    assert {path.name for path in place.iterdir()} == {name, f"{name}.json"}
    kept = (place / name).read_text()
    assert escaped["ca"] in kept
    assert "acks=all" in kept
    assert "user=u password=[redacted: word]" in kept
    assert "key=[redacted: private key]" in kept
    assert not [line for line in private.splitlines()[1:-1] if line in kept]
    (described,) = json.loads((place / f"{name}.json").read_text())
    assert described["subject"] == "CN=snapshot collector"
    assert collection.gaps == []


def test_the_machine_and_the_units_own_processes(
    paths: UnitPaths, collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUJU_MODEL_UUID", raising=False)
    environment = {"JUJU_UNIT_NAME": "kafka/0", "PATH": os.environ["PATH"]}
    sleeping = subprocess.Popen(["sleep", "61.5"], env=environment)
    try:
        # Only once its program runs does the kernel show a process's environment and arguments.
        eventually(lambda: sleeping.pid in processes.of_unit("kafka/0"))
        basics.machine(collection, paths)
        assert sleeping.pid not in processes.of_unit("kafka/1")
    finally:
        sleeping.kill()
        sleeping.wait()
    table = (tmp_path / "place/machine/processes.txt").read_text()
    assert "sleep 61.5" in table
    assert (tmp_path / "place/machine/disks.txt").exists()
    assert (tmp_path / "place/machine/meminfo.txt").exists()
