# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""From facts to steps."""

import datetime

import pytest
from samples import NOW, introduced, signing_request

import authority
from dataops.reconciler import Leaving
from observed import Issued, Request
from plan import Establish, HandOut, Prolong, Refuse, Sign, plan
from roots import Bundle, Roots


def test_the_leader_makes_the_root_first(facts, csr):
    request = Request(1, csr)
    assert plan(facts(requests=(request,))) == (Establish("Test CA", 3650), Sign(request, 90))


def test_with_a_root_it_only_answers(facts, root, csr):
    request = Request(1, csr, is_ca=True)
    assert plan(facts(roots=Roots(root), requests=(request,))) == (Sign(request, 90),)


def test_when_all_is_answered_nothing_happens(facts, root):
    assert plan(facts(roots=Roots(root))) == ()


@pytest.mark.parametrize("days, steps", [(91, ()), (89, (Prolong(3650),)), (-1, (Prolong(3650),))])
def test_the_root_is_prolonged_before_a_certificate_outlives_it(facts, root, days, steps):
    now = root.expires - datetime.timedelta(days=days)
    assert plan(facts(roots=Roots(root), now=now)) == steps


def test_nonsense_is_refused_and_the_others_served(facts, root, csr):
    bad, good = Request(1, signing_request("", "*")), Request(2, csr)
    refused, signed = plan(facts(roots=Roots(root), requests=(bad, good)))
    assert isinstance(refused, Refuse)
    assert signed == Sign(good, 90)


@pytest.mark.parametrize(
    "changes", [{"leader": False}, {"config": None}, {"leaving": Leaving("stop")}]
)
def test_others_do_nothing(facts, csr, changes):
    assert plan(facts(requests=(Request(1, csr),), **changes)) == ()


def test_another_name_makes_no_other_root(facts, root):
    config = facts().config.model_copy(update={"ca_common_name": "Another"})
    assert plan(facts(roots=Roots(root), config=config, now=NOW)) == ()


def test_what_is_out_is_handed_out_again_when_others_are_to_be_trusted(facts, root, csr):
    signed = authority.sign(root, csr, 9, is_ca=False)
    issued = Issued(1, csr, signed, Roots(root).bundle(signed), "kafka-0")
    assert plan(facts(roots=Roots(root), issued=(issued,))) == ()
    both = introduced(root)
    assert plan(facts(roots=both, issued=(issued,))) == (HandOut(issued, both.bundle(signed)),)
    assert isinstance(both.bundle(signed), Bundle)
