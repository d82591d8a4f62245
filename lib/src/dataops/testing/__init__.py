# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Behaving fakes for the tests of charms: they keep the real promises, and refuse surprises."""

from dataops.testing._juju import FakeJuju
from dataops.testing._packages import FakePackages
from dataops.testing._services import FakeServices

__all__ = ["FakeJuju", "FakePackages", "FakeServices"]
