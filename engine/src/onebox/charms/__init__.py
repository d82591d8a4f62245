# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Charm archives: read and checked, into the values of the model."""

from onebox.charms.bases import choose_base
from onebox.charms.metadata import parse_base
from onebox.charms.reading import digest, host_python, read

__all__ = ["choose_base", "digest", "host_python", "parse_base", "read"]
