# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the charm's sources where Juju puts them; requests, a root and facts for every test."""

import pathlib
import sys

import pytest

UNIT = pathlib.Path(__file__).parent
sys.path[:0] = [str(UNIT.parents[1] / "src"), str(UNIT)]

from samples import NOW, signing_request  # noqa: E402  only now it can be found


@pytest.fixture(scope="session")
def csr() -> str:
    """A request that nothing speaks against."""
    return signing_request("kafka-0", "kafka-0.local", addresses=["10.1.2.3"])


@pytest.fixture(scope="session")
def root():
    """A root of ten years."""
    import authority

    return authority.establish("Test CA", 3650)


@pytest.fixture
def facts():
    """Makes facts: of a leader with usable options, unless told otherwise."""
    from observed import Config, Observed

    config = Config(ca_common_name="Test CA", certificate_validity=90, root_ca_validity=3650)

    def make(**changes) -> Observed:
        given = {"application": "certificates", "now": NOW, "leader": True, "config": config}
        return Observed(**{**given, **changes})

    return make
