# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import json

import ops
import pytest
from ops import testing

from dataops.interfaces.kafka_client import (
    Access,
    ClientRequest,
    KafkaClientProvider,
    KafkaClientRequirer,
    TopicRequest,
)

ORDERS = TopicRequest(topic="orders", roles=frozenset({"consumer"}))
RESULTS = TopicRequest(topic="results", roles=frozenset({"producer"}), consumer_group_prefix="cg-")

# The bytes that the published data-integrator writes.
DATA_INTEGRATOR = {
    "topic": "orders",
    "extra-user-roles": "producer,consumer",
    "requested-secrets": '["username", "password", "tls", "tls-ca", "uris"]',
    "provided-secrets": '["mtls-cert"]',
    "data": '{"salt": "x"}',
}


# What the requirer read last; ops.testing runs a subclass of the charm, so it cannot stand there.
SEEN: dict[str, Access] = {}
RELEASED: list[str] = []


class Provider(ops.CharmBase):
    password = "first"

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        self.clients = KafkaClientProvider(self, "kafka-client")
        framework.observe(self.on.update_status, self._reconcile)
        framework.observe(self.on.stop, self._withdraw)
        framework.observe(self.on.secret_remove, self._let_go)
        framework.observe(self.on.secret_changed, self._keep_up)

    def _keep_up(self, event):
        self.clients.keep_up(event)

    def _let_go(self, event):
        RELEASED.append(self.clients.released(event))

    def _withdraw(self, _):
        for request in self.clients.requests():
            self.clients.withdraw(request.username)

    def _reconcile(self, _):
        for request in self.clients.requests():
            self.clients.answer(
                request,
                Access(
                    topic=request.topic,
                    endpoints="10.0.0.1:9093,10.0.0.2:9093",
                    username=request.username,
                    password=type(self).password,
                    tls=True,
                    tls_ca="CA",
                    consumer_group_prefix=request.group_prefix,
                ),
            )


class RequirerV1(ops.CharmBase):
    requests = (ORDERS, RESULTS)
    version = "v1"

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        self.kafka = KafkaClientRequirer(self, "kafka", self.requests, version=self.version)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _):
        self.kafka.publish()
        SEEN.clear()
        SEEN.update(self.kafka.accesses())


class RequirerV0(RequirerV1):
    requests = (ORDERS,)
    version = "v0"


PROVIDER = testing.Context(
    Provider, meta={"name": "kafka", "provides": {"kafka-client": {"interface": "kafka_client"}}}
)


def requirer(charm: type[RequirerV1]):
    meta = {"name": "spark", "requires": {"kafka": {"interface": "kafka_client"}}}
    return testing.Context(charm, meta=meta)


def provide(remote, *, secrets=(), local=None, leader=True):
    relation = testing.Relation(
        "kafka-client", id=7, remote_app_data=remote, local_app_data=local or {}
    )
    state = testing.State(relations=[relation], secrets=secrets, leader=leader)
    out = PROVIDER.run(PROVIDER.on.update_status(), state)
    return out, out.get_relation(relation.id)


def consume(charm, *, remote=None, secrets=(), leader=True):
    context = requirer(charm)
    relation = testing.Relation("kafka", remote_app_data=remote or {})
    state = testing.State(relations=[relation], secrets=secrets, leader=leader)
    out = context.run(context.on.update_status(), state)
    return out.get_relation(relation.id)


def handed_over(out):
    """The provider's secrets as the requirer's model holds them."""
    return [testing.Secret(secret.latest_content, id=secret.id) for secret in out.secrets]


def test_a_v0_requirer_writes_the_published_bytes():
    relation = consume(RequirerV0)
    assert relation.local_app_data["topic"] == "orders"
    assert relation.local_app_data["extra-user-roles"] == "consumer"
    assert "version" not in relation.local_app_data
    assert json.loads(relation.local_unit_data["requested-secrets"])[:2] == [
        "username",
        "password",
    ]


def test_a_v1_requirer_identifies_each_request_by_resource_and_salt():
    relation = consume(RequirerV1)
    requests = json.loads(relation.local_app_data["requests"])
    assert relation.local_app_data["version"] == "v1"
    assert [one["resource"] for one in requests] == ["orders", "results"]
    assert requests[0]["request-id"] == ORDERS.request_id
    assert len(ORDERS.request_id) == 16


