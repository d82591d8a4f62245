# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

import ops
import ops.testing
import pytest

from dataops.operations import Juju, OperationError

META = {
    "name": "kafka",
    "requires": {"operations": {"interface": "x"}},
    "peers": {"cluster": {"interface": "y"}},
    "storage": {"data": {"type": "filesystem"}},
}


class Charm(ops.CharmBase):
    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        self.juju = Juju(self)


@pytest.fixture
def context():
    return ops.testing.Context(
        Charm, meta=META, config={"options": {"heap": {"type": "string", "default": "1g"}}}
    )


def test_describes_the_model_as_this_unit_sees_it(context):
    relation = ops.testing.Relation(
        "operations",
        remote_app_name="day2",
        remote_app_data={"task": "x" * 5000},
        remote_units_data={0: {"outcome": "{}"}},
        local_unit_data={"address": "10.1.2.3"},
    )
    peers = ops.testing.PeerRelation("cluster", local_app_data={"cluster-id": "abc"})
    state = ops.testing.State(leader=True, relations={relation, peers})
    with context(context.on.update_status(), state) as manager:
        view = manager.charm.juju.view()
    json.dumps(view)
    assert view["unit"] == "kafka/0"
    assert view["config"] == {"heap": "1g"}
    (seen,) = view["relations"]["operations"]
    assert seen["application"] == "day2"
    assert seen["bags"]["kafka/0"] == {"address": "10.1.2.3"}
    assert seen["bags"]["day2/0"]["outcome"] == "{}"
    assert seen["bags"]["day2"]["task"].endswith("xxx... (5000 characters)")
    (own,) = view["relations"]["cluster"]
    assert own["bags"]["kafka"] == {"cluster-id": "abc"}


def test_who_does_not_lead_does_not_look_into_the_applications_own_bag(context):
    peers = ops.testing.PeerRelation("cluster", local_app_data={"cluster-id": "abc"})
    state = ops.testing.State(leader=False, relations={peers})
    with context(context.on.update_status(), state) as manager:
        view = manager.charm.juju.view()
    assert view["status"]["application"] is None
    assert list(view["relations"]["cluster"][0]["bags"]) == ["kafka/0"]


def test_reads_a_secret_that_was_granted(context):
    secret = ops.testing.Secret({"token": "t0ken"}, owner=None)
    with context(context.on.update_status(), ops.testing.State(secrets={secret})) as manager:
        assert manager.charm.juju.secret(secret.id) == {"token": "t0ken"}
        with pytest.raises(OperationError, match="must grant it to kafka"):
            manager.charm.juju.secret("secret:9m4e2mr0ui3e8a215n4g")


def test_shares_a_secret_with_everyone_related_and_takes_it_back(context):
    relations = [ops.testing.Relation("operations", remote_app_name=n) for n in ("a", "b")]
    state = ops.testing.State(leader=True, relations=set(relations))
    with context(context.on.update_status(), state) as manager:
        uri = manager.charm.juju.share({"token": "one"}, "operations", "collector")
        out = manager.run()
    with context(context.on.update_status(), out) as manager:
        assert manager.charm.juju.share({"token": "two"}, "operations", "collector") == uri
        out = manager.run()
    (secret,) = out.secrets
    assert secret.id == uri
    assert secret.latest_content == {"token": "two"}
    assert secret.remote_grants == {r.id: {r.remote_app_name} for r in relations}
    with context(context.on.update_status(), out) as manager:
        assert manager.charm.juju.withdraw("collector")
        assert not manager.charm.juju.withdraw("collector")
        assert not manager.run().secrets


def test_without_juju_it_says_so():
    with pytest.raises(OperationError, match="no Juju"):
        Juju().view()
