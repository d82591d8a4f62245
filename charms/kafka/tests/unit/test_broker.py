# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
import socket
import subprocess
import sys

import pytest

import broker as module
from broker import Broker, BrokerError
from dataops.host.packages import PackageError
from dataops.host.paths import UnitPaths
from dataops.testing import FakePackages, FakeServices
from listeners import INTERNAL_PORT


@pytest.fixture
def packages(monkeypatch):
    return FakePackages().patch(monkeypatch)


@pytest.fixture
def broker(tmp_path, packages):
    """A broker on an address of its own, with Kafka installed by a fake Maven."""
    storage = tmp_path / "storage"
    (storage / "kafka").mkdir(parents=True)
    paths = UnitPaths.beside(tmp_path / "charm")
    made = Broker(paths, FakeServices(), None, storage, "127.45.200.1")
    made.install(None)
    (libraries,) = paths.bin.glob("kafka-*/libs")
    (libraries / "jmx_prometheus_javaagent-1.0.1.jar").touch()
    (libraries / "kafka_2.13-4.3.1.jar").touch()
    return made


def test_kafka_comes_from_maven_once(broker):
    assert not broker.install(None)
    assert broker.facts().version and broker.facts().release == "4.3.1"


def test_an_attached_archive_takes_maven_s_place(broker, tmp_path):
    archive = tmp_path / "kafka.tar.gz"
    archive.write_bytes(b"archive")
    before = broker.facts().version
    assert broker.install(archive)
    assert broker.facts().version != before


def test_no_java_says_what_to_do(tmp_path, packages):
    packages.java = None
    paths = UnitPaths.beside(tmp_path / "charm")
    with pytest.raises(PackageError, match=r"openjdk|Java"):
        Broker(paths, FakeServices(), None, tmp_path, "127.45.200.1").install(None)


def test_keys_are_for_the_broker_s_user_only(broker):
    assert broker.configure({"server.properties": "a=b"}, {"keystore.pem": "KEY"})
    assert (broker.paths.etc / "keystore.pem").stat().st_mode & 0o777 == 0o600
    assert not broker.configure({"server.properties": "a=b"}, {"keystore.pem": "KEY"})


def test_a_start_is_one_start(broker):
    assert broker.start("512m", "abc")
    service = broker.services.running["broker"]
    assert "-Xmx512m" in service.command and "-Ddataops.settings=abc" in service.command
    assert service.restart == "always"


def test_no_secret_is_an_argument(broker):
    broker.configure({}, {"keystore.pem": "HUSH"})
    broker.start("512m", "abc")
    assert "HUSH" not in " ".join(broker.services.running["broker"].command)


def test_new_settings_restart_a_running_broker(broker, monkeypatch):
    broker.start("512m", "abc")
    monkeypatch.setattr(module, "_started_with", lambda pid: "abc")
    assert not broker.start("512m", "abc")
    assert broker.start("1g", "def")
    assert broker.services.journal[-1] == ("restart", "broker")


def test_a_taken_port_is_named(broker):
    with (
        socket.create_server((broker.address, INTERNAL_PORT)),
        pytest.raises(BrokerError, match=rf"port {INTERNAL_PORT} on 127.45.200.1 is taken.*ss -l"),
    ):
        broker.start("512m", "abc")
    assert "broker" not in broker.services.running


def test_a_foreign_address_is_named(broker):
    elsewhere = dataclasses.replace(broker, address="192.0.2.1")
    with pytest.raises(BrokerError, match=r"no address 192\.0\.2\.1"):
        elsewhere.start("512m", "abc")


def test_a_full_disk_is_named(broker, monkeypatch):
    usage = module.shutil.disk_usage(broker.data)
    full = usage._replace(free=10 << 20)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda path: full)
    with pytest.raises(BrokerError, match="disk full: 10 MiB free"):
        broker.start("512m", "abc")
    assert broker.facts().free == 10 << 20


def test_the_cluster_of_the_storage_is_read_from_it(broker):
    assert broker.facts().cluster_id == ""
    (broker.data / "meta.properties").write_text("version=1\ncluster.id=abc\nnode.id=0\n")
    assert broker.facts().cluster_id == "abc"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("java.io.IOException: No space left on device", "disk full"),
        ("Could not reserve enough space for object heap", "lower `heap`"),
        ("java.lang.OutOfMemoryError: Java heap space", "juju config <app> heap"),
    ],
)
def test_a_broker_that_ends_says_why(broker, line, words):
    (broker.paths.log / "broker.log").write_text(f"something\n{line}\nmore\n")
    assert words in broker.facts().complaint


def test_a_running_process_tells_its_settings():
    code = "import time; print('up', flush=True); time.sleep(60)"
    sleeper = [sys.executable, "-c", code, "-Ddataops.settings=abc"]
    with subprocess.Popen(sleeper, stdout=subprocess.PIPE) as process:
        # A process that has only just begun has no arguments yet.
        assert process.stdout.readline() == b"up\n"
        assert module._started_with(process.pid) == "abc"
        process.kill()
    assert module._started_with(process.pid) == ""
    assert module._started_with(None) == ""


def test_leaving_removes_the_programs_and_keeps_the_data(broker):
    broker.start("512m", "abc")
    broker.remove()
    assert not broker.services.running
    assert not broker.paths.root.exists() and broker.data.exists()


def test_waking_is_a_service_that_runs_once(broker):
    broker.wake_when_listening("kafka/0")
    service = broker.services.running["wake"]
    assert service.restart == "no" and "kafka/0" in service.command


def test_data_is_below_the_storage_not_its_root(broker):
    assert broker.data == broker.storage / "kafka"
    homeless = dataclasses.replace(broker, storage=None)
    assert homeless.data.is_relative_to(broker.paths.root)
