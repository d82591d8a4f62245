# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What follows from the facts."""

import pytest
from pydantic import ValidationError
from samples import certificate, tls

from keyring import Keyring
from observed import Config


@pytest.mark.parametrize(
    "option",
    [{"bucket": "No"}, {"bucket": "a"}, {"port": 0}, {"port": 70000}, {"heap": "lots"}],
)
def test_an_option_that_makes_no_sense_is_refused(option):
    with pytest.raises(ValidationError):
        Config(**option)


def test_an_application_is_given_what_it_asked_for_with_its_own_keys(facts, request_of):
    given = certificate()
    o = facts(tls=tls(given))
    target = o.answer(request_of(bucket="mine", path="below"))
    assert target.describe() == "s3://mine/below at https://127.0.0.1:9000"
    assert target.access_key.get_secret_value() == "DOSEVEN"
    assert target.ca_chain == (given.ca.strip(),)
    assert o.answer(request_of(relation_id=8)) is None


def test_who_asks_for_no_bucket_gets_the_common_one(facts, request_of):
    assert facts().answer(request_of()).describe() == "s3://dataops at http://127.0.0.1:9000"
    found = facts(requests=(request_of(), request_of(8, bucket="mine")))
    assert found.buckets == {"dataops", "mine"}
    assert found.owners == {"relation-7", "relation-8"}


def test_without_keys_nobody_is_answered(facts, request_of):
    empty = facts(keyring=Keyring())
    assert empty.admin is None and empty.answer(request_of()) is None


def test_no_key_is_in_a_repr(facts):
    assert "secret" not in repr(facts(tls=tls()))
