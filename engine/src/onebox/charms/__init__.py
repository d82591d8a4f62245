# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Charm archives: read and checked, into the values of the model."""

from onebox.bases import choose_base, parse_base
from onebox.charms.reading import host_python, read

__all__ = ["choose_base", "host_python", "parse_base", "read"]
