# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole charm while its certificate changes: what is served is what lies on the disk."""

import json

from factory import SAMPLE
from ops import testing
from waking import Waking

from charm import Jobs, SparkCharm, Workload
from dataops.certificates import IdentityFiles, Served, parse
from dataops.certificates import renewal as module
from dataops.testing.authority import FakeAuthority
from job_progress import Progress


class Site:
    """A leader with a declared job; its provider signs what it is asked for."""

    def __init__(self, charm_dir, paths, services, tmp_path, monkeypatch):
        monkeypatch.setattr(Jobs, "of", lambda _: Waking())
        monkeypatch.setattr(module, "ask_port", self.ask)
        monkeypatch.setattr(module, "refusal", lambda address, port, trust: "")
        monkeypatch.setattr(Workload, "progress", lambda *_: Progress(state=self.job))
        empty = tmp_path / "empty"
        empty.touch()
        self.context = testing.Context(SparkCharm, charm_root=charm_dir)
        self.files, self.services = IdentityFiles(paths.etc, "pages"), services
        self.root, self.job, self.silent = FakeAuthority(), "running", set()
        self.monitoring = testing.Relation("monitoring")
        self.kafka, provider = testing.Relation("kafka"), testing.Relation("certificates")
        self.state = testing.State(
            leader=True,
            config={"jobs": SAMPLE},
            relations={testing.PeerRelation("peers"), self.monitoring, self.kafka, provider},
            storages={testing.Storage("data")},
            resources={testing.Resource(name=name, path=empty) for name in ("spark", "script")},
        )
        self.wake(self.context.on.relation_created(provider))
        self.wake()

    def ask(self, address, port):
        identity = self.files.read()
        return Served(parse(identity.chain)) if identity and port not in self.silent else None

    def wake(self, event=None):
        self.state = self.context.run(event or self.context.on.update_status(), self.state)

    def answered(self, **how):
        self.state = self.root.answer(self.state, **how)
        (relation,) = self.state.get_relations("certificates")
        self.wake(self.context.on.relation_changed(relation))

    def run(self, name="renew-certificates", **params):
        self.state = self.context.run(self.context.on.action(name, params=params), self.state)
        return self.context.action_results

    def started(self):
        """What was started since this was last asked."""
        found = {name for what, name in self.services.journal if what == "start"}
        self.services.journal.clear()
        return found

    def told(self, key):
        """What Prometheus is told."""
        return json.loads(self.state.get_relation(self.monitoring.id).local_app_data[key])

    @property
    def message(self):
        return self.state.unit_status.message

    @property
    def serial(self):
        return self.files.read().leaf.serial
