# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A client with a published library follows a change of its credentials unharmed."""

from __future__ import annotations

import dataclasses
import json
import warnings
from typing import Any

import ops
import pytest
from ops import testing

from dataops.interfaces.kafka_client import Access, KafkaClientProvider
from tests.interface.wire import Side

with warnings.catch_warnings():
    # Its own models make pydantic warn.
    warnings.simplefilter("ignore")
    from dpcharmlibs.interfaces import (
        KafkaRequestModel,
        KafkaResponseModel,
        ResourceRequirerEventHandler,
    )

ENDPOINTS = "10.0.0.1:9093,10.0.0.2:9093"


class Provider(ops.CharmBase):
    """Gives whoever asks the user of this generation."""

    generation = 1

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _: ops.EventBase) -> None:
        clients = KafkaClientProvider(self, "wire")
        for request in clients.requests():
            assert set(clients.accepted(request).values()) <= {None}, "it says nothing"
            name = request.username
            access = Access(
                topic=request.topic,
                endpoints=ENDPOINTS,
                username=name if self.generation == 1 else f"{name}.{self.generation}",
                password=f"password {self.generation}",
                tls=True,
                tls_ca="CA",
                consumer_group_prefix=request.group_prefix,
            )
            clients.answer(request, access)


class PublishedV1(ops.CharmBase):
    """As its library's documentation says; remembers what it was told."""

    told: list[tuple[str, str, str, str]] = []  # noqa: RUF012

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        wanted = KafkaRequestModel(resource="orders", extra_user_roles="consumer,producer")
        self.kafka = ResourceRequirerEventHandler(
            self, "wire", requests=[wanted], response_model=KafkaResponseModel
        )
        framework.observe(self.kafka.on.resource_created, self._on_told)
        framework.observe(self.kafka.on.authentication_updated, self._on_told)

    def _on_told(self, event: Any) -> None:
        given = event.response
        told = (given.username, given.password, given.consumer_group_prefix)
        self.told.append((type(event).__name__, *told))


class PublishedV0(ops.CharmBase):
    """What the published library of contract v0 does, byte for byte in the databag.

    It asks with a flat request, tracks the secret under a label of its own, and reads the newest
    revision when Juju tells of one.
    """

    told: list[tuple[str, str, str, str]] = []  # noqa: RUF012

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on["wire"].relation_created, self._on_created)
        framework.observe(self.on["wire"].relation_changed, self._on_changed)
        framework.observe(self.on.secret_changed, self._on_secret_changed)

    def _on_created(self, event: ops.RelationCreatedEvent) -> None:
        secrets = json.dumps(["username", "password", "tls", "tls-ca", "uris", "read-only-uris"])
        event.relation.data[self.app].update(
            {
                "topic": "orders",
                "extra-user-roles": "consumer,producer",
                "requested-secrets": secrets,
            }
        )

    def _on_changed(self, event: ops.RelationChangedEvent) -> None:
        bag = event.relation.data[event.relation.app]
        if uri := bag.get("secret-user"):
            label = f"wire.{event.relation.id}.user.secret"
            content = self.model.get_secret(id=uri, label=label).get_content()
            self._tell("ResourceCreatedEvent", content, bag["consumer-group-prefix"])

    def _on_secret_changed(self, event: ops.SecretChangedEvent) -> None:
        assert event.secret.label is not None
        relation = self.model.get_relation("wire")
        assert relation is not None
        content = event.secret.get_content(refresh=True)
        prefix = relation.data[relation.app]["consumer-group-prefix"]
        self._tell("AuthenticationUpdatedEvent", content, prefix)

    def _tell(self, event: str, content: dict[str, str], prefix: str) -> None:
        self.told.append((event, content["username"], content["password"], prefix))


def fire(side: Side, event: Any) -> None:
    """One hook of a side."""
    out = side.context.run(event, side.state())
    found = out.get_relation(side.relation.id)
    assert isinstance(found, testing.Relation)
    side.relation, side.secrets = found, frozenset(out.secrets)


def hear(client: Side, provider: Side) -> list[testing.Secret]:
    """The client sees what the provider wrote; its secrets of which there is a newer revision."""
    known = {secret.id: secret for secret in client.secrets}
    client.hear(provider)
    fresh = {secret.id: secret for secret in client.secrets}
    changed: list[testing.Secret] = []
    for uri, before in known.items():
        if uri in fresh:
            now = fresh[uri].latest_content
            fresh[uri] = dataclasses.replace(before, latest_content=now)
            if now != before.latest_content:
                changed.append(fresh[uri])
    client.secrets = frozenset(fresh.values())
    return changed


@pytest.mark.filterwarnings("ignore::pydantic.warnings.UnsupportedFieldAttributeWarning")
@pytest.mark.parametrize("library", [PublishedV0, PublishedV1])
def test_it_is_told_of_new_credentials_and_of_nothing_else(library: Any) -> None:
    charm: Any = type("Published", (library,), {"told": []})
    client = Side(charm, "requires", "kafka_client", "customer")
    grants: Any = type("Grants", (Provider,), {"generation": 1})
    provider = Side(grants, "provides", "kafka_client", "kafka")

    fire(client, client.context.on.relation_created(client.relation))
    provider.hear(client)
    provider.wake()
    hear(client, provider)
    fire(client, client.context.on.relation_changed(client.relation))
    ((event, user, password, prefix),) = charm.told
    assert (event, password) == ("ResourceCreatedEvent", "password 1")

    before = dict(provider.relation.local_app_data)
    grants.generation = 2
    provider.hear(client)
    provider.wake()
    assert provider.relation.local_app_data == before, "only the secret has changed"
    (secret,) = hear(client, provider)
    fire(client, client.context.on.secret_changed(secret))
    told = charm.told[-1]
    # The prefix, too, is as before: its consumer groups go on where they were.
    assert prefix and told == ("AuthenticationUpdatedEvent", f"{user}.2", "password 2", prefix)
