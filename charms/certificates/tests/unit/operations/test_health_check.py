# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The authority looks at itself."""

import dataclasses
import datetime

import authority
from dataops.operations import Context, HealthCheck, NoParams
from observed import Request
from operations.health_check import VERB
from roots import Roots


def check(observed) -> dict[str, str]:
    result = VERB.run(Context(observed, None, NoParams()))
    assert isinstance(result, HealthCheck)
    return {each.name: str(each) for each in result.checks}


def test_a_working_authority_is_healthy(facts, root):
    result = VERB.run(Context(facts(roots=Roots(root), issued=(1, 2)), None, NoParams()))
    assert result.healthy
    assert "2 certificates issued" in str(result.checks)


def test_each_fault_is_found(facts, root, csr):
    foreign = dataclasses.replace(root, private_key=authority.establish("x", 1).private_key)
    assert "no root yet" in check(facts())["root"]
    assert "not the root certificate's" in check(facts(roots=Roots(foreign)))["root"]
    expired = facts(roots=Roots(root), now=root.expires + datetime.timedelta(days=2))
    assert "expired on" in check(expired)["root"]
    waiting = facts(roots=Roots(root), requests=(Request(1, csr),))
    assert "1 requests are not answered" in check(waiting)["requests"]
    nonsense = facts(roots=Roots(root), refused=("x: too wide",), unreadable=("web/1",))
    assert "x: too wide; web/1: unreadable" in check(nonsense)["refusals"]


def test_only_the_leader_speaks_of_requests(facts, root):
    assert set(check(facts(roots=Roots(root), leader=False))) == {"root"}