def test_other_roles_are_another_request():
    assert ORDERS.request_id != ORDERS.model_copy(update={"roles": frozenset()}).request_id


def test_only_the_leader_writes_the_application_s_part():
    assert consume(RequirerV1, leader=False).local_app_data == {}


def test_requests_for_one_topic_are_joined():
    class Both(RequirerV1):
        requests = (ORDERS, TopicRequest(topic="orders", roles=frozenset({"producer"})))

    (request,) = json.loads(consume(Both).local_app_data["requests"])
    assert request["extra-user-roles"] == "consumer,producer"


def test_v0_carries_one_topic_only():
    class TooMany(RequirerV0):
        requests = (ORDERS, RESULTS)

    with pytest.raises(Exception, match="version='v1'"):
        consume(TooMany)


def test_the_answer_to_a_published_v0_client():
    out, relation = provide(DATA_INTEGRATOR)
    answer = relation.local_app_data
    assert answer["topic"] == "orders"
    assert answer["endpoints"] == "10.0.0.1:9093,10.0.0.2:9093"
    assert answer["consumer-group-prefix"] == "relation-7-"
    assert answer["version"] == "v0"
    assert json.loads(answer["data"])["topic"] == "orders"
    assert out.get_secret(label="kafka-client.7.user.secret").latest_content == {
        "username": "relation-7",
        "password": "first",
    }
    assert out.get_secret(label="kafka-client.7.tls.secret").latest_content == {
        "tls": "enabled",
        "tls-ca": "CA",
    }
    assert "first" not in json.dumps(answer)


@pytest.mark.parametrize("charm", [RequirerV0, RequirerV1])
@pytest.mark.parametrize("leader", [True, False])
def test_provider_and_requirer_understand_each_other(charm, leader):
    out, answered = provide(consume(charm).local_app_data)
    consume(charm, remote=answered.local_app_data, secrets=handed_over(out), leader=leader)
    assert set(SEEN) == {request.topic for request in charm.requests}
    assert SEEN["orders"].password == "first"
    assert SEEN["orders"].tls and SEEN["orders"].tls_ca == "CA"
    assert SEEN["orders"].consumer_group_prefix.startswith("relation-7-")


def test_a_v1_client_is_told_of_tls_in_the_words_of_v1():
    out, _ = provide(consume(RequirerV1).local_app_data)
    told = [secret.latest_content["tls"] for secret in out.secrets if ".tls." in secret.label]
    assert told == ["true", "true"]


def test_every_v1_request_has_its_own_user_and_prefix():
    _, answered = provide(consume(RequirerV1).local_app_data)
    users = [one["secret-user"] for one in json.loads(answered.local_app_data["requests"])]
    assert len(set(users)) == 2
    assert set(json.loads(answered.local_app_data["data"])) == {
        ORDERS.request_id,
        RESULTS.request_id,
    }


def test_nothing_is_granted_before_the_secret_may_be_read():
    _, answered = provide(consume(RequirerV1).local_app_data)
    consume(RequirerV1, remote=answered.local_app_data)
    assert SEEN == {}


def test_a_second_answer_changes_nothing(monkeypatch):
    out, first = provide(DATA_INTEGRATOR)
    again, second = provide(DATA_INTEGRATOR, secrets=out.secrets, local=first.local_app_data)
    assert second.local_app_data == first.local_app_data
    secret = again.get_secret(label="kafka-client.7.user.secret")
    assert secret.tracked_content == secret.latest_content


def test_a_new_password_is_a_new_revision_of_the_same_secret(monkeypatch):
    out, first = provide(DATA_INTEGRATOR)
    monkeypatch.setattr(Provider, "password", "second")
    again, second = provide(DATA_INTEGRATOR, secrets=out.secrets, local=first.local_app_data)
    assert second.local_app_data["secret-user"] == first.local_app_data["secret-user"]
    content = again.get_secret(label="kafka-client.7.user.secret").latest_content
    assert content is not None and content["password"] == "second"


def test_a_vanished_v1_request_loses_its_answer():
    asked = consume(RequirerV1).local_app_data
    out, answered = provide(asked)
    fewer = {**asked, "requests": json.dumps(json.loads(asked["requests"])[:1])}
    _, after = provide(fewer, secrets=out.secrets, local=answered.local_app_data)
    (answer,) = json.loads(after.local_app_data["requests"])
    assert answer["request-id"] == ORDERS.request_id


