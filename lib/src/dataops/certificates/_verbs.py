# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The verbs about certificates: what they take and answer, and those that most charms share.

The plans of day2 ask every charm for them alike. What a charm shares has a workload whose
`site(observed)` is the `renewal.Site` of its unit.
"""

from __future__ import annotations

import datetime
from typing import Any

from dataops.certificates._inventory import Inventory
from dataops.operations import Context, NoParams, Params, Result, Verb


class RenewCertificates(Params):
    """What `renew-certificates` takes.

    Attributes:
        new_key: whether the private key is new, too.
    """

    new_key: bool = True


class CheckTrust(Params):
    """What `check-trust` takes.

    Attributes:
        authority: as `list-certificates` spells it, such as `CN=development CA G2 [1f2e3d4c]`.
        trusted: whether it is to be trusted, or not any more.
    """

    authority: str
    trusted: bool = True


class RenewedPort(Result):
    """What one port serves now.

    Attributes:
        listener, port: which one.
        serial, issuer: of the certificate.
        not_after: until when it is good, UTC.
    """

    listener: str
    port: int
    serial: str
    issuer: str
    not_after: datetime.datetime


class Renewed(Result):
    """What `renew-certificates` has changed.

    Attributes:
        old: the serial number that is served no more.
        serial: the one that every port serves; empty where nothing had to be renewed.
        restarted: whether another process than before serves.
        ports: as their handshakes show.
    """

    summary: str
    old: str = ""
    serial: str = ""
    restarted: bool = False
    ports: tuple[RenewedPort, ...] = ()


class Trust(Result):
    """Whom a unit trusts, and tells its clients to trust."""

    summary: str
    trusts: tuple[str, ...] = ()


def listing(description: str) -> Verb[Any, Any, NoParams, Inventory]:
    """`list-certificates`: it asks the ports, and not our records of them."""
    return Verb(
        name="list-certificates",
        description=description,
        run=lambda context: context.workload.site(context.observed).inventory(),
        params=NoParams,
        result=Inventory,
    )


def trusting() -> Verb[Any, Any, CheckTrust, Trust]:
    """`check-trust`: whom clients are told to trust."""
    return Verb(
        name="check-trust",
        description="Waits until clients are told to trust an authority, or to trust it no more.",
        run=lambda context: context.workload.site(context.observed).trust(context),
        params=CheckTrust,
        result=Trust,
    )


def renewing(description: str) -> Verb[Any, Any, RenewCertificates, Renewed]:
    """`renew-certificates`: it asks and looks how far it is; the charm's own plan does it."""

    def run(context: Context[Any, Any, RenewCertificates]) -> Renewed:
        return context.workload.site(context.observed).renew(context)

    return Verb(
        name="renew-certificates",
        description=description,
        run=run,
        params=RenewCertificates,
        result=Renewed,
        mutating=True,
    )
