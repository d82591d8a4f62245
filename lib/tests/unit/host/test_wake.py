# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What waits and then wakes the charm, with real processes, ports and files."""

import contextlib
import datetime
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dataops.host import _waiting, wake
from dataops.testing import FakeServices, eventually

HELLO = "app/0 JUJU_DISPATCH_PATH=hooks/update-status ./dispatch\n"


def woken_by(name):
    """What the bell hears from a service."""
    return HELLO.replace("JUJU_DISPATCH", f"{wake.WOKEN_BY}={name} JUJU_DISPATCH")


class Bell:
    """A `juju-exec` that writes down how it was called, and fails as often as it is told."""

    def __init__(self, directory: Path) -> None:
        self.rung = directory / "rung"
        self.failures = directory / "failures"
        self.program = directory / "juju-exec"
        self.program.write_text(
            f'#!/bin/sh\necho "$@" >> {self.rung}\n'
            f"[ -s {self.failures} ] || exit 0\nsed -i 1d {self.failures}\nexit 1\n"
        )
        self.program.chmod(0o755)

    def fail(self, times: int) -> None:
        self.failures.write_text("x\n" * times)

    @property
    def said(self) -> str:
        return self.rung.read_text() if self.rung.exists() else ""


@pytest.fixture
def bell(tmp_path, monkeypatch):
    bell = Bell(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return bell


@contextlib.contextmanager
def tls_port(directory: Path) -> Generator[int]:
    """A port of this machine that speaks TLS with anybody."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "app")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    pem = directory / "both.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    plain, _ = server.accept()
                    with contextlib.suppress(OSError), plain:
                        context.wrap_socket(plain, server_side=True).close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]


def test_a_call_is_an_update_status_of_the_unit(bell):
    assert wake.call("app/0", wake.juju_exec())
    assert bell.said == HELLO


def test_a_call_that_fails_is_repeated_until_it_succeeds(bell, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    bell.fail(2)
    assert wake.call("app/0", str(bell.program))
    assert bell.said == HELLO * 3


def test_a_call_without_patience_is_made_once(bell):
    bell.fail(2)
    assert not wake.call("app/0", str(bell.program), patience=0)
    assert bell.said == HELLO


def test_a_program_that_is_not_there_is_a_call_that_fails(tmp_path):
    assert not wake.call("app/0", str(tmp_path / "none"), patience=0)


def test_without_juju_on_the_path_its_usual_place_is_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert wake.juju_exec() == "/usr/bin/juju-exec"


def run(service) -> subprocess.Popen[bytes]:
    """The process of a service, with its own environment alone."""
    return subprocess.Popen(service.command, env=dict(service.environment))


def test_the_charm_is_woken_after_a_time(bell):
    services = FakeServices()
    wake.Waker(services, "app/0").after(0.2)
    wake.Waker(services, "app/0").after(0.2)
    assert services.journal == [("ensure", "wake-later"), ("start", "wake-later")]
    assert run(services.running["wake-later"]).wait(120) == 0
    assert bell.said == woken_by("wake-later")


def test_who_was_woken_may_ask_for_it_again(bell, monkeypatch):
    services = FakeServices()
    waker = wake.Waker(services, "app/0")
    waker.after(0.1)
    # Its process waits for the end of the hook that it has begun.
    monkeypatch.setenv(wake.WOKEN_BY, "wake-later")
    waker.after(0.1)
    waker.after(0.1)
    assert list(services.running) == ["wake-later", "wake-later-again"]
    assert run(services.running["wake-later-again"]).wait(120) == 0
    assert bell.said == woken_by("wake-later-again")
    services.end("wake-later")
    monkeypatch.setenv(wake.WOKEN_BY, "wake-later-again")
    waker.after(0.1)
    assert sorted(services.running) == ["wake-later", "wake-later-again"]
    monkeypatch.delenv(wake.WOKEN_BY)
    services.end("wake-later")
    waker.after(0.1)
    assert list(services.running) == ["wake-later-again"], "another hook need not ask for more"


def test_the_charm_is_woken_when_a_port_serves(bell, tmp_path):
    services = FakeServices()
    with tls_port(tmp_path) as port:
        wake.Waker(services, "app/0").when_serving("127.0.0.1", port)
        assert run(services.running["wake"]).wait(120) == 0
    assert bell.said == woken_by("wake")


def test_a_port_is_not_waited_for_for_ever():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert not _waiting.wait_until_serving("127.0.0.1", port, patience=0)


def test_the_charm_is_woken_when_a_field_that_matters_changes(bell, tmp_path):
    places = tmp_path / "run"
    places.mkdir()

    def say(state: str, batch: int) -> None:
        (places / "job.new").write_text(json.dumps({"state": state, "batch": batch}))
        (places / "job.new").rename(places / "job.json")

    say("starting", 0)
    known = _waiting.states(places, ("state", "reason"))
    assert known == {"job.json": ("starting", None)}
    say("starting", 5)
    assert _waiting.states(places, ("state", "reason")) == known
    service = wake.Waker(FakeServices(), "app/0").watcher("watch", places, "state", "reason")
    assert service.restart == "always"
    process = run(service)
    try:
        eventually(lambda: bell.said)
    finally:
        process.kill()
        process.wait()
    assert bell.said == woken_by("watch")


@pytest.mark.parametrize("text", ["", "[", "[]"])
def test_a_file_that_cannot_be_read_says_nothing(tmp_path, text):
    (tmp_path / "job.json").write_text(text)
    assert _waiting.states(tmp_path, ("state",)) == {"job.json": ()}


def test_what_waits_does_not_load_the_library():
    code = "import sys, dataops.host._waiting; sys.exit('ops' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
