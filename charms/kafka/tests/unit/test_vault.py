# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import ops
from ops import testing

from vault import Vault


class Charm(ops.CharmBase):
    def __init__(self, framework):
        super().__init__(framework)
        for event in (self.on.install, self.on.start, self.on.stop):
            framework.observe(event, self._on_event)

    def _on_event(self, event):
        if isinstance(event, ops.StopEvent):
            return Vault(self.model).clear()
        first = isinstance(event, ops.InstallEvent)
        return Vault(self.model).keep({"relation-7": "a"} if first else {"relation-8": "b"})


def test_only_the_last_passwords_are_kept_and_none_after_clearing():
    context = testing.Context(Charm, meta={"name": "kafka"})
    out = context.run(context.on.install(), testing.State(leader=True))
    with context(context.on.start(), out) as manager:
        assert Vault(manager.charm.model).kept() == {"relation-7": "a"}
        out = manager.run()
    with context(context.on.stop(), out) as manager:
        assert Vault(manager.charm.model).kept() == {"relation-8": "b"}
        out = manager.run()
    assert not list(out.secrets)
    with context(context.on.stop(), out) as manager:
        assert Vault(manager.charm.model).kept() == {}
