# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""prometheus_remote_write: where to send, and the rules that go along."""

import json

import ops
from ops import testing

from dataops.interfaces.prometheus_remote_write import RemoteWriteRequirer, RemoteWriteTarget

RULES = {"groups": [{"name": "g", "rules": []}]}
URL = "http://mimir.example/api/v1/push"


class Sender(ops.CharmBase):
    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        self.sender = RemoteWriteRequirer(self, "send-remote-write")
        framework.observe(self.on.update_status, self.reconcile)

    def reconcile(self, _: ops.EventBase):
        self.sender.publish(RULES)


def context():
    requires = {"send-remote-write": {"interface": "prometheus_remote_write"}}
    return testing.Context(Sender, meta={"name": "prometheus", "requires": requires})


def relation(units):
    bags = {number: {"remote_write": text} for number, text in units.items()}
    return testing.Relation("send-remote-write", remote_app_name="mimir", remote_units_data=bags)


def targets(units):
    scene = context()
    with scene(scene.on.update_status(), testing.State(relations=[relation(units)])) as manager:
        return manager.charm.sender.targets()


def test_each_address_is_sent_to_once():
    address = json.dumps({"url": URL})
    assert targets({1: address, 0: address}) == (RemoteWriteTarget("mimir/0", URL),)


def test_what_does_not_read_is_passed_over():
    assert targets({0: "", 1: "{", 2: '{"url": "ftp://x"}', 3: "{}"}) == ()


def test_the_leader_hands_over_the_rules():
    scene, ours = context(), relation({0: json.dumps({"url": URL})})
    out = scene.run(scene.on.update_status(), testing.State(leader=True, relations=[ours]))
    assert json.loads(out.get_relation(ours.id).local_app_data["alert_rules"]) == RULES
