# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The values of the interface: what is asked and what is answered."""

import hashlib
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Role = Literal["admin", "consumer", "producer"]
Version = Literal["v0", "v1"]

_TOPIC = re.compile(r"[a-zA-Z0-9._-]{1,249}\*?")


def _acceptable_topic(topic: str) -> str:
    """The topic, when Kafka can hold it and it does not open (nearly) every topic."""
    if "*" in topic[:3] or topic in {".", ".."} or not _TOPIC.fullmatch(topic):
        raise ValueError(
            f"topic {topic!r} is refused: use letters, digits, '.', '_', '-' and at most one '*' "
            "at the end, not within the first three characters"
        )
    return topic


class TopicRequest(BaseModel):
    """What a client wants: a topic (a trailing `*`: every topic of that prefix) and its roles."""

    model_config = ConfigDict(frozen=True)

    topic: Annotated[str, AfterValidator(_acceptable_topic)]
    roles: frozenset[Role]
    consumer_group_prefix: str = ""

    @property
    def roles_text(self) -> str:
        """The roles as they stand in a databag."""
        return ",".join(sorted(self.roles))

    @property
    def salt(self) -> str:
        """Sixteen hex digits that change with the terms of the request.

        Contract v1 forbids to change a request in place: other roles must give another request id.
        """
        terms = f"{self.roles_text}|{self.consumer_group_prefix}"
        return hashlib.sha256(terms.encode()).hexdigest()[:16]

    @property
    def request_id(self) -> str:
        """The identifier of this request in contract v1."""
        return hashlib.sha256(f"{self.topic}:{self.salt}".encode()).hexdigest()[:16]


class ClientRequest(BaseModel):
    """One request as the provider sees it."""

    model_config = ConfigDict(frozen=True)

    relation_id: int
    version: Version
    request_id: str = ""
    salt: str = ""
    topic: Annotated[str, AfterValidator(_acceptable_topic)]
    roles: frozenset[Role]
    consumer_group_prefix: str = ""

    @property
    def username(self) -> str:
        """The user of this request, by the names published charms use."""
        suffix = f"-{self.request_id}" if self.request_id else ""
        return f"relation-{self.relation_id}{suffix}"

    @property
    def group_prefix(self) -> str:
        """The prefix of consumer groups the client may use: its own wish, else its user's name."""
        return self.consumer_group_prefix.rstrip("*") or f"{self.username}-"


class Access(BaseModel):
    """What a client needs to reach its topic."""

    model_config = ConfigDict(frozen=True)

    topic: str
    endpoints: str
    username: str
    password: str = Field(repr=False)
    tls: bool = False
    tls_ca: str = Field(default="", repr=False)
    consumer_group_prefix: str = ""
