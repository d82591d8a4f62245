# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The facts that everything else follows from, read once per hook into frozen values."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import ops
import pydantic

from dataops import given
from dataops.certificates import Identity, TlsState
from dataops.host.network import address
from dataops.host.paths import UnitPaths
from dataops.interfaces.s3 import BucketRequest, S3Provider
from dataops.objectstore import Target
from dataops.reconciler import Leaving
from dataops.rotation import Sight
from keyring import ADMIN, Key, Keyring

S3 = "s3"
KEYS = "keys"

Bucket = Annotated[str, pydantic.StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
Memory = Annotated[str, pydantic.StringConstraints(pattern=r"^[1-9][0-9]*[mg]$")]


class Config(pydantic.BaseModel):
    """The options of the charm."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")

    bucket: Bucket = "dataops"
    port: Annotated[int, pydantic.Field(ge=1, le=65535)] = 9000
    heap: Memory = "128m"


@dataclasses.dataclass(frozen=True)
class Condition:
    """How the workload is.

    Attributes:
        version: of S3Proxy; empty when it is not installed.
        running: whether its process is there.
        listening: whether it takes connections.
        free: bytes left on the storage; None without one.
        failure: what stopped the last attempt, with the next move.
    """

    version: str = ""
    running: bool = False
    listening: bool = False
    free: int | None = None
    failure: str = ""


@dataclasses.dataclass(frozen=True)
class Observed:
    """The world as this unit sees it.

    Attributes:
        unit: its name.
        address: where it listens, IPv4 text.
        paths: where its files lie.
        leader: whether it hands out buckets.
        planned: how many units the operator wants; one can be.
        config: the options; None while one of them is not usable.
        config_problems: one line per unusable option.
        requests: who wants a bucket.
        refusals: what cannot be granted, and why.
        keyring: who may use the store.
        sights: by owner, which keys each unit behind the relation says it works with.
        data: the storage; None while it is not attached.
        archive: the attached resource; None when there is none.
        tls: how it stands with the certificate of this unit.
        now: Unix seconds.
        leaving: what this event takes away.
    """

    unit: str
    address: str
    paths: UnitPaths
    leader: bool = False
    planned: int = 1
    config: Config | None = None
    config_problems: tuple[str, ...] = ()
    requests: tuple[BucketRequest, ...] = ()
    refusals: tuple[str, ...] = ()
    keyring: Keyring = dataclasses.field(default_factory=Keyring)
    sights: Mapping[str, Sight] = dataclasses.field(default_factory=dict[str, Sight])
    data: Path | None = None
    archive: Path | None = None
    tls: TlsState = dataclasses.field(default_factory=TlsState)
    now: float = 0
    leaving: Leaving = dataclasses.field(default_factory=Leaving)

    @classmethod
    def read(
        cls,
        charm: ops.CharmBase,
        tls: TlsState,
        leaving: Leaving | None = None,
    ) -> Observed:
        """Reads Juju once."""
        config, problems = given.options(charm, Config)
        provider = S3Provider(charm, S3)
        requests = provider.requests()
        return cls(
            unit=charm.unit.name,
            address=address(charm, S3),
            paths=UnitPaths.of(charm),
            leader=charm.unit.is_leader(),
            planned=charm.app.planned_units(),
            config=config,
            config_problems=problems,
            requests=requests,
            refusals=provider.refusals(),
            keyring=_keyring(charm),
            sights={
                owner(one.relation_id): Sight(provider.accepted(one.relation_id), 0)
                for one in requests
            },
            data=given.storage(charm),
            archive=given.resource(charm, "s3proxy"),
            tls=tls,
            now=time.time(),
            leaving=leaving or Leaving(),
        )

    @property
    def application(self) -> str:
        """Its application's name."""
        return self.unit.partition("/")[0]

    @property
    def certificate(self) -> Identity | None:
        """The certificate to serve: the last good one, while there is no better."""
        return self.tls.identity

    @property
    def endpoint(self) -> str:
        """Where the store answers once the plan is applied."""
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{self.address}:{self.port}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.config.port if self.config else 9000

    @property
    def owners(self) -> frozenset[str]:
        """Who should have keys."""
        return frozenset(owner(request.relation_id) for request in self.requests)

    @property
    def buckets(self) -> frozenset[str]:
        """What should be there."""
        default = {self.config.bucket} if self.config else set[str]()
        return frozenset(default | {one.bucket for one in self.requests if one.bucket})

    @property
    def admin(self) -> Target | None:
        """The store as the operator reaches it; None before there are keys."""
        key = self.keyring.keys.get(ADMIN)
        return self.target(key) if key and self.config else None

    def answer(self, request: BucketRequest) -> Target | None:
        """What the application behind the request is given; None before there are keys."""
        key = self.keyring.keys.get(owner(request.relation_id))
        return self.target(key, request.bucket, request.path) if key and self.config else None

    def target(self, key: Key, bucket: str = "", path: str = "") -> Target:
        """The store as whoever has this key reaches it."""
        return Target(
            kind="s3",
            bucket=bucket or (self.config or Config()).bucket,
            path=path,
            endpoint=self.endpoint,
            access_key=pydantic.SecretStr(key.access),
            secret_key=pydantic.SecretStr(key.secret),
            ca_chain=self.certificate.authorities if self.certificate else (),
        )


def owner(relation_id: int) -> str:
    """Whose keys those of a relation are."""
    return f"relation-{relation_id}"


def _keyring(charm: ops.CharmBase) -> Keyring:
    """The application's secret."""
    try:
        return Keyring.read(charm.model.get_secret(label=KEYS).get_content(refresh=True))
    except ops.SecretNotFoundError:
        return Keyring()
