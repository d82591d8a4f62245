# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The plan's own steps, against a real collector under a supervisor that behaves."""

import subprocess

import pytest

from archive import Archive
from dataops.host import services
from dataops.operations import OperationError
from dataops.snapshot.address import Collector
from dataops.snapshot.hand_over import HandOverError, hand_over
from dataops.testing import FakeJuju, FakeServices
from observed import Observed
from operations import close_collector, open_collector


class Running(FakeServices):
    """Services that are processes: what is restarted really listens."""

    def __init__(self):
        super().__init__()
        self.processes = {}

    def restart(self, name):
        super().restart(name)
        service = self.defined[name]
        self.processes[name] = subprocess.Popen(service.command, env=dict(service.environment))

    def stop(self, name, *, patience=None):
        super().stop(name)
        if process := self.processes.pop(name, None):
            process.kill()
            process.wait()


@pytest.fixture
def manager(monkeypatch):
    found = Running()
    monkeypatch.setattr(services, "manager", lambda paths, unit: found)
    monkeypatch.setattr(open_collector, "_PATIENCE_SECONDS", 60)
    yield found
    found.remove_all()


@pytest.fixture
def juju(tmp_path):
    return FakeJuju("day2/0", tmp_path / "workload")


def call(verb, juju, archive):
    facts = Observed(unit="day2/0", model="m", leader=True)
    return verb.perform(verb.context(facts, archive, {}, juju=juju))


def test_units_upload_until_it_is_closed(manager, juju, tmp_path):
    archive = Archive(tmp_path / "data", 7)
    opened = call(open_collector.VERB, juju, archive)
    endpoint, content = juju.shared[open_collector.LABEL]
    assert endpoint == "operations"
    assert opened.token == f"secret:{open_collector.LABEL}", "the result holds the URI alone"
    assert content["token"] not in opened.model_dump_json()
    for path in (tmp_path / "workload").rglob("*"):
        assert not path.is_file() or content["token"] not in path.read_text()
    where = Collector(
        address=opened.address, fingerprint=opened.fingerprint, token=content["token"]
    )
    upload = tmp_path / "upload"
    upload.write_bytes(b"content")
    hand_over(upload, "kafka/0", where, seconds=60)
    incoming = tmp_path / "data" / "incoming"
    assert (incoming / "kafka-0.tar.zst").read_bytes() == b"content"
    assert incoming.stat().st_mode & 0o777 == 0o700

    again = call(open_collector.VERB, juju, archive)
    assert again.fingerprint != opened.fingerprint
    assert not list(incoming.iterdir()), "nothing of an earlier operation is left"

    assert call(close_collector.VERB, juju, archive).closed
    assert not incoming.exists()
    assert not juju.shared
    assert not (tmp_path / "workload" / "collector").exists()
    with pytest.raises(HandOverError, match="cannot be reached"):
        hand_over(upload, "kafka/0", where, seconds=0.1)
    assert not call(close_collector.VERB, juju, archive).closed


def test_who_does_not_lead_leaves_the_token_alone(manager, tmp_path):
    juju = FakeJuju("day2/1", tmp_path / "workload", leader=False)
    juju.share({"token": "x"}, "operations", open_collector.LABEL)
    call(close_collector.VERB, juju, Archive(tmp_path / "data", 7))
    assert juju.shared


def test_one_that_does_not_start_says_where_to_look(monkeypatch, juju, tmp_path):
    monkeypatch.setattr(services, "manager", lambda paths, unit: FakeServices())
    monkeypatch.setattr(open_collector, "_PATIENCE_SECONDS", 0.2)
    with pytest.raises(OperationError, match=r"collector\.log on day2/0"):
        call(open_collector.VERB, juju, Archive(tmp_path / "data", 7))
    assert not juju.shared
