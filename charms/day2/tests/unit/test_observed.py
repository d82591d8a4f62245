# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

import ops
import ops.testing
import pytest
from world import NOON

from dataops.interfaces.kafka_client import KafkaClientRequirer
from journal import Kind, append, to_text
from observed import ACCESS, CANARY, REQUESTS, Observed

META = {
    "name": "day2",
    "requires": {
        "operations": {"interface": "dataops_operations"},
        "kafka": {"interface": "kafka_client"},
        "prometheus": {"interface": "prometheus_api"},
        "s3": {"interface": "s3"},
    },
    "peers": {"peers": {"interface": "day2_peers"}},
    "storage": {"data": {"type": "filesystem"}},
}


class Charm(ops.CharmBase):
    def __init__(self, framework):
        super().__init__(framework)
        KafkaClientRequirer(self, "kafka", REQUESTS).publish()


def observe(**state) -> Observed:
    context = ops.testing.Context(Charm, meta=META)
    with context(context.on.update_status(), ops.testing.State(**state)) as manager:
        return Observed.read(manager.charm)


def test_alone_it_knows_little():
    observed = observe(leader=True)
    assert (observed.unit, observed.application, observed.leader) == ("day2/0", "day2", True)
    assert (observed.kafka, observed.prometheus, observed.storage) == (None, None, None)
    assert not observed.kafka_related


@pytest.mark.parametrize("leader", [True, False])
def test_every_unit_reads_the_journal_of_the_peers(leader):
    journal = append((), NOON, Kind.REQUESTED, 1, {})
    peers = ops.testing.PeerRelation("peers", local_app_data={"journal": to_text(journal)})
    assert observe(leader=leader, relations=[peers]).journal == journal


def test_its_own_place_in_the_store_is_named_after_the_model():
    bag = {"bucket": "b", "path": "team", "access-key": "AKID", "secret-key": "hush"}
    store = ops.testing.Relation("s3", remote_app_data=bag)
    model = ops.testing.Model(name="m", uuid="00000000-0000-4000-8000-000000000001")
    observed = observe(leader=True, relations=[store], model=model)
    assert observed.own_store.path == "team/day2/00000000-0000-4000-8000-000000000001/day2"
    assert observed.store.path == "team"
    assert "hush" not in repr(observed)


def test_what_others_grant_is_read():
    secret = ops.testing.Secret({"username": "relation-1", "password": "hush"}, label="u")
    granted = {"request-id": ACCESS.request_id, "endpoints": "a:1", "secret-user": secret.id}
    other = granted | {"request-id": CANARY.request_id, "endpoints": "b:2"}
    kafka = ops.testing.Relation(
        "kafka", remote_app_data={"version": "v1", "requests": json.dumps([granted, other])}
    )
    prometheus = ops.testing.Relation(
        "prometheus", remote_app_data={"direct_url": "https://10.0.0.1:9090/", "ca": "PEM"}
    )
    storage = ops.testing.Storage("data")
    observed = observe(
        leader=True, relations=[kafka, prometheus], secrets=[secret], storages=[storage]
    )
    assert (observed.kafka.endpoints, observed.canary.endpoints) == ("a:1", "b:2")
    assert (observed.prometheus.url, observed.prometheus.ca) == ("https://10.0.0.1:9090", "PEM")
    assert observed.storage is not None
    assert "hush" not in repr(observed)
