# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A change of the shared secret, hook by hook, through the whole charm without processes."""

import dataclasses
import json

import pytest
from factory import SAMPLE
from ops import testing
from waking import Waking

import charm
import peers
from job_progress import Progress
from rpc_login import SilentError


class Machines:
    """Takes what each of its processes was started with."""

    def __init__(self, context, state):
        self.context, self.state = context, state
        self.silent = False
        self.stubborn = set()

    def wake(self):
        """Two hooks: what this unit has told of itself in the first is known in the second."""
        for _ in range(2):
            self.state = self.context.run(self.context.on.update_status(), self.state)

    def ask(self, **params):
        action = self.context.on.action("rotate-passwords", params=params)
        self.state = self.context.run(action, self.state)
        found = self.context.action_results
        return found.get("message") or found

    @property
    def content(self):
        (secret,) = self.state.secrets
        return secret.latest_content

    @property
    def agreement(self):
        (peers,) = (r for r in self.state.relations if r.endpoint == "peers")
        return json.loads(peers.local_app_data["agreement"])

    def accepts(self, address, port, secret):
        if self.silent:
            raise SilentError(f"{address}:{port}")
        return secret == self.content["secret"] or secret in self.stubborn

    def hear(self, **said):
        """Another unit says this."""
        (peers,) = (r for r in self.state.relations if r.endpoint == "peers")
        bag = {"address": "10.0.0.2", **said}
        heard = dataclasses.replace(peers, peers_data={1: bag})
        others = {r for r in self.state.relations if r.id != peers.id}
        self.state = dataclasses.replace(self.state, relations=others | {heard})


@pytest.fixture
def machines(charm_dir, fake_services, fake_packages, tmp_path, monkeypatch):
    empty = tmp_path / "empty"
    empty.touch()
    monkeypatch.setattr(charm.Jobs, "of", lambda _: Waking())
    state = testing.State(
        leader=True,
        config={"jobs": SAMPLE},
        relations={testing.PeerRelation("peers")},
        storages={testing.Storage("data")},
        resources={testing.Resource(name=name, path=empty) for name in ("spark", "script")},
    )
    made = Machines(testing.Context(charm.SparkCharm, charm_root=charm_dir), state)
    monkeypatch.setattr(peers, "accepts", made.accepts)
    made.wake()
    return made


def test_all_processes_begin_anew_and_the_old_secret_is_refused(machines, fake_services):
    before = machines.content["secret"]
    assert "new credentials are being made" in machines.ask()
    pids = {name: fake_services.state(name).pid for name in ("master", "worker")}
    machines.wake()
    assert machines.content["secret"] != before and "old" not in machines.content
    assert all(fake_services.state(name).pid not in (None, pid) for name, pid in pids.items())
    ended = machines.ask()
    (credential,) = json.loads(ended["credentials"])
    assert (credential["old"], credential["new"], credential["refused"]) == (
        "rpc.1",
        "rpc.2",
        True,
    )
    assert before not in json.dumps(machines.agreement)


@pytest.mark.parametrize("trouble", ["silent", "stubborn"])
def test_what_is_not_proved_has_not_ended(machines, trouble):
    before = machines.content["secret"]
    machines.silent, machines.stubborn = trouble == "silent", {before}
    machines.ask()
    machines.wake()
    assert "not every process is seen" in machines.ask()
    assert machines.content["old"] == before
    machines.silent, machines.stubborn = False, set()
    machines.wake()
    assert "credentials" in machines.ask()


def test_another_unit_is_waited_for_unless_by_force(machines):
    machines.hear(**{"works-with": "rpc.1"})
    machines.ask()
    machines.wake()
    assert "spark/1 has not taken its new credentials" in machines.ask()
    machines.ask(force=True)
    machines.wake()
    assert "credentials" in machines.ask(force=True)


def test_it_begins_only_while_every_job_runs(machines, monkeypatch):
    kafka = testing.Relation("kafka")
    machines.state = dataclasses.replace(
        machines.state, relations={*machines.state.relations, kafka}
    )
    with pytest.raises(testing.ActionFailed, match="flights-hourly is"):
        machines.ask()
    monkeypatch.setattr(charm.Workload, "progress", lambda *_: Progress(state="running"))
    assert "new credentials" in machines.ask()
