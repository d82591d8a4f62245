# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""When this unit's new certificate may be served. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from dataops.certificates import Assigned


def trusted_everywhere(tls: Assigned, trusts: Iterable[frozenset[str]]) -> bool:
    """Whether every broker that says whom it trusts trusts who signed this.

    Until then it is not served: the others would hang up on this broker.

    Args:
        tls: the certificate.
        trusts: for each broker, the authorities that it works with; empty where it does not say.
    """
    return all(tls.issuer in known for known in trusts if known)
