# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The topic can be reached, or it is said why not."""

from dataops.operations import Context, NoParams
from operations.health_check import VERB


def check(observed):
    return VERB.run(Context(observed, None, NoParams()))


def reaching(facts, *brokers, **access):
    endpoints = ",".join(each.endpoint for each in brokers)
    granted = facts().access.model_copy(update={"endpoints": endpoints, **access})
    return facts(access=granted)


def test_all_brokers_answer(facts, broker):
    result = check(reaching(facts, broker(), broker()))
    assert result.healthy
    assert "all 2 answer" in str(result.checks)


def test_tls_is_checked_by_the_granted_ca(facts, broker):
    secure = broker(tls=True)
    assert check(reaching(facts, secure, tls=True, tls_ca=secure.ca)).healthy
    other = broker(tls=True)
    result = check(reaching(facts, secure, tls=True, tls_ca=other.ca))
    assert "CERTIFICATE_VERIFY_FAILED" in result.failed[0].detail


def test_a_silent_broker_is_named_and_the_others_counted(facts, broker):
    gone, there = broker(), broker()
    gone.close()
    [failed] = check(reaching(facts, gone, there)).failed
    assert failed.detail.startswith(f"1 of 2 brokers: {gone.endpoint}")
    assert failed.next_move == "juju run kafka/leader health-check"


def test_a_nonsense_endpoint_is_an_answer_too(facts):
    granted = facts().access.model_copy(update={"endpoints": "nowhere"})
    assert "brokers" in [each.name for each in check(facts(access=granted)).failed]


def test_without_access_nobody_is_greeted(facts):
    [failed] = check(facts(access=None)).checks
    assert (failed.name, failed.ok) == ("access", False)
