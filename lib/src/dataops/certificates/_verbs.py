# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the verbs about certificates take: the plans of day2 ask every charm for them alike."""

from __future__ import annotations

from dataops.operations import Params


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
