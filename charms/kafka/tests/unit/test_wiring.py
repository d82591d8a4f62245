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


class Charm(ops.CharmBase):
    def __init__(self, framework):
        super().__init__(framework)
        self.requirer, self.wanted = wiring.certificates(self, "10.0.0.1")


CONTEXT = testing.Context(Charm, meta=META)


def charm(**facts):
    return CONTEXT(CONTEXT.on.update_status(), testing.State(**facts))


def test_a_certificate_names_the_unit_and_its_address():
    with charm() as manager:
        wanted = manager.charm.wanted
        assert wanted.common_name == "kafka-0" and wanted.sans_ip == {"10.0.0.1"}


def test_the_own_broker_is_asked_first():
    relation = testing.PeerRelation("cluster", peers_data={1: {"address": "10.0.0.2"}, 2: {}})
    with charm(relations=[relation]) as manager:
        made = wiring.workload(manager.charm, "10.0.0.1", Peers(manager.charm, "cluster"))
        assert made.addresses == ("10.0.0.1", "10.0.0.2")
        assert made.broker.storage is None


def test_data_lies_in_the_storage():
    with charm(storages=[testing.Storage("data")]) as manager:
        made = wiring.workload(manager.charm, "10.0.0.1", Peers(manager.charm, "cluster"))
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
