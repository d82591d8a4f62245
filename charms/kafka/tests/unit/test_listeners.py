# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import dataclasses
from pathlib import Path

import pytest
from builders import observed

from listeners import Replication, files, fingerprint


@pytest.fixture
def settings():
    return observed().settings


def properties(settings):
    lines = files(settings)["server.properties"].splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize(
    ("brokers", "copies", "in_sync"), [(0, 1, 1), (1, 1, 1), (2, 2, 1), (3, 3, 2), (9, 3, 2)]
)
def test_one_broker_may_always_be_missing(brokers, copies, in_sync):
    assert Replication.of(brokers) == Replication(copies, in_sync)


def test_every_listener_is_on_the_unit_s_own_address(settings):
    found = properties(settings)
    assert found["listeners"] == (
        "CLIENT://10.0.0.1:9093,INTERNAL://10.0.0.1:19093,CONTROLLER://10.0.0.1:9097"
    )
    assert found["advertised.listeners"] == found["listeners"]


def test_no_listener_is_plain(settings):
    protocols = properties(settings)["listener.security.protocol.map"]
    assert protocols == "CLIENT:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL"


def test_clients_prove_a_password_and_brokers_a_certificate(settings):
    found = properties(settings)
    assert found["listener.name.client.sasl.enabled.mechanisms"] == "SCRAM-SHA-512"
    assert found["listener.name.internal.ssl.client.auth"] == "required"
    assert found["listener.name.controller.ssl.client.auth"] == "required"


def test_only_this_application_s_brokers_are_super_users(settings):
    import re

    found = properties(settings)
    assert found["super.users"] == "User:kafka-broker"
    assert found["allow.everyone.if.no.acl.found"] == "false"
    rule, _ = found["ssl.principal.mapping.rules"].removeprefix("RULE:").split("/", 1)
    assert re.match(rule, "CN=kafka-12")
    assert re.match(rule, "CN=kafka-0,O=Example")
    for other in ("CN=kafka-0x", "CN=spark-0", "OU=CN=kafka-0", "O=a\\,CN=kafka-0", "CN=kafka"):
        assert not re.match(rule, other), other


def test_the_quorum_is_found_at_every_unit(settings):
    assert properties(settings)["controller.quorum.bootstrap.servers"] == (
        "10.0.0.1:9097,10.0.0.2:9097,10.0.0.3:9097"
    )


def test_a_unit_that_comes_or_goes_restarts_nobody(settings):
    fewer = dataclasses.replace(settings, controllers=settings.controllers[:1])
    assert fingerprint(fewer, "512m") == fingerprint(settings, "512m")


@pytest.mark.parametrize(
    "change",
    [{"log_retention_hours": 1}, {"address": "10.0.0.9"}, {"replication": Replication(1, 1)}],
)
def test_settings_that_matter_change_the_fingerprint(settings, change):
    assert fingerprint(dataclasses.replace(settings, **change), "512m") != fingerprint(
        settings, "512m"
    )


def test_the_heap_changes_the_fingerprint(settings):
    assert fingerprint(settings, "512m") != fingerprint(settings, "1g")


def test_no_file_holds_a_secret(settings):
    text = "".join(files(dataclasses.replace(settings, data=Path("/data"))).values())
    assert "PRIVATE KEY" not in text and "password=" not in text


def test_prometheus_learns_when_a_port_s_certificate_expires(settings):
    import yaml

    plain, told = (files(settings, proved)["jmx.yaml"] for proved in ({}, {"internal": 1.8e9}))
    (rule,) = yaml.safe_load(told)["rules"][: -len(yaml.safe_load(plain)["rules"])]
    assert rule["value"] == 1_800_000_000 and "listener=INTERNAL" in rule["pattern"]
    assert rule["labels"] == {"listener": "internal", "port": "19093"}
