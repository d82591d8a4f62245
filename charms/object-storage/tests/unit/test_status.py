# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the operator is told."""

import ops
import pytest

from dataops.certificates import TlsState
from keyring import Keyring
from observed import Condition
from status import statuses

SOUND = Condition(version="4.1.0", running=True, listening=True, free=1 << 40)


def worst(observed, condition=SOUND):
    order = ["error", "blocked", "maintenance", "waiting", "active"]
    return min(statuses(observed, condition), key=lambda status: order.index(status.name))


def test_all_is_well(facts, request_of):
    assert worst(facts(requests=(request_of(),))) == ops.ActiveStatus(
        "http://127.0.0.1:9000 keeps objects of 1 application"
    )


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"config_problems": ("port is 0: no",)}, "blocked", "juju config object-storage port="),
        ({"planned": 2}, "blocked", "One unit is the whole store"),
        ({"data": None}, "waiting", "juju storage"),
        ({"keyring": Keyring()}, "waiting", "leader to make keys"),
        ({"tls": TlsState(wanted=True)}, "waiting", "waiting for a certificate"),
        ({"refusals": ("no bucket",)}, "active", "refused: no bucket"),
    ],
)
def test_what_is_missing_is_named_with_the_next_move(facts, changes, kind, words):
    found = worst(facts(**changes))
    assert found.name == kind and words in found.message


@pytest.mark.parametrize(
    ("condition", "kind", "words"),
    [
        (Condition(failure="No Java"), "blocked", "No Java"),
        (Condition(listening=True, free=1 << 20), "blocked", "Disk full: 1 MiB left"),
        (Condition(running=True), "waiting", "The store starts"),
    ],
)
def test_what_the_workload_lacks_is_named(facts, condition, kind, words):
    found = worst(facts(), condition)
    assert found.name == kind and words in found.message
