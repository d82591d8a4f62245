# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The authority looks at itself."""

import dataclasses
import datetime

import authority
from dataops.operations import Context, HealthCheck, NoParams
from observed import Request
from operations.health_check import VERB


def check(observed) -> dict[str, str]:
    result = VERB.run(Context(observed, None, NoParams()))
    assert isinstance(result, HealthCheck)
    return {each.name: str(each) for each in result.checks}


def test_a_working_authority_is_healthy(facts, root):
    result = VERB.run(Context(facts(root=root, issued=2), None, NoParams()))
    assert result.healthy
    assert "2 certificates issued" in str(result.checks)


def test_each_fault_is_found(facts, root, csr):
    foreign = dataclasses.replace(root, private_key=authority.establish("x", 1).private_key)
    assert "no root yet" in check(facts())["root"]
    assert "not the root certificate's" in check(facts(root=foreign))["root"]
    expired = facts(root=root, now=root.expires + datetime.timedelta(days=2))
    assert "expired on" in check(expired)["root"]
    waiting = facts(root=root, requests=(Request(1, csr),))
    assert "1 requests are not answered" in check(waiting)["requests"]
    nonsense = facts(root=root, refused=("x: too wide",), unreadable=("web/1",))
    assert "x: too wide; web/1: unreadable" in check(nonsense)["refusals"]


def test_only_the_leader_speaks_of_requests(facts, root):
    assert set(check(facts(root=root, leader=False))) == {"root"}
