# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The requirer: asks for topics, reads what was granted."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import ops

from dataops.interfaces._accepted import write_users
from dataops.interfaces._secrets import read_secret
from dataops.interfaces.kafka_client._databag import entries, replace
from dataops.interfaces.kafka_client._models import Access, TopicRequest, Version
from dataops.passing import pass_over

# What the published v0 library asks for; providers decide by it what goes into secrets.
_REQUESTED_SECRETS = (
    "username",
    "password",
    "tls",
    "tls-ca",
    "uris",
    "read-only-uris",
    "entity-name",
    "entity-password",
)


class KafkaClientRequirer:
    """The client's end: asks for topics, reads what was granted.

    Args:
        charm: the requiring charm.
        endpoint: the name of its `kafka_client` endpoint.
        requests: the topics wanted; requests for the same topic are joined.
        version: `v1` for any number of topics, `v0` for one, which every provider understands.

    Raises:
        ValueError: more than one topic was asked for with contract v0.
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        endpoint: str,
        requests: Iterable[TopicRequest],
        *,
        version: Version = "v1",
    ) -> None:
        self._charm = charm
        self._model = charm.model
        self._endpoint = endpoint
        self._requests = _joined(requests)
        self._version: Version = version
        if version == "v0" and len(self._requests) > 1:
            raise ValueError("contract v0 carries one topic: ask with version='v1' for several")

    def publish(self) -> None:
        """Write the requests: the unit's part on every unit, the application's on the leader."""
        secrets = {"requested-secrets": json.dumps(_REQUESTED_SECRETS)}
        secrets["provided-secrets"] = json.dumps(["mtls-cert"])
        for relation in self._active():
            if self._version == "v0" and self._requests:
                relation.data[self._model.unit].update(secrets)
            if self._model.unit.is_leader():
                replace(relation.data[self._model.app], self._asked(secrets))
        granted = "endpoints" if self._version == "v0" else "requests"
        if not any(granted in relation.data[relation.app] for relation in self._active()):
            pass_over(self._charm, self._endpoint, unless=granted)

    def accesses(self) -> dict[str, Access]:
        """The access to each topic that has been granted, with the newest credentials."""
        found: dict[str, Access] = {}
        for relation in self._active():
            bag = relation.data[relation.app]
            for request in self._requests:
                access = self._read(request, bag)
                if access is not None:
                    found.setdefault(request.topic, access)
        return found

    def accept(self, usernames: Iterable[str]) -> None:
        """Tell the provider which users this unit works with now, and no others.

        A provider that rotates credentials keeps the old user until every unit has said so: call
        it once the workload really logs in as these users.
        """
        for relation in self._active():
            write_users(relation.data[self._model.unit], usernames)

    def _active(self) -> list[ops.Relation]:
        return [each for each in self._model.relations[self._endpoint] if each.active]

    def _asked(self, secrets: Mapping[str, str]) -> dict[str, str]:
        if not self._requests:
            return {}
        if self._version == "v1":
            requests = [_request_v1(request) for request in self._requests]
            return {"version": "v1", "requests": json.dumps(requests)}
        request = self._requests[0]
        prefix = request.consumer_group_prefix
        asked = {"topic": request.topic, "extra-user-roles": request.roles_text, **secrets}
        return asked | ({"consumer-group-prefix": prefix} if prefix else {})

    def _read(self, request: TopicRequest, bag: Mapping[str, str]) -> Access | None:
        if self._version == "v0":
            answer: Mapping[str, Any] = bag if bag.get("topic") == request.topic else {}
        else:
            answers = entries(bag.get("requests", "[]"))
            ours = (one for one in answers if one.get("request-id") == request.request_id)
            answer = next(ours, dict[str, Any]())
        user = read_secret(self._model, answer.get("secret-user"))
        if not answer.get("endpoints") or not user.get("password"):
            return None
        return self._access(request.topic, answer, user)

    def _access(self, topic: str, answer: Mapping[str, Any], user: Mapping[str, str]) -> Access:
        tls = read_secret(self._model, answer.get("secret-tls"))
        extra = read_secret(self._model, answer.get("secret-extra"))
        enabled = str(tls.get("tls") or answer.get("tls") or "").lower()
        prefix = answer.get("consumer-group-prefix") or extra.get("consumer-group-prefix") or ""
        return Access(
            topic=topic,
            endpoints=answer["endpoints"],
            username=user["username"],
            password=user["password"],
            tls=enabled in {"enabled", "true"},
            tls_ca=tls.get("tls-ca", ""),
            consumer_group_prefix=prefix,
        )


def _joined(requests: Iterable[TopicRequest]) -> tuple[TopicRequest, ...]:
    """One request per topic, with every role asked for; the first group prefix given wins."""
    joined: dict[str, TopicRequest] = {}
    for request in requests:
        known = joined.get(request.topic, request)
        joined[request.topic] = TopicRequest(
            topic=request.topic,
            roles=known.roles | request.roles,
            consumer_group_prefix=known.consumer_group_prefix or request.consumer_group_prefix,
        )
    return tuple(joined.values())


def _request_v1(request: TopicRequest) -> dict[str, str]:
    fields = {
        "resource": request.topic,
        "request-id": request.request_id,
        "salt": request.salt,
        "extra-user-roles": request.roles_text,
        "consumer-group-prefix": request.consumer_group_prefix,
    }
    return {key: value for key, value in fields.items() if value}
