# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import ops
from ops import testing

import wiring
from peers import Peers

META = {
    "name": "kafka",
    "peers": {"cluster": {"interface": "kafka_cluster"}},
    "requires": {"certificates": {"interface": "tls-certificates"}},
    "storage": {"data": {"type": "filesystem"}},
}

CONTEXT = testing.Context(ops.CharmBase, meta=META)


def charm(**facts):
    return CONTEXT(CONTEXT.on.update_status(), testing.State(**facts))


def test_the_own_broker_is_asked_first():
    relation = testing.PeerRelation("cluster", peers_data={1: {"address": "10.0.0.2"}, 2: {}})
    with charm(relations=[relation]) as manager:
        made = wiring.workload(manager.charm, "10.0.0.1", Peers(manager.charm, "cluster"), None)
        assert made.addresses == ("10.0.0.1", "10.0.0.2")
        assert made.broker.storage is None


def test_data_lies_in_the_storage():
    with charm(storages=[testing.Storage("data")]) as manager:
        made = wiring.workload(manager.charm, "10.0.0.1", Peers(manager.charm, "cluster"), None)
        assert made.broker.storage is not None