@pytest.mark.parametrize("kind", [RequirerV0, RequirerV1])
@pytest.mark.parametrize("broken", [True, False])
def test_what_was_answered_is_known_though_the_request_is_gone(kind, broken):
    out, answered = provide(consume(kind).local_app_data)
    relation = testing.Relation("kafka-client", id=7, local_app_data=answered.local_app_data)
    state = testing.State(relations=[relation], secrets=out.secrets, leader=True)
    on = PROVIDER.on
    event = on.relation_broken(relation) if broken else on.relation_changed(relation)
    with PROVIDER(event, state) as manager:
        clients = manager.charm.clients
        told = clients.answered(7 if broken else None)
        assert told and all(client.startswith("relation-7") for client in told)
        assert clients.requests() == ()
        for client in [*told, *told]:
            clients.withdraw(client)
        assert broken or clients.answered() == frozenset()
        after = manager.run()
    assert not after.secrets


def test_withdrawing_removes_answer_and_secrets():
    asked = consume(RequirerV1).local_app_data
    out, answered = provide(asked)
    relation = testing.Relation(
        "kafka-client", id=7, remote_app_data=asked, local_app_data=answered.local_app_data
    )
    state = testing.State(relations=[relation], secrets=out.secrets, leader=True)
    after = PROVIDER.run(PROVIDER.on.stop(), state)
    assert json.loads(after.get_relation(relation.id).local_app_data["requests"]) == []
    assert not after.secrets


@pytest.mark.parametrize(
    "fields",
    [
        {"topic": "*"},
        {"topic": "or*"},
        {"topic": "a b"},
        {"topic": "orders", "extra-user-roles": "king"},
    ],
)
def test_a_request_that_cannot_be_granted_says_why(fields):
    relation = testing.Relation("kafka-client", id=7, remote_app_data=fields)
    with PROVIDER(PROVIDER.on.update_status(), testing.State(relations=[relation])) as manager:
        clients = manager.charm.clients
        assert clients.requests() == ()
        (refusal,) = clients.refusals()
        assert refusal.startswith("relation 7 with remote: ")


@pytest.mark.parametrize("requests", ["{", "3", "[1]", '[{"resource": "orders"}]'])
def test_garbage_in_a_v1_bag_is_no_request(requests):
    relation = testing.Relation(
        "kafka-client", remote_app_data={"version": "v1", "requests": requests}
    )
    with PROVIDER(PROVIDER.on.update_status(), testing.State(relations=[relation])) as manager:
        assert manager.charm.clients.requests() == ()


def test_a_password_is_not_in_a_repr():
    access = Access(topic="t", endpoints="e", username="u", password="hush")
    assert "hush" not in repr(access)


def test_the_client_s_own_group_prefix_wins():
    request = ClientRequest(
        relation_id=3,
        version="v0",
        topic="orders",
        roles=frozenset({"consumer"}),
        consumer_group_prefix="cg*",
    )
    assert request.group_prefix == "cg"


def old_credentials(owner="app"):
    return testing.Secret(
        {"username": "relation-7", "password": "old"},
        latest_content={"username": "relation-7.2", "password": "new"},
        label="kafka-client.7.user.secret",
        owner=owner,
    )


@pytest.mark.parametrize(("newest", "client"), [(2, "relation-7"), (3, "")])
def test_the_owner_hears_once_nobody_holds_the_credentials_of_before(newest, client, monkeypatch):
    secret = old_credentials()
    info = type("Info", (), {"revision": newest})
    monkeypatch.setattr(ops.Secret, "get_info", lambda _: info)
    relation = testing.Relation("kafka-client", id=7, remote_app_data=DATA_INTEGRATOR)
    state = testing.State(relations=[relation], secrets=[secret], leader=True)
    RELEASED.clear()
    PROVIDER.run(PROVIDER.on.secret_remove(secret, revision=1), state)
    (told,) = RELEASED
    assert told == client


def test_who_led_once_lets_go_what_it_read_then():
    # Juju tells the owner's units like any other reader, which the library has no event for.
    secret = old_credentials(owner=None)
    state = testing.State(secrets=[secret], leader=False)
    out = PROVIDER.run(PROVIDER.on.secret_changed(secret), state)
    assert out.get_secret(id=secret.id).tracked_content["password"] == "new"
