# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to what the operator reads."""

import ops
import pytest
from factory import TLS, observed, source

from condition import Condition
from dataops.certificates import TlsState
from rules import Refusal
from status import statuses

GOOD = Condition(version="2.42.0", running=True, ready=True, free=10**10)


def worst(facts=None, **changes):
    """What Juju shows."""
    condition = Condition(**{**GOOD.__dict__, **changes})
    return ops.StatusBase._get_highest_priority(list(statuses(facts or observed(), condition)))


def test_all_well_says_where_and_how_much():
    status = worst(observed(sources=(source(), source(relation=8))))
    assert status == ops.ActiveStatus("http://10.0.0.9:9090 scrapes 1 application")


def test_over_https_it_says_so():
    status = worst(observed(tls=TLS))
    assert status.message.startswith("https://")


@pytest.mark.parametrize(
    ("facts", "changes", "kind", "words"),
    [
        (
            {"config": None, "config_problems": ("log-level is 'loud': use info",)},
            {},
            ops.BlockedStatus,
            ["log-level is 'loud'", "juju config prometheus log-level="],
        ),
        ({"data": None}, {"free": None}, ops.WaitingStatus, ["storage"]),
        ({}, {"free": 10**6}, ops.BlockedStatus, ["Disk full", "retention-size="]),
        (
            {},
            {"running": False, "ready": False, "failure": "No: juju config <application> x=1"},
            ops.BlockedStatus,
            ["juju config prometheus x=1"],
        ),
        (
            {},
            {"refusals": (Refusal(1, "spark", "rule A", "no"), Refusal(1, "spark", "B", "no"))},
            ops.BlockedStatus,
            ["rule A of spark: no", "(and 1 more)", "everything else runs", "Correct it in spark"],
        ),
        ({"tls": TlsState(wanted=True)}, {}, ops.WaitingStatus, ["certificate"]),
        ({}, {"running": False, "ready": False}, ops.MaintenanceStatus, ["starting"]),
        ({}, {"ready": False}, ops.WaitingStatus, ["reads its samples back"]),
    ],
)
def test_each_trouble_names_itself_and_the_next_move(facts, changes, kind, words):
    status = worst(observed(**facts), **changes)

    assert isinstance(status, kind)
    for word in words:
        assert word in status.message


def test_a_long_reason_fits_into_a_column():
    refusal = Refusal(1, "spark", "rule A", "x " * 500)
    assert len(worst(refusals=(refusal,)).message) < 300
