# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""kafka_client: our two sides in both contracts, and each with the published shapes."""

import json

import ops
import pydantic
import pytest

from dataops.interfaces.kafka_client import (
    Access,
    KafkaClientProvider,
    KafkaClientRequirer,
    TopicRequest,
)
from tests.interface.wire import Side, decoded, talk

ORDERS = TopicRequest(topic="orders", roles=frozenset({"consumer", "producer"}))
RESULTS = TopicRequest(topic="results", roles=frozenset({"producer"}))
ENDPOINTS = "10.0.0.1:9093,10.0.0.2:9093"


class Contract(pydantic.BaseModel):
    """Base of a published shape: what it does not name may be there as well."""

    model_config = pydantic.ConfigDict(extra="allow")


class RequirerV0(Contract):
    """A flat request."""

    topic: str
    roles: str = pydantic.Field(alias="extra-user-roles")
    requested_secrets: list[str] = pydantic.Field(alias="requested-secrets")


class ProviderV0(Contract):
    """A flat answer; credentials are in a secret, never in the bag."""

    topic: str
    endpoints: str
    consumer_group_prefix: str = pydantic.Field(alias="consumer-group-prefix")
    secret_user: str = pydantic.Field(alias="secret-user", pattern="^secret:")
    version: str = "v0"
    data: str


class RequestV1(Contract):
    """One of several requests."""

    resource: str
    request_id: str = pydantic.Field(alias="request-id", pattern="^[0-9a-f]{16}$")
    salt: str
    roles: str = pydantic.Field(alias="extra-user-roles")


class RequirerV1(Contract):
    """A list of requests."""

    version: str = pydantic.Field(pattern="^v1$")
    requests: list[RequestV1]


class AnswerV1(Contract):
    """The answer to one of them."""

    resource: str
    request_id: str = pydantic.Field(alias="request-id")
    endpoints: str
    secret_user: str = pydantic.Field(alias="secret-user", pattern="^secret:")


class ProviderV1(Contract):
    """A list of answers."""

    version: str = pydantic.Field(pattern="^v1$")
    requests: list[AnswerV1]


# As the published data-integrator writes it (contract v0).
DATA_INTEGRATOR = {
    "topic": "orders",
    "extra-user-roles": "producer,consumer",
    "requested-secrets": json.dumps(
        ["username", "password", "tls", "tls-ca", "uris", "read-only-uris"]
    ),
    "provided-secrets": '["mtls-cert"]',
}


class Provider(ops.CharmBase):
    """Grants whatever is asked for."""

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _):
        clients = KafkaClientProvider(self, "wire")
        for request in clients.requests():
            access = Access(
                topic=request.topic,
                endpoints=ENDPOINTS,
                username=request.username,
                password=f"password of {request.topic}",
                tls=True,
                tls_ca="CA",
                consumer_group_prefix=request.group_prefix,
            )
            clients.answer(request, access)


class Requirer(ops.CharmBase):
    """Asks for topics."""

    requests: tuple = ()
    version = "v0"
    found: dict = {}  # noqa: RUF012

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _):
        kafka = KafkaClientRequirer(self, "wire", self.requests, version=self.version)
        kafka.publish()
        self.found.clear()
        self.found.update(kafka.accesses())


@pytest.fixture
def provider():
    return Side(Provider, "provides", "kafka_client", "kafka")


def requirer(version, *requests):
    contents = {"requests": requests, "version": version, "found": {}}
    charm = type("ThisRequirer", (Requirer,), contents)
    return Side(charm, "requires", "kafka_client", "app"), charm


@pytest.mark.parametrize(("version", "requests"), [("v0", [ORDERS]), ("v1", [ORDERS, RESULTS])])
def test_our_requirer_gets_from_our_provider_what_it_asks_for(provider, version, requests):
    side, charm = requirer(version, *requests)

    talk(side, provider)
    side.wake()

    assert set(charm.found) == {request.topic for request in requests}
    for topic, access in charm.found.items():
        assert access.endpoints == ENDPOINTS
        assert access.password == f"password of {topic}"
        assert access.tls and access.tls_ca == "CA"


@pytest.mark.parametrize(
    ("version", "requests", "asked", "answered"),
    [
        ("v0", [ORDERS], RequirerV0, ProviderV0),
        ("v1", [ORDERS, RESULTS], RequirerV1, ProviderV1),
    ],
)
def test_both_write_the_published_shapes(provider, version, requests, asked, answered):
    side, _ = requirer(version, *requests)
    talk(side, provider)

    lists = ["requests", "requested-secrets"]
    asked.model_validate(decoded(side.relation.local_app_data, lists))
    answered.model_validate(decoded(provider.relation.local_app_data, lists))


@pytest.mark.parametrize(("version", "requests"), [("v0", [ORDERS]), ("v1", [ORDERS, RESULTS])])
def test_no_password_is_in_any_bag(provider, version, requests):
    side, _ = requirer(version, *requests)
    talk(side, provider)
    for end in (side, provider):
        for bag in (end.relation.local_app_data, end.relation.local_unit_data):
            assert "password of" not in json.dumps(dict(bag))


def test_a_published_requirer_is_answered_in_its_own_contract(provider):
    provider.hear_bags("data-integrator", DATA_INTEGRATOR, {0: {}})
    provider.wake()

    answer = ProviderV0.model_validate(dict(provider.relation.local_app_data))

    assert answer.topic == "orders"
    (secret,) = (each for each in provider.secrets if each.id == answer.secret_user)
    assert set(secret.tracked_content) >= {"username", "password"}
    assert secret.remote_grants
    (told,) = (each.tracked_content for each in provider.secrets if "tls" in each.tracked_content)
    # Its library takes the secret's word before the bag's, and its charms compare it with this.
    assert told["tls"] == "enabled"


def test_a_second_talk_changes_nothing(provider):
    side, _ = requirer("v1", ORDERS, RESULTS)
    talk(side, provider)
    before = dict(provider.relation.local_app_data), dict(side.relation.local_app_data)
    talk(side, provider)
    assert before == (dict(provider.relation.local_app_data), dict(side.relation.local_app_data))
