# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Bundles: many applications in one YAML file, read, verified, and turned into changes."""

from onebox.bundle.checking import verify
from onebox.bundle.mapping import asked as asked_machines
from onebox.bundle.ordering import Change
from onebox.bundle.planning import plan
from onebox.bundle.reading import read
from onebox.bundle.specs import ApplicationSpec, Bundle
from onebox.bundle.unread import warnings

__all__ = [
    "ApplicationSpec",
    "Bundle",
    "Change",
    "asked_machines",
    "plan",
    "read",
    "verify",
    "warnings",
]
