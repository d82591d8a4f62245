# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The provider: reads requests of both contracts, answers each in its own."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import ops
from pydantic import ValidationError

from dataops.interfaces._accepted import users_in
from dataops.interfaces._secrets import drop_secret, ensure_secret, own_secret
from dataops.interfaces.kafka_client._databag import entries, replace
from dataops.interfaces.kafka_client._models import Access, ClientRequest

_USERNAME = re.compile(r"relation-(?P<relation>\d+)(?:-(?P<request>[0-9A-Za-z]+))?")


class KafkaClientProvider:
    """The provider's end of every relation on one endpoint.

    Args:
        charm: the providing charm.
        endpoint: the name of its `kafka_client` endpoint.
    """

    def __init__(self, charm: ops.CharmBase, endpoint: str) -> None:
        self._model = charm.model
        self._endpoint = endpoint

    def requests(self) -> tuple[ClientRequest, ...]:
        """Every request that can be granted, ordered by relation."""
        return tuple(found for found in self._read() if isinstance(found, ClientRequest))

    def refusals(self) -> tuple[str, ...]:
        """Why other requests cannot be granted, one sentence each, for the operator."""
        return tuple(found for found in self._read() if isinstance(found, str))

    def answer(self, request: ClientRequest, access: Access) -> None:
        """Hand the access to the client that asked for it. Leader only.

        Args:
            request: the request, as `requests()` gave it.
            access: endpoints and credentials; the credentials travel in secrets only.
        """
        relation = self._relation(request.relation_id)
        if relation is None:
            return
        bag = relation.data[self._model.app]
        remote = dict(relation.data[relation.app])
        secrets = self._write_secrets(relation, request, access)
        if request.version == "v0":
            replace(bag, _answer_v0(access, secrets, remote))
        else:
            replace(bag, _answer_v1(request, access, secrets, remote, bag.get("requests", "[]")))

    def credentials(self, request: ClientRequest) -> tuple[str, str] | None:
        """User and password that this client was given last; None before. Leader only."""
        label = self._label(request.relation_id, request.request_id, "user")
        given = own_secret(self._model, label)
        if not given.get("password"):
            return None
        return given.get("username", request.username), given["password"]

    def accepted(self, request: ClientRequest) -> Mapping[str, frozenset[str] | None]:
        """By unit of the client, the users that it says it works with.

        None for a unit that says nothing, as those of published charms do.
        """
        relation = self._relation(request.relation_id)
        if relation is None:
            return {}
        return {unit.name: users_in(relation.data[unit]) for unit in relation.units}

    def released(self, event: ops.EventBase) -> str | None:
        """Whose old credentials no unit holds any more, as `ClientRequest.username` names it.

        Juju tells the owner once no reader of a secret is left with a revision: also of clients
        that say nothing of what they work with, because whoever reads the new one lets the old
        one go. Empty when it is the secret of nobody or of an earlier change; None when the event
        lets no revision of a secret go. Leader only.

        Args:
            event: what woke the charm.
        """
        if not isinstance(event, ops.SecretRemoveEvent):
            return None
        label, before = event.secret.label, event.revision
        for request in self.requests():
            if label == self._label(request.relation_id, request.request_id, "user"):
                # One of an earlier change tells nothing of this one.
                newest = event.secret.get_info().revision
                return request.username if before == newest - 1 else ""
        return ""

    def keep_up(self, event: ops.EventBase) -> None:
        """Let an old revision of our secrets go that this unit read when it led.

        Juju counts units of the owner among a secret's readers, and the leader alone reads on.

        Args:
            event: what woke the charm.
        """
        if not isinstance(event, ops.SecretChangedEvent):
            return
        if (event.secret.label or "").startswith(f"{self._endpoint}."):
            event.secret.get_content(refresh=True)

    def answered(self, broken: int | None = None) -> frozenset[str]:
        """Whom our databags name an answer for, as `ClientRequest.username` does. Leader only.

        Also those whose request is gone meanwhile.

        Args:
            broken: the relation that this hook takes away, which the model has no more.
        """
        relations = list(self._model.relations[self._endpoint])
        if broken is not None and (gone := self._model.get_relation(self._endpoint, broken)):
            relations.append(gone)
        return frozenset(user for relation in relations for user in self._answered(relation))

    def _answered(self, relation: ops.Relation) -> Iterator[str]:
        bag = relation.data[self._model.app]
        for answer in entries(bag.get("requests", "[]")):
            yield f"relation-{relation.id}-{answer.get('request-id', '')}"
        if bag.get("secret-user"):
            yield f"relation-{relation.id}"

    def withdraw(self, username: str) -> None:
        """Take back the answer and the secrets of a request that is gone. Leader only.

        Works from `ClientRequest.username` alone: the relation may have ended without telling.
        """
        match = _USERNAME.fullmatch(username)
        if match is None:
            return
        relation_id, request_id = int(match["relation"]), match["request"] or ""
        for group in ("user", "tls", "extra"):
            drop_secret(self._model, self._label(relation_id, request_id, group))
        relation = self._relation(relation_id)
        if relation is None:
            return
        bag = relation.data[self._model.app]
        answers = entries(bag.get("requests", "[]"))
        kept = [answer for answer in answers if answer.get("request-id") != request_id]
        if request_id and kept != answers:
            bag["requests"] = json.dumps(kept)
        if not request_id and bag.get("secret-user"):
            bag.update({"secret-user": "", "secret-tls": ""})

    def _read(self) -> Iterator[ClientRequest | str]:
        for relation in sorted(self._model.relations[self._endpoint], key=lambda one: one.id):
            if not relation.active:
                continue
            for fields in _asked(relation.data[relation.app]):
                yield _parse(relation, fields)

    def _relation(self, relation_id: int) -> ops.Relation | None:
        relations = self._model.relations[self._endpoint]
        return next((one for one in relations if one.id == relation_id), None)

    def _label(self, relation_id: int, request_id: str, group: str) -> str:
        parts = (self._endpoint, str(relation_id), request_id, group, "secret")
        return ".".join(part for part in parts if part)

    def _write_secrets(
        self, relation: ops.Relation, request: ClientRequest, access: Access
    ) -> dict[str, str]:
        contents = {"user": {"username": access.username, "password": access.password}}
        if access.tls or request.version == "v1":
            spoken = json.dumps(access.tls) if request.version == "v1" else _tls_v0(access)
            contents["tls"] = {"tls": spoken, "tls-ca": access.tls_ca}
        if request.version == "v1":
            contents["extra"] = {"consumer-group-prefix": access.consumer_group_prefix}
        told = self._told(relation, request)
        return {
            f"secret-{group}": ensure_secret(
                self._model,
                relation,
                self._label(relation.id, request.request_id, group),
                content,
                told.get(f"secret-{group}", ""),
            )
            for group, content in contents.items()
            if any(content.values())
        }

    def _told(self, relation: ops.Relation, request: ClientRequest) -> Mapping[str, str]:
        """What this request was answered last; empty before."""
        bag = relation.data[self._model.app]
        if request.version == "v0":
            return bag
        for answer in entries(bag.get("requests", "[]")):
            if answer["request-id"] == request.request_id:
                return answer
        return {}


