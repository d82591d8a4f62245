# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole charm while its certificate changes: what is served is what lies on the disk."""

from ops import testing
from story import Story

from dataops.certificates import Served, parse
from dataops.certificates import renewal as module
from dataops.testing.authority import FakeAuthority


class Site(Story):
    """A deployment whose provider signs what it is asked for."""

    def __init__(self, context, bridge, monkeypatch):
        monkeypatch.setattr(module, "ask_port", self.ask)
        monkeypatch.setattr(module, "refusal", lambda address, port, trust: "")
        super().__init__(context, bridge)
        self.root, relation = FakeAuthority(), testing.Relation("certificates")
        self.replace(relation)
        self.wake(context.on.relation_created(relation))
        self.answered()

    def ask(self, address, port):
        identity = self.bridge.files.read()
        assert (address, port) == ("192.0.2.0", 9090)
        return Served(parse(identity.chain)) if identity else None

    def answered(self, **how):
        self.state = self.root.answer(self.state, **how)
        (relation,) = self.state.get_relations("certificates")
        self.wake(self.context.on.relation_changed(relation))

    def run(self, name="renew-certificates", **params):
        self.state = self.context.run(self.context.on.action(name, params=params), self.state)
        return self.context.action_results

    @property
    def message(self):
        return self.state.unit_status.message

    @property
    def serial(self):
        return self.bridge.files.read().leaf.serial
