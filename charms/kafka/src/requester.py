# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Asks the certificates provider, through the published library, on behalf of this unit."""

from __future__ import annotations

import dataclasses

import ops
from charmlibs.interfaces.tls_certificates import (
    CertificateRequestAttributes,
    KeyAlgorithm,
    TLSCertificatesRequiresV4,
)

from tls import Tls


@dataclasses.dataclass(frozen=True)
class Requester:
    """This unit's request for a certificate.

    Attributes:
        library: the published one.
        wanted: what is asked for.
        address: where clients and brokers come to.
    """

    library: TLSCertificatesRequiresV4
    wanted: CertificateRequestAttributes
    address: str

    @classmethod
    def of(cls, charm: ops.CharmBase, address: str) -> Requester:
        """The one of this unit; its certificate's name is the broker's identity to others."""
        wanted = CertificateRequestAttributes(
            common_name=charm.unit.name.replace("/", "-"),
            sans_ip={address},
            add_unique_id_to_subject_name=False,
        )
        library = TLSCertificatesRequiresV4(
            charm,
            "certificates",
            [wanted],
            refresh_events=[charm.on.start, charm.on.config_changed, charm.on.update_status],
            key_algorithm=KeyAlgorithm.ECDSA,
        )
        return cls(library, wanted, address)

    def assigned(self, now: float) -> Tls | None:
        """What the provider answered to the request of now; None while it has not.

        Args:
            now: Unix seconds.
        """
        return Tls.of(*self.library.get_assigned_certificate(self.wanted), self.address, now)

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
