# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from builders import a_cluster, but, observed
from pydantic import ValidationError

import authority
from observed import Config, Tls


@pytest.mark.parametrize(
    "option",
    [
        {"heap": "lots"},
        {"heap": "512"},
        {"controllers": 2},
        {"controllers": 0},
        {"default_partitions": 0},
        {"max_reauth_seconds": 1},
        {"unknown": 1},
        {"backup_directory": "not/absolute"},
    ],
)
def test_an_option_that_makes_no_sense_is_refused(option):
    with pytest.raises(ValidationError):
        Config(**option)


def test_defaults_are_sound():
    assert Config().heap == "512m" and Config().controllers == 3


def test_there_is_no_certificate_before_there_is_one():
    assert Tls.of(None, None) is None


def test_a_key_is_not_in_a_repr():
    assert "KEY" not in repr(observed())


class Provided:
    def __init__(self):
        self.certificate, self.key = authority.certificate()
        self.ca, _ = authority.certificate("ca")
        self.chain = []


def test_the_stores_of_a_certificate():
    provided = Provided()
    tls = Tls.of(provided, provided.key)
    assert tls is not None
    assert provided.certificate.strip() in tls.keystore and tls.truststore == provided.ca


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
