# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The facts, read once."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Annotated

import ops
import pydantic

from dataops import given
from dataops.reconciler import Leaving
from provider import Provider
from root import Root
from roots import Bundle, Roots

ROOT_SECRET = "root"  # noqa: S105  the label, not the secret

Days = Annotated[int, pydantic.Field(ge=1, le=36500)]


class Config(pydantic.BaseModel):
    """The options of the charm."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")

    ca_common_name: Annotated[str, pydantic.Field(min_length=1, max_length=64)]
    certificate_validity: Days
    root_ca_validity: Days

    @pydantic.field_validator("root_ca_validity")
    @classmethod
    def _outlives_certificates(cls, days: int, info: pydantic.ValidationInfo) -> int:
        if days <= info.data.get("certificate_validity", 0):
            raise ValueError("give more days than certificate-validity")
        return days


@dataclasses.dataclass(frozen=True)
class Request:
    """A request for a certificate that is not answered yet.

    Attributes:
        relation_id: where it comes from.
        csr: PEM text.
        is_ca: whether the certificate may sign others.
    """

    relation_id: int
    csr: str
    is_ca: bool = False


@dataclasses.dataclass(frozen=True)
class Issued:
    """A certificate that was handed out.

    Attributes:
        relation_id: where it went.
        csr: the request, PEM text.
        certificate: PEM text.
        bundle: what it was handed out with.
        common_name: whose it is.
    """

    relation_id: int
    csr: str
    certificate: str
    bundle: Bundle
    common_name: str


@dataclasses.dataclass(frozen=True)
class Observed:
    """The world as this unit sees it.

    Attributes:
        application: Its name.
        now: The time, UTC.
        leader: Whether this unit answers.
        config: The options; None while one of them is not usable.
        config_problems: One line per unusable option.
        roots: The root, and its successor or predecessor; None until the leader has made it.
        requests: What is not answered, in order; only the leader knows.
        issued: What is out; only the leader knows.
        refused: The reason of each refused request; only the leader knows.
        unreadable: Who sends something that is no request.
        leaving: What this event takes away.
    """

    application: str
    now: datetime.datetime
    leader: bool = False
    config: Config | None = None
    config_problems: tuple[str, ...] = ()
    roots: Roots | None = None
    requests: tuple[Request, ...] = ()
    issued: tuple[Issued, ...] = ()
    refused: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    leaving: Leaving = dataclasses.field(default_factory=Leaving)

    @property
    def asked(self) -> bool:
        """Whether anybody is known to have asked for a certificate; only the leader knows."""
        return bool(self.requests or self.issued or self.refused or self.unreadable)

    @classmethod
    def read(
        cls, charm: ops.CharmBase, provider: Provider, leaving: Leaving | None = None
    ) -> Observed:
        """Reads Juju once."""
        config, problems = given.options(charm, Config)
        leader = charm.unit.is_leader()
        return cls(
            application=charm.app.name,
            now=datetime.datetime.now(datetime.timezone.utc),
            leader=leader,
            config=config,
            config_problems=problems,
            roots=_roots(charm),
            requests=_unanswered(provider) if leader else (),
            issued=_issued(provider) if leader else (),
            refused=_refused(provider) if leader else (),
            unreadable=provider.unreadable(),
            leaving=leaving or Leaving(),
        )

    @property
    def root(self) -> Root | None:
        """The one that signs; None until the leader has made it."""
        return self.roots.current if self.roots else None


def _roots(charm: ops.CharmBase) -> Roots | None:
    """The roots in the application's secret."""
    try:
        content = charm.model.get_secret(label=ROOT_SECRET).get_content(refresh=True)
    except ops.SecretNotFoundError:
        return None
    return Roots.from_content(content)


def _issued(provider: Provider) -> tuple[Issued, ...]:
    """Every certificate that was handed out and still counts, in order."""
    found = (
        Issued(
            relation_id=each.relation_id,
            csr=str(each.certificate_signing_request),
            certificate=str(each.certificate),
            bundle=Bundle(str(each.ca), tuple(str(link) for link in each.chain)),
            common_name=each.certificate.common_name,
        )
        for each in provider.get_issued_certificates()
    )
    return tuple(sorted(found, key=lambda each: (each.relation_id, each.common_name, each.csr)))


def _unanswered(provider: Provider) -> tuple[Request, ...]:
    """The requests that have neither a certificate nor a refusal."""
    refused = {
        (error.relation_id, str(error.certificate_signing_request))
        for error in provider.get_provider_certificate_errors()
    }
    found = (
        Request(each.relation_id, str(each.certificate_signing_request), each.is_ca)
        for each in provider.get_outstanding_certificate_requests()
    )
    unanswered = [each for each in found if (each.relation_id, each.csr) not in refused]
    return tuple(sorted(unanswered, key=lambda each: (each.relation_id, each.csr)))


def _refused(provider: Provider) -> tuple[str, ...]:
    """The reasons of refusals whose request still stands."""
    standing = {
        (each.relation_id, str(each.certificate_signing_request))
        for each in provider.get_certificate_requests()
    }
    return tuple(
        f"{error.certificate_signing_request.common_name or 'a request'}: {error.error.message}"
        for error in provider.get_provider_certificate_errors()
        if (error.relation_id, str(error.certificate_signing_request)) in standing
    )
