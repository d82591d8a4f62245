# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the charm's sources where Juju puts them; facts and a machine for every test."""

import pathlib
import sys

import pytest

UNIT = pathlib.Path(__file__).parent
CHARM = UNIT.parents[1]
sys.path[:0] = [str(CHARM / "src"), str(UNIT)]

from dataops.host.paths import UnitPaths  # noqa: E402  only now ours can be found
from dataops.testing import FakePackages, FakeServices  # noqa: E402


class FakeWaker:
    """Remembers when the charm is to be called."""

    def __init__(self):
        self.asked = []

    def after(self, seconds):
        self.asked.append(seconds)


class Machine:
    """A machine with a service manager, package sources, and a place for files."""

    def __init__(self, root, monkeypatch):
        from server import Server

        # Other tests of this host may have the port that every store has.
        self.taken = ""
        monkeypatch.setattr("server.bind_failure", lambda *_: self.taken)
        self.services = FakeServices()
        self.packages = FakePackages().patch(monkeypatch)
        self.waker = FakeWaker()
        self.paths = UnitPaths(root / "workload")
        self.data = root / "data"
        self.data.mkdir()
        # As Maven would leave it.
        libs = self.paths.root / "s3proxy" / "libs"
        libs.mkdir(parents=True)
        (libs / "s3proxy-4.1.0-jar-with-dependencies.jar").touch()
        self.server = Server(self.paths, self.services, self.waker, CHARM / "pom.xml")

    @property
    def settings(self):
        """Of each key that is let in, the lines of its file."""
        files = sorted(self.paths.etc.glob("key-*.properties"))
        return [dict(line.split("=", 1) for line in f.read_text().splitlines()) for f in files]


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return Machine(tmp_path, monkeypatch)


@pytest.fixture
def facts(tmp_path):
    """Makes facts: of a leader with keys and storage, unless told otherwise."""
    from keyring import Key, Keyring
    from observed import Config, Observed

    keys = {"admin": Key("DOADMIN", "admin-secret"), "relation-7": Key("DOSEVEN", "seven-secret")}

    def make(**changes):
        given = {
            "unit": "object-storage/0",
            "address": "127.0.0.1",
            "paths": UnitPaths(tmp_path / "workload"),
            "leader": True,
            "config": Config(),
            "keyring": Keyring(keys),
            "data": tmp_path / "data",
            "now": 1000.0,
        }
        return Observed(**{**given, **changes})

    return make


@pytest.fixture
def request_of():
    """Makes requests."""
    from dataops.interfaces.s3 import BucketRequest

    def make(relation_id=7, **more):
        sound = {"application": "kafka", "version": "v1"}
        return BucketRequest(relation_id=relation_id, **{**sound, **more})

    return make
