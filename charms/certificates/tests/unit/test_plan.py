# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to steps."""

import datetime

import pytest
from samples import NOW, signing_request

from dataops.reconciler import Leaving
from observed import Request
from plan import Establish, Prolong, Refuse, Sign, plan


def test_the_leader_makes_the_root_first(facts, csr):
    request = Request(1, csr)
    assert plan(facts(requests=(request,))) == (Establish("Test CA", 3650), Sign(request, 90))


def test_with_a_root_it_only_answers(facts, root, csr):
    request = Request(1, csr, is_ca=True)
    assert plan(facts(root=root, requests=(request,))) == (Sign(request, 90),)


def test_when_all_is_answered_nothing_happens(facts, root):
    assert plan(facts(root=root)) == ()


@pytest.mark.parametrize("days, steps", [(91, ()), (89, (Prolong(3650),)), (-1, (Prolong(3650),))])
def test_the_root_is_prolonged_before_a_certificate_outlives_it(facts, root, days, steps):
    now = root.expires - datetime.timedelta(days=days)
    assert plan(facts(root=root, now=now)) == steps


def test_nonsense_is_refused_and_the_others_served(facts, root, csr):
    bad, good = Request(1, signing_request("", "*")), Request(2, csr)
    refused, signed = plan(facts(root=root, requests=(bad, good)))
    assert isinstance(refused, Refuse)
    assert signed == Sign(good, 90)


@pytest.mark.parametrize(
    "changes", [{"leader": False}, {"config": None}, {"leaving": Leaving("stop")}]
)
def test_others_do_nothing(facts, csr, changes):
    assert plan(facts(requests=(Request(1, csr),), **changes)) == ()


def test_another_name_makes_no_other_root(facts, root):
    config = facts().config.model_copy(update={"ca_common_name": "Another"})
    assert plan(facts(root=root, config=config, now=NOW)) == ()
