# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The published library's provider, which one unreadable request does not stop."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import ops
from charmlibs.interfaces.tls_certificates import (
    CertificateSigningRequest,
    RequirerCertificateRequest,
    TLSCertificatesError,
    TLSCertificatesProvidesV4,
)

_KEY = "certificate_signing_requests"


class Provider(TLSCertificatesProvidesV4):
    """Leaves out what cannot be read, and says whose it is.

    The library raises for a request that is no PEM text: one broken requirer would stop the
    certificates of everybody else.
    """

    def unreadable(self) -> tuple[str, ...]:
        """The names of the units and applications that send something unreadable."""
        return tuple(
            holder.name
            for relation in self.model.relations[self.relationship_name]
            for holder in _holders(relation)
            if any(not _readable(text) for text, _ in _requests(relation.data[holder]))
        )

    def _load_requirer_databag(
        self, relation: ops.Relation, unit_or_app: ops.Application | ops.Unit
    ) -> list[RequirerCertificateRequest]:
        return [
            RequirerCertificateRequest(
                relation_id=relation.id,
                certificate_signing_request=CertificateSigningRequest.from_string(text),
                is_ca=is_ca,
            )
            for text, is_ca in _requests(relation.data[unit_or_app])
            if _readable(text)
        ]


def _holders(relation: ops.Relation) -> Iterable[ops.Application | ops.Unit]:
    return (*sorted(relation.units, key=lambda unit: unit.name), relation.app)


def _requests(bag: Mapping[str, str]) -> list[tuple[str, bool]]:
    """Each request's text and whether it is for a CA; an empty text for what is no request."""
    try:
        listed: Any = json.loads(bag.get(_KEY) or "[]")
        return [(str(one["certificate_signing_request"]), one.get("ca") is True) for one in listed]
    except (ValueError, TypeError, KeyError, AttributeError):
        return [("", False)]


def _readable(text: str) -> bool:
    try:
        CertificateSigningRequest.from_string(text)
    except (TLSCertificatesError, ValueError):
        return False
    return True
