# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What is to be done, from the facts alone."""

from samples import tls

from dataops.certificates import TlsState
from dataops.reconciler import Leaving
from keyring import Keyring
from plan import Install, Retire, Serve, plan


def test_a_store_serves_all_who_have_keys(facts):
    install, serve = plan(facts())
    assert install == Install(None)
    assert isinstance(serve, Serve)
    assert {key.access for key in serve.keys} == {"DOADMIN", "DOSEVEN"}
    assert serve.buckets == {"dataops"}


def test_nothing_is_served_before_there_are_keys_or_the_protection_asked_for(facts):
    assert plan(facts(keyring=Keyring())) == (Install(None),)
    assert plan(facts(tls=TlsState(wanted=True))) == (Install(None),)
    certified = facts(tls=tls())
    assert isinstance(plan(certified)[-1], Serve)


def test_missing_facts_change_nothing(facts):
    assert plan(facts(config=None)) == ()
    assert plan(facts(data=None)) == ()


def test_a_departure_ends_it(facts):
    assert plan(facts(leaving=Leaving("stop"))) == (Retire(),)
    assert plan(facts(leaving=Leaving("storage-detaching", storage="data"))) == (Retire(),)