def _asked(bag: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The requests in a requirer's bag, whatever its contract, in the fields of v1."""
    if bag.get("version", "v0") == "v1":
        for fields in entries(bag.get("requests", "[]")):
            yield {**fields, "version": "v1"}
    elif bag.get("topic"):
        fields = {key: value for key, value in bag.items() if key not in {"data", "request-id"}}
        yield {**fields, "resource": bag["topic"], "version": "v0"}


def _parse(relation: ops.Relation, fields: Mapping[str, Any]) -> ClientRequest | str:
    """The request, or why it is refused."""
    roles = str(fields.get("extra-user-roles") or "").split(",")
    try:
        return ClientRequest(
            relation_id=relation.id,
            version=fields["version"],
            request_id=fields.get("request-id") or "",
            salt=fields.get("salt") or "",
            topic=fields.get("resource") or "",
            roles=frozenset(role.strip() for role in roles if role.strip()),  # pyright: ignore[reportArgumentType]
            consumer_group_prefix=fields.get("consumer-group-prefix") or "",
        )
    except ValidationError as error:
        app = relation.app.name
        reasons = "; ".join(
            f"{'.'.join(map(str, one['loc']))} {one['input']!r}: {one['msg']}"
            for one in error.errors(include_url=False, include_context=False)
        )
        return f"relation {relation.id} with {app}: {reasons}"


def _tls_v0(access: Access) -> str:
    """In the words of v0, in the bag and in the secret: a client prefers the secret's."""
    return "enabled" if access.tls else "disabled"


def _answer_v0(
    access: Access, secrets: Mapping[str, str], remote: Mapping[str, str]
) -> dict[str, str]:
    seen = {key: value for key, value in remote.items() if key != "data"}
    return {
        "topic": access.topic,
        "endpoints": access.endpoints,
        "consumer-group-prefix": access.consumer_group_prefix,
        "tls": _tls_v0(access),
        "version": "v0",
        "data": json.dumps(seen, sort_keys=True),
        **secrets,
    }


def _answer_v1(
    request: ClientRequest,
    access: Access,
    secrets: Mapping[str, str],
    remote: Mapping[str, str],
    before: str,
) -> dict[str, str]:
    """The provider's bag with this request answered and answers to vanished requests left out."""
    asked = {one["request-id"]: one for one in entries(remote.get("requests", "[]"))}
    answers = {one["request-id"]: one for one in entries(before)}
    answers[request.request_id] = {
        "resource": access.topic,
        "request-id": request.request_id,
        "salt": request.salt,
        "endpoints": access.endpoints,
        "version": "v1",
        **secrets,
    }
    return {
        "version": "v1",
        "requests": json.dumps([answers[key] for key in asked if key in answers]),
        "data": json.dumps(asked, sort_keys=True),
    }
