# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A change of credentials while clients work: how far it is, and the verb that asks for it."""

from dataops.rotation._rotation import (
    BY_HAND,
    Change,
    Rotation,
    Sight,
    obstacle,
    seen_again,
)
from dataops.rotation._verb import (
    Credential,
    PasswordsRotated,
    RotatePasswords,
    Site,
    fingerprint,
    proceed,
    rotating,
)

__all__ = [
    "BY_HAND", "Change", "Credential", "PasswordsRotated", "RotatePasswords", "Rotation", "Sight",
    "Site", "fingerprint", "obstacle", "proceed", "rotating", "seen_again",
]  # fmt: skip
