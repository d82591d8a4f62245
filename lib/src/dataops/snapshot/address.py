# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where a unit's archive goes. Alone in its file, because every hook loads it."""

from __future__ import annotations

import pydantic


class Collector(pydantic.BaseModel):
    """Where a unit uploads its archive to.

    Attributes:
        address: `https://10.1.2.3:9470`.
        fingerprint: the SHA-256 of its certificate, in hex.
        token: shown with the upload.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    address: str
    fingerprint: str
    token: str = pydantic.Field(repr=False)
