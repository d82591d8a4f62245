# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The effects on a machine that behaves."""

import os
import stat
import time

from cryptography.hazmat.primitives.serialization import pkcs12
from samples import certificate, tls

from keyring import Key, Keyring
from plan import Install, Retire, plan


def serve(facts, **changes):
    return plan(facts(**changes))[-1]


def test_the_store_runs_with_a_file_for_each_key(machine, facts):
    machine.server.converge(plan(facts()))
    assert machine.services.journal[-1] == ("restart", "s3proxy")
    assert [s["s3proxy.identity"] for s in machine.settings] == ["DOADMIN", "DOSEVEN"]
    assert {s["s3proxy.authorization"] for s in machine.settings} == {"aws-v4"}
    assert {s["s3proxy.endpoint"] for s in machine.settings} == {"http://127.0.0.1:9000"}
    assert (machine.data / "buckets" / "dataops").is_dir()
    command = " ".join(machine.services.running["s3proxy"].command)
    # Everybody on the machine reads a command.
    assert "-secret" not in command and command.count("--properties") == 2
    for path in machine.paths.etc.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_time_changes_nothing(machine, facts):
    machine.server.converge(plan(facts()))
    before = list(machine.services.journal)
    machine.server.converge(plan(facts()))
    assert machine.services.journal == before


def test_a_store_that_died_is_started(machine, facts):
    machine.server.converge(plan(facts()))
    machine.services.stop("s3proxy")
    machine.server.converge(plan(facts()))
    assert machine.services.journal[-1] == ("restart", "s3proxy")


def test_whoever_looks_too_early_looks_again_until_it_listens(machine, facts, monkeypatch):
    heard = []
    monkeypatch.setattr("server._listens", lambda *where: bool(heard))
    machine.server.converge(plan(facts()))
    (soon,) = machine.waker.asked
    for looks in (2, 3):
        machine.server.converge(plan(facts()))
        # A store that never listens must not keep the unit busy.
        assert len(machine.waker.asked) == looks and machine.waker.asked[-1] > soon
    heard.append("it")
    machine.server.converge(plan(facts()))
    assert len(machine.waker.asked) == 3


def test_a_port_that_somebody_else_has_is_named(machine, facts):
    machine.taken = "Address already in use"
    machine.server.converge(plan(facts()))
    assert "s3proxy" not in machine.services.running
    condition = machine.server.condition("127.0.0.1", 9000, None)
    assert "Port 9000 of 127.0.0.1 is taken" in condition.failure
    # What serves has it itself.
    machine.taken = ""
    machine.server.converge(plan(facts()))
    machine.taken = "Address already in use"
    machine.server.converge(plan(facts()))
    assert not machine.server.condition("127.0.0.1", 9000, None).failure


def test_a_key_that_goes_is_not_accepted_any_more(machine, facts):
    machine.server.converge(plan(facts()))
    alone = Keyring({"admin": Key("DOADMIN", "admin-secret")})
    machine.server.converge(plan(facts(keyring=alone)))
    assert [s["s3proxy.identity"] for s in machine.settings] == ["DOADMIN"]
    assert machine.services.running["s3proxy"].command.count("--properties") == 1


def test_a_bucket_stays_when_nobody_asks_for_it_any_more(machine, facts, request_of):
    machine.server.converge(plan(facts(requests=(request_of(bucket="mine"),))))
    machine.server.converge(plan(facts()))
    assert (machine.data / "buckets" / "mine").is_dir()


def test_parts_of_uploads_that_nobody_completes_are_removed(machine, facts):
    machine.server.converge(plan(facts()))
    bucket = machine.data / "buckets" / "dataops"
    (bucket / ".mpus-1-key-1").touch()
    (bucket / ".mpus-2-key-1").touch()
    yesterday = time.time() - 25 * 3600
    os.utime(bucket / ".mpus-1-key-1", (yesterday, yesterday))
    machine.server.converge(plan(facts()))
    assert [path.name for path in bucket.iterdir()] == [".mpus-2-key-1"]


def test_with_a_certificate_it_serves_https_alone(machine, facts):
    given = certificate()
    machine.server.converge(plan(facts(tls=tls(given))))
    (first, _) = machine.settings
    assert first["s3proxy.secure-endpoint"] == "https://127.0.0.1:9000"
    assert "s3proxy.endpoint" not in first
    content = (machine.paths.etc / "keystore.p12").read_bytes()
    password = first["s3proxy.keystore-password"].encode()
    key, leaf, _ = pkcs12.load_key_and_certificates(content, password)
    assert key is not None and leaf is not None

    before = list(machine.services.journal)
    machine.server.converge(plan(facts(tls=tls(given))))
    assert machine.services.journal == before
    machine.server.converge(plan(facts(tls=tls())))
    assert len(machine.services.journal) > len(before)
    machine.server.converge(plan(facts()))
    assert not (machine.paths.etc / "keystore.p12").exists()


def test_what_cannot_be_had_is_named(machine, facts):
    machine.packages.reachable = False
    machine.server.converge(plan(facts()))
    condition = machine.server.condition("127.0.0.1", 9000, machine.data)
    assert "Cannot fetch" in condition.failure and not condition.running


def test_an_archive_without_the_program_is_named(machine, facts, tmp_path):
    archive = tmp_path / "s3proxy.tar.gz"
    archive.write_bytes(b"x")
    (jar,) = (machine.paths.root / "s3proxy" / "libs").iterdir()
    jar.unlink()
    machine.server.converge(plan(facts(archive=archive)))
    assert "holds no libs/*.jar" in machine.server.condition("127.0.0.1", 1, None).failure


def test_its_condition(machine, facts):
    machine.server.converge(plan(facts()))
    condition = machine.server.condition("127.0.0.1", 1, machine.data)
    assert (condition.version, condition.running) == ("4.1.0", True)
    assert not condition.listening
    assert condition.free


def test_a_departure_leaves_the_objects(machine, facts):
    machine.server.converge(plan(facts()))
    machine.server.converge((Retire(),))
    assert not machine.services.running and not machine.paths.root.exists()
    assert (machine.data / "buckets").is_dir()


def test_a_disk_without_permissions_is_named(machine, facts, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, os.strerror(13), "/data/buckets")

    monkeypatch.setattr("server.ensure_directory", refuse)
    machine.server.converge([Install(None), serve(facts)])
    failure = machine.server.condition("127.0.0.1", 1, None).failure
    assert failure == "Permission denied: /data/buckets; make room or permissions there"


def test_a_program_that_is_not_there_is_not_started(machine, facts):
    (jar,) = (machine.paths.root / "s3proxy" / "libs").iterdir()
    jar.unlink()
    machine.server.converge([serve(facts)])
    assert "is not installed" in machine.server.condition("127.0.0.1", 1, None).failure
