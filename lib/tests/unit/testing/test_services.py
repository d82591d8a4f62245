# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The fake keeps the real promises, and refuses surprises."""

import dataclasses

import pytest

from dataops.host.services import Service, ServiceError, ServiceManager, Status
from dataops.testing import FakeServices

BROKER = Service("broker", ("/usr/bin/java",))


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


def test_it_is_a_service_manager(services):
    manager: ServiceManager = services
    assert manager.state("broker").status is Status.ABSENT


@pytest.mark.parametrize("verb", ["start", "restart"])
def test_an_undefined_service_cannot_be_started(services, verb):
    with pytest.raises(ServiceError, match="broker is not defined"):
        getattr(services, verb)("broker")


def test_the_life_of_a_service(services):
    assert services.ensure(BROKER)
    assert not services.ensure(BROKER)
    assert services.state("broker").status is Status.STOPPED
    services.start("broker")
    pid = services.state("broker").pid
    services.start("broker")
    assert services.state("broker").pid == pid
    services.restart("broker")
    assert services.state("broker").pid != pid
    services.remove_all()
    assert services.state("broker").status is Status.ABSENT
    assert services.journal == [
        (verb, "broker") for verb in ("ensure", "start", "restart", "stop", "remove")
    ]


def test_a_changed_definition_waits_for_a_restart(services):
    services.ensure(BROKER)
    services.start("broker")
    services.ensure(dataclasses.replace(BROKER, environment={"A": "b"}))
    assert services.stale("broker")
    services.restart("broker")
    assert not services.stale("broker")


def test_a_crash_needs_a_running_service(services):
    services.ensure(BROKER)
    with pytest.raises(AssertionError, match="does not run"):
        services.crash("broker")
    services.start("broker")
    services.crash("broker")
    assert services.state("broker").status is Status.FAILED
    services.start("broker")
    assert services.state("broker").running


def test_what_cannot_start_says_why(services):
    services.ensure(BROKER)
    services.unstartable["broker"] = "no such program"
    with pytest.raises(ServiceError, match="no such program"):
        services.start("broker")
