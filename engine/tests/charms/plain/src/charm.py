# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A charm that writes down every hook it runs, and does a little of everything."""

from __future__ import annotations

import os
import pathlib
import time

import ops

WATCHED = ("JUJU_RELATION_ID", "JUJU_REMOTE_APP", "JUJU_REMOTE_UNIT", "JUJU_DEPARTING_UNIT")


class Plain(ops.CharmBase):
    """Publishes `word` in every bag it may write to."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        self.path = os.environ.get("JUJU_DISPATCH_PATH", "")
        self.record("begin")
        for name, source in self.on.events().items():
            if name.endswith("_action"):
                continue
            if issubclass(source.event_type, ops.HookEvent):
                framework.observe(source, self._on_hook)
        framework.observe(self.on.greet_action, self._on_greet)
        framework.observe(self.on.boom_action, self._on_boom)
        framework.observe(self.on.refuse_action, self._on_refuse)
        framework.observe(self.on.wait_action, self._on_wait)
        framework.observe(self.on.collect_unit_status, self._on_collect_status)

    def record(self, what: str) -> None:
        seen = " ".join(os.environ[key] for key in WATCHED if os.environ.get(key))
        with (self.charm_dir / "trace").open("a") as file:
            file.write(f"{what} {self.path} {seen}".rstrip() + "\n")

    def _on_hook(self, event: ops.EventBase) -> None:
        word = str(self.config["word"])
        for relations in self.model.relations.values():
            for relation in relations:
                relation.data[self.unit]["word"] = word
                if self.unit.is_leader():
                    relation.data[self.app]["word"] = word
        if self.config["block"] == self.path:
            self._wait()
        if self.config["fail"] == self.path:
            raise RuntimeError("told to fail")
        self.record("end")

    def _wait(self) -> None:
        self.record("wait")
        go = pathlib.Path(self.charm_dir) / "go"
        while not go.exists():
            time.sleep(0.02)

    def _on_greet(self, event: ops.ActionEvent) -> None:
        event.log(f"greeting {event.params['name']}")
        event.set_results({"greeting": f"hello {event.params['name']}"})

    def _on_boom(self, event: ops.ActionEvent) -> None:
        raise RuntimeError("boom")

    def _on_refuse(self, event: ops.ActionEvent) -> None:
        event.fail("refused")

    def _on_wait(self, event: ops.ActionEvent) -> None:
        self._wait()

    def _on_collect_status(self, event: ops.CollectStatusEvent) -> None:
        event.add_status(ops.ActiveStatus(str(self.config["word"])))


if __name__ == "__main__":
    ops.main(Plain)
