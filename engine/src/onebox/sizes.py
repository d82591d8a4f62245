# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Sizes as Juju spells them: `100M`, `1.5G`, `2TiB`."""

import re

_SIZE = re.compile(r"(\d+(?:\.\d+)?)([MGTPEZY]?)(?:i?B)?")
_POWERS = "MGTPEZY"


def mebibytes(text: str) -> int | None:
    """The size in MiB, which a bare number is already; None when it is no size."""
    found = _SIZE.fullmatch(text)
    if found is None:
        return None
    return int(float(found[1]) * 1024 ** _POWERS.index(found[2] or "M"))
