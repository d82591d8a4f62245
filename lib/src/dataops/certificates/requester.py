# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Asks the certificates provider, through the published library, on behalf of a unit.

A module of its own, because only charms that take certificates have that library.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

import ops
from charmlibs.interfaces.tls_certificates import (
    CertificateRequestAttributes,
    KeyAlgorithm,
    TLSCertificatesRequiresV4,
)

from dataops.certificates._assigned import Assigned
from dataops.certificates._identity import Identity
from dataops.certificates._state import TlsState

ENDPOINT = "certificates"


@dataclasses.dataclass(frozen=True)
class Requester:
    """This unit's request for a certificate.

    Attributes:
        library: the published one.
        wanted: what is asked for.
        names: the names and addresses by which clients come.
    """

    library: TLSCertificatesRequiresV4
    wanted: CertificateRequestAttributes
    names: frozenset[str]

    @classmethod
    def of(cls, charm: ops.CharmBase, address: str, dns: Collection[str] = ()) -> Requester:
        """The one of this unit.

        Args:
            charm: its certificate bears the unit's name; its endpoint is called `certificates`.
            address: where clients come to.
            dns: names that they may use instead.
        """
        wanted = CertificateRequestAttributes(
            common_name=charm.unit.name.replace("/", "-"),
            sans_ip={address},
            sans_dns=set(dns) or None,
            add_unique_id_to_subject_name=False,
        )
        library = TLSCertificatesRequiresV4(
            charm,
            ENDPOINT,
            [wanted],
            # It renews when Juju says that a secret has expired. Who was down then hears of it by
            # these.
            refresh_events=[charm.on.start, charm.on.config_changed, charm.on.update_status],
            key_algorithm=KeyAlgorithm.ECDSA,
        )
        return cls(library, wanted, frozenset({address, *dns}))

    def state(self, kept: Identity | None, now: float) -> TlsState:
        """How it stands with this unit's certificate.

        Args:
            kept: what was served last.
            now: Unix seconds.
        """
        related = self.library.model.relations[ENDPOINT]
        return TlsState(
            wanted=bool(related),
            assigned=self.assigned(now) if related else None,
            denied=self.denied() if related else "",
            kept=kept,
            now=now,
        )

    def assigned(self, now: float) -> Assigned | None:
        """What the provider answered to the request of now; None while it has not.

        Args:
            now: Unix seconds.
        """
        return Assigned.of(*self.library.get_assigned_certificate(self.wanted), self.names, now)

    def denied(self) -> str:
        """Why the provider refuses the request of now; empty when it does not."""
        asked = self.library.get_csrs_from_requirer_relation_data()
        for one in asked:
            found = self.library.get_request_error(one.certificate_signing_request)
            if found:
                return f"{found.error.name}: {found.error.message}"
        return ""

    def request(self, *, new_key: bool) -> None:
        """Ask for a new certificate; the one that was handed out is served until it is there.

        Args:
            new_key: with a key that was never used before.
        """
        provided, _ = self.library.get_assigned_certificate(self.wanted)
        if new_key or provided is None:
            self.library.regenerate_private_key()
        else:
            self.library.renew_certificate(provided)
