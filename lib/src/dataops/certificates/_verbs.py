# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs about certificates take and answer.

The plans of day2 ask every charm for them alike.
"""

from __future__ import annotations

import datetime

from dataops.operations import Params, Result


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
