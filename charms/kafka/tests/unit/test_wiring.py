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
    "resources": {"kafka": {"type": "file", "filename": "kafka.tar.gz"}},
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


def test_an_empty_resource_counts_as_none(tmp_path):
    path = tmp_path / "kafka.tar.gz"
    path.touch()
    resource = testing.Resource(name="kafka", path=path)
    with charm(resources=[resource]) as manager:
        assert wiring.archive(manager.charm) is None
        path.write_bytes(b"archive")
        assert wiring.archive(manager.charm) == path


def test_no_resource_means_maven(monkeypatch):
    def fetch(resources, name):
        raise ops.ModelError(f"resource {name} not found")

    monkeypatch.setattr(ops.model.Resources, "fetch", fetch)
    with charm() as manager:
        assert wiring.archive(manager.charm) is None
