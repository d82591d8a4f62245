# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import contextlib
import dataclasses
import socket
from types import SimpleNamespace

import pytest
from builders import observed
from test_inspection import FakeClient

import cluster as module
from dataops.operations import OperationError, Work
from dataops.snapshot.collect import Collection
from dataops.snapshot.package import unpack
from dataops.snapshot.redact import Redactor
from dataops.testing import FakeJuju
from operations.snapshot import VERB, gather

KEY = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49\n-----END PRIVATE KEY-----\n"
ADDRESSES = ("127.0.0.1", "10.0.0.2")


@pytest.fixture
def prepared(tmp_path):
    """The specification for these facts."""

    def prepare(facts=None, params=None, granted=None):
        facts = facts or observed(address="127.0.0.1", passwords={"relation-7": "hush-hush"})
        facts = dataclasses.replace(facts, tls=dataclasses.replace(facts.tls, keystore=KEY))
        juju = FakeJuju("kafka/0", tmp_path / "workload", granted)
        keys = SimpleNamespace(secrets=lambda: {"backup key": "sesame"})
        workload = SimpleNamespace(addresses=ADDRESSES, backup_keys=keys)
        context = VERB.context(facts, workload, params or {}, juju=juju)
        return VERB.prepare(context)

    return prepare


@pytest.fixture
def collection(tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    return Collection("kafka/0", place, Redactor([]))


@pytest.fixture
def cluster(monkeypatch):
    """Lets a cluster answer, or none."""

    def answer(client):
        @contextlib.contextmanager
        def administrator(addresses, etc):
            assert addresses == ADDRESSES
            yield SimpleNamespace(client=client) if client else None

        monkeypatch.setattr(module, "administrator", administrator)

    return answer


def test_the_job_gets_every_secret_and_never_shows_one(prepared):
    spec = prepared()
    assert {each.name for each in spec.secrets} == {
        "password of relation-7", "key of kafka/0", "backup key",
    }  # fmt: skip
    assert "hush-hush" not in repr(spec)
    assert "sesame" not in repr(spec)
    again = VERB.spec.model_validate(spec.model_dump(mode="json"))
    assert again == spec, "the job reads what the hook wrote"


def test_the_token_comes_by_its_uri(prepared):
    where = {"collector": "https://10.0.0.9:1", "fingerprint": "ab", "token": "secret:x"}
    spec = prepared(params=where, granted={"secret:x": {"token": "t0ken"}})
    assert spec.collector.token == "t0ken"
    assert "upload token" in {each.name for each in spec.secrets}
    with pytest.raises(OperationError, match="secret:x"):
        prepared(params=where)
    with pytest.raises(OperationError, match="or none of them"):
        prepared(params={"collector": "https://10.0.0.9:1"})


def test_collects_what_the_cluster_says_and_finds_what_is_wrong(prepared, collection, cluster):
    cluster(FakeClient())
    summary = gather(collection, prepared())
    assert summary == ("Kafka 4.3.1, broker 0: 1 of 3 brokers up, 1 of 2 partitions lack a copy")
    assert {piece.name for piece in collection.pieces} >= {
        "kafka/topics.json", "kafka/quorum.json", "kafka/groups.json", "kafka/reassignments.json",
    }  # fmt: skip
    assert [(each.severity, each.title) for each in collection.findings] == [
        ("critical", "2 of 3 brokers are not up"),
        ("critical", "1 partitions without a leader"),
        ("warning", "1 partitions lacking a copy"),
    ]


def test_the_brokers_that_are_not_up_are_named(prepared, collection, cluster):
    cluster(FakeClient())
    gather(collection, prepared().model_copy(update={"members": (0, 7, 9)}))
    assert collection.findings[0].detail == "down: kafka/7, kafka/9"


def test_a_dead_cluster_is_a_finding_and_no_failure(prepared, collection, cluster):
    cluster(None)
    assert "no broker answers" in gather(collection, prepared())
    assert [each.title for each in collection.findings] == ["no broker answers"]
    assert [gap.name for gap in collection.gaps] == ["kafka/metrics.txt"]


def test_as_an_action_the_archive_stays_on_the_unit_without_a_secret(
    prepared, cluster, tmp_path, monkeypatch
):
    monkeypatch.setattr(socket, "create_connection", refused)
    cluster(None)
    etc, log = tmp_path / "workload" / "etc", tmp_path / "workload" / "log"
    etc.mkdir(parents=True)
    log.mkdir()
    (etc / "keystore.pem").write_text(KEY)
    (etc / "server.properties").write_text("sasl.jaas=password=hush-hush;\nnode.id=0\n")
    (log / "server.log").write_text("2026-11-22T18:43:13.120Z INFO logs in with hush-hush\n")
    spec = prepared()
    result = VERB.work(Work(spec))
    assert not result.uploaded
    assert result.fetch == f"juju scp kafka/0:{result.archive} ."
    assert result.removed == 2
    place = tmp_path / "opened"
    files = {str(path.relative_to(place)): path for path in unpack_to(result.archive, place)}
    assert {"unit.json", "timeline.log", "config/server.properties"} <= set(files)
    assert "config/keystore.pem" not in files
    content = b"".join(path.read_bytes() for path in files.values())
    assert b"hush-hush" not in content
    assert b"MIGHAgEAMBMG" not in content
    assert b"kafka/0 logs/server.log:1 | 2026-11-22T18:43:13.120Z INFO logs in with [re" in content
    assert not (tmp_path / "workload" / "snapshot").exists()


def refused(*_, **__):
    raise ConnectionRefusedError


def unpack_to(archive, place):
    from pathlib import Path

    return unpack(Path(archive), place, 1 << 20)
