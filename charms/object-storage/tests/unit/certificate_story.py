# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole charm while its certificate changes, on a machine that behaves."""

import datetime

from conftest import CHARM
from ops import testing

import charm
from dataops import jobs
from dataops.certificates import Served, parse
from dataops.certificates import renewal as module
from dataops.host import services
from dataops.host.processes import Process
from dataops.testing.authority import FakeAuthority
from server import Server

DAY = datetime.timedelta(days=1)


class Story:
    """A store with a customer, over several hooks; its port serves what its process was told."""

    def __init__(self, machine, monkeypatch):
        self.machine = machine
        monkeypatch.setattr(services, "manager", lambda *_: machine.services)
        monkeypatch.setattr(jobs, "manager", lambda *_: machine.services)
        monkeypatch.setattr(charm, "Waker", lambda *_: machine.waker)
        monkeypatch.setattr("server._listens", lambda *_: "s3proxy" in machine.services.running)
        monkeypatch.setattr(charm.UnitPaths, "of", lambda _: machine.paths)
        monkeypatch.setattr(module, "ask_port", self.ask)
        monkeypatch.setattr(module, "refusal", lambda address, port, trust: "")
        starts = lambda: sum("s3proxy" in str(one) for one in machine.services.journal)  # noqa: E731
        process = property(lambda _: Process(starts(), 1.0))
        monkeypatch.setattr(Server, "process", process)
        self.context = testing.Context(charm.ObjectStorageCharm, charm_root=CHARM)
        self.root = FakeAuthority()
        relation = testing.Relation("certificates")
        kafka = {"requested-secrets": '["access-key", "secret-key", "tls-ca"]'}
        customer = testing.Relation("s3", remote_app_name="kafka", remote_app_data=kafka)
        self.customer = customer.id
        self.state = testing.State(
            leader=True, planned_units=1, relations=[relation, customer],
            storages={testing.Storage("data")},
            resources={testing.Resource(name="s3proxy", path="/dev/null")},
        )  # fmt: skip
        self.wake(self.context.on.relation_created(relation))
        self.answered()

    def ask(self, address, port):
        identity = self.files.read()
        assert (address, port) == ("192.0.2.0", 9000)
        return Served(parse(identity.chain)) if identity else None

    def wake(self, event=None):
        self.state = self.context.run(event or self.context.on.update_status(), self.state)

    def answered(self, **how):
        self.state = self.root.answer(self.state, **how)
        self.wake()

    def run(self, name="renew-certificates", **params):
        self.state = self.context.run(self.context.on.action(name, params=params), self.state)
        return self.context.action_results

    @property
    def files(self):
        return Server(self.machine.paths, None, None, None).identity

    @property
    def serial(self):
        return self.files.read().leaf.serial

    @property
    def message(self):
        return self.state.unit_status.message
