# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How far a change of the shared secret is."""

import pytest

from dataops.rotation import Rotation
from rpc_secret import RPC, Secrets, begun, refused, waiting

BEGUN = begun(Rotation("7/rotate/1"), 1, 100)


def test_a_change_names_the_secrets_and_tells_neither():
    assert (BEGUN.changes[RPC].old, BEGUN.changes[RPC].new) == ("rpc.1", "rpc.2")
    assert "hush" not in repr(Secrets("hush", "hush"))


def test_a_unit_that_has_not_begun_anew_is_waited_for():
    assert "spark/1 has not taken" in waiting(
        BEGUN, {"spark/0": "rpc.2", "spark/1": "rpc.1"}, {}, 0
    )
    assert waiting(BEGUN, {"spark/0": "rpc.2", "spark/1": "rpc.2"}, {}, 0) == ""


def test_other_applications_drivers_are_waited_for_too():
    ours, now = {"spark/0": "rpc.2"}, BEGUN.began
    told = waiting(BEGUN, ours, {"notebook/0": frozenset({"rpc.1"})}, now)
    assert told == "notebook/0 has not taken its new credentials"
    assert "watched for 60 s more" in waiting(BEGUN, ours, {"notebook/0": None}, now)
    for visitor in (frozenset({"rpc.2"}), frozenset()):
        assert waiting(BEGUN, ours, {"notebook/0": visitor}, now) == ""


@pytest.mark.parametrize(
    ("takes", "proved"),
    [
        ({"a": {"new"}, "b": {"new"}}, True),
        ({"a": {"new"}, "b": {"old"}}, False),
        ({"a": {"new"}, "b": {"old", "new"}}, False),
        # One that takes nothing at all may be on its way out.
        ({"a": {"new"}, "b": set()}, False),
    ],
)
def test_the_old_secret_has_to_be_refused_where_the_new_one_is_taken(takes, proved):
    def accepts(address, port, secret):
        return secret in takes[address]

    assert refused([("a", 1), ("b", 2)], Secrets("new", "old"), accepts) is proved
