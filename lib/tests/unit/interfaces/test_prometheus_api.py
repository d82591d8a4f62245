# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""prometheus_api: the address of a Prometheus, given and found."""

import ops
from ops import testing

from dataops.interfaces.prometheus_api import Login, QueryProvider, QueryRequirer

INTERFACE = {"query": {"interface": "prometheus_api"}}


class Provider(ops.CharmBase):
    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self.reconcile)

    def reconcile(self, _: ops.EventBase):
        QueryProvider(self, "query").publish("https://10.0.0.1:9090", ca="PEM")


def published(*, leader):
    context = testing.Context(Provider, meta={"name": "p", "provides": INTERFACE})
    relation = testing.Relation("query")
    state = testing.State(leader=leader, relations=[relation])
    return context.run(context.on.update_status(), state).get_relation(relation.id).local_app_data


def server(*bags):
    context = testing.Context(ops.CharmBase, meta={"name": "r", "requires": INTERFACE})
    relations = [testing.Relation("query", remote_app_data=bag) for bag in bags]
    with context(context.on.update_status(), testing.State(relations=relations)) as manager:
        return QueryRequirer(manager.charm, "query").server()


def test_the_leader_publishes_the_address_and_its_ca():
    assert published(leader=True) == {"direct_url": "https://10.0.0.1:9090", "ca": "PEM"}


def test_other_units_publish_nothing():
    assert published(leader=False) == {}


def test_the_address_has_no_trailing_slash_whatever_was_published():
    found = server({"direct_url": "http://prometheus-0.example:9090/"})
    assert found is not None and found.url == "http://prometheus-0.example:9090"


def test_a_path_below_an_ingress_is_kept():
    found = server({"direct_url": "http://10.0.0.1/m-prometheus-0", "unheard-of": "x"})
    assert found is not None and found.url == "http://10.0.0.1/m-prometheus-0"


def test_an_address_that_does_not_read_is_passed_over():
    found = server({"direct_url": "nonsense"}, {"direct_url": "http://10.0.0.2:9090"})
    assert found is not None and found.url == "http://10.0.0.2:9090"


def test_nobody_to_ask_is_none():
    assert server({}) is None


class Guarded(Provider):
    def reconcile(self, _: ops.EventBase):
        given = {each: Login(f"relation-{each}", "hush") for each in self.queries.relations()}
        self.queries.publish("https://10.0.0.1:9090", logins=given)

    @property
    def queries(self):
        return QueryProvider(self, "query")


def test_each_relation_is_given_a_login_by_secret():
    context = testing.Context(Guarded, meta={"name": "p", "provides": INTERFACE})
    relation = testing.Relation("query", remote_units_data={0: {"accepted-users": '["a"]'}, 1: {}})
    state = testing.State(leader=True, relations=[relation])
    with context(context.on.update_status(), state) as manager:
        out = manager.run()
        assert manager.charm.queries.accepted(relation.id) == {
            "remote/0": frozenset({"a"}),
            "remote/1": None,
        }
    bag = out.get_relation(relation.id).local_app_data
    secret = out.get_secret(id=bag["secret-user"])
    assert secret.latest_content == {"username": f"relation-{relation.id}", "password": "hush"}
    assert "hush" not in str(bag) and secret.remote_grants


def test_a_login_is_read_from_the_secret_and_not_printed():
    secret = testing.Secret({"username": "u", "password": "hush"}, id="secret:abc123")
    bag = {"direct_url": "http://10.0.0.1:9090", "secret-user": secret.id}
    context = testing.Context(ops.CharmBase, meta={"name": "r", "requires": INTERFACE})
    relation = testing.Relation("query", remote_app_data=bag)
    state = testing.State(relations=[relation], secrets=[secret])
    with context(context.on.update_status(), state) as manager:
        found = QueryRequirer(manager.charm, "query").server()
        QueryRequirer(manager.charm, "query").accept(["u"])
        out = manager.run()
    assert found is not None and (found.username, found.password) == ("u", "hush")
    assert "hush" not in repr(found)
    assert out.get_relation(relation.id).local_unit_data["accepted-users"] == '["u"]'


def test_an_address_whose_secret_cannot_be_read_yet_is_not_usable():
    assert server({"direct_url": "http://10.0.0.1:9090", "secret-user": "secret:abc123"}) is None
