# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What speaks against serving a certificate that was handed out. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

from dataops.certificates._parsed import Certificate


def objection(
    certificate: Certificate,
    authorities: Sequence[Certificate],
    names: Collection[str],
    now: datetime.datetime,
) -> str:
    """Why clients would refuse the certificate; empty when they would not.

    A server that takes it all the same keeps serving, and clients are locked out one by one: so
    this is asked before.

    Args:
        certificate: as it was handed out.
        authorities: whom those clients trust.
        names: the names and addresses by which they come.
        now: the clock, UTC.
    """
    missing = sorted(set(names) - set(certificate.sans))
    if missing:
        found = ", ".join(certificate.sans) or "nobody"
        return f"it is for {found}, not for {', '.join(missing)}"
    if now < certificate.not_before:
        return (
            f"it is valid from {certificate.not_before:%Y-%m-%d %H:%M:%S} UTC on, and the clock "
            f"here says {now:%Y-%m-%d %H:%M:%S}: compare the clocks"
        )
    if now >= certificate.not_after:
        return f"it expired on {certificate.not_after:%Y-%m-%d %H:%M} UTC"
    if not any(certificate.issued_by(authority) for authority in authorities):
        return f"it is signed by {certificate.issuer}, which is not among the authorities given"
    return ""
