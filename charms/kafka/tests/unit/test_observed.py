# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from builders import CA, a_cluster, but, observed
from pydantic import ValidationError

from observed import Config


@pytest.mark.parametrize(
    "option",
    [
        {"heap": "lots"},
        {"heap": "512"},
        {"controllers": 2},
        {"controllers": 0},
        {"default_partitions": 0},
        {"max_reauth_seconds": 1},
        {"max_reauth_seconds": 7 * 86400 + 1},
        {"unknown": 1},
        {"backup_directory": "not/absolute"},
    ],
)
def test_an_option_that_makes_no_sense_is_refused(option):
    with pytest.raises(ValidationError):
        Config(**option)


def test_defaults_are_sound():
    assert Config().heap == "512m" and Config().controllers == 3


def test_a_key_is_not_in_a_repr():
    assert "KEY" not in repr(observed())


def test_everybody_s_authorities_are_trusted_while_one_takes_the_other_s_place():
    newer = CA.replace("Q0E", "TkVX")
    found = observed()
    assert found.truststore == CA
    own = but(found.tls, authorities=newer)
    assert but(found, tls=own).truststore == newer + CA
    # What is not going to be served changes nothing.
    assert but(found, tls=but(own, objection="it expired")).truststore == CA
    assert but(found, tls=None).truststore == CA


def test_clients_are_told_of_registered_brokers_only():
    found = observed(cluster=a_cluster(brokers=frozenset({0}), fenced=frozenset({2})))
    assert found.endpoints == "10.0.0.1:9093,10.0.0.3:9093"


def test_new_programs_change_the_fingerprint():
    found = observed()
    newer = but(found, broker=but(found.broker, version="v2"))
    assert newer.fingerprint != found.fingerprint


def test_nothing_is_to_run_before_everything_is_known():
    assert observed(storage=None).settings is None
    assert observed(config=None).fingerprint == ""
