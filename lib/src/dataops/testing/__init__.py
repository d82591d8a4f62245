# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Behaving fakes for the tests of charms: they keep the real promises, and refuse surprises."""

from dataops.testing._juju import FakeJuju
from dataops.testing._operations import asked_of_us, complaints, offered_to_us
from dataops.testing._packages import FakePackages
from dataops.testing._services import FakeServices
from dataops.testing._stores import store_contract
from dataops.testing._waiting import eventually

__all__ = [
    "FakeJuju",
    "FakePackages",
    "FakeServices",
    "asked_of_us",
    "complaints",
    "eventually",
    "offered_to_us",
    "store_contract",
]
