# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The facts, read once."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import ops
import pydantic

from dataops import given
from dataops.interfaces.kafka_client import Access, KafkaClientRequirer, Role, TopicRequest
from dataops.reconciler import Leaving

ENDPOINT = "kafka"
# One topic is all that is asked for, and every provider understands this contract.
CONTRACT = "v0"

_ROLES = pydantic.TypeAdapter[frozenset[Role]](frozenset[Role])


def _roles(text: str) -> frozenset[Role]:
    """The roles in a list separated by commas."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    try:
        roles = _ROLES.validate_python(words)
    except pydantic.ValidationError:
        raise ValueError("give some of producer, consumer, admin, separated by commas") from None
    if not roles:
        raise ValueError("give at least one of producer, consumer, admin")
    return roles


def _topic(text: str) -> str:
    """A topic that may be asked for, or nothing."""
    return TopicRequest(topic=text, roles=frozenset()).topic if text else ""


class Config(pydantic.BaseModel):
    """The options of the charm."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")

    topic: Annotated[str, pydantic.AfterValidator(_topic)] = ""
    extra_user_roles: Annotated[frozenset[Role], pydantic.BeforeValidator(_roles)]
    consumer_group_prefix: Annotated[str, pydantic.Field(max_length=200)] = ""

    @property
    def requests(self) -> tuple[TopicRequest, ...]:
        """What to ask Kafka for."""
        if not self.topic:
            return ()
        request = TopicRequest(
            topic=self.topic,
            roles=self.extra_user_roles,
            consumer_group_prefix=self.consumer_group_prefix,
        )
        return (request,)


@dataclasses.dataclass(frozen=True)
class Observed:
    """The world as this unit sees it.

    Attributes:
        application: Its name.
        config: The options; None while one of them is not usable.
        config_problems: One line per unusable option.
        related: The name of the related Kafka; empty when there is none.
        access: What Kafka granted for the topic; None until it has.
        leaving: What this event takes away.
    """

    application: str
    config: Config | None = None
    config_problems: tuple[str, ...] = ()
    related: str = ""
    access: Access | None = None
    leaving: Leaving = dataclasses.field(default_factory=Leaving)

    @classmethod
    def read(cls, charm: ops.CharmBase, leaving: Leaving | None = None) -> Observed:
        """Reads Juju once."""
        config, problems = given.options(charm, Config)
        related = [each for each in charm.model.relations[ENDPOINT] if each.active]
        return cls(
            application=charm.app.name,
            config=config,
            config_problems=problems,
            related=related[0].app.name if related else "",
            access=_access(charm, config),
            leaving=leaving or Leaving(),
        )


def _access(charm: ops.CharmBase, config: Config | None) -> Access | None:
    """What Kafka granted for the topic."""
    if config is None or not config.topic:
        return None
    requirer = KafkaClientRequirer(charm, ENDPOINT, config.requests, version=CONTRACT)
    return requirer.accesses().get(config.topic)
