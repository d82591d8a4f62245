# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import time

import pytest

from canary import NAME, PATIENCE, Canary
from dataops.evidence import CanaryState, Evidence, Limits, Phase
from dataops.evidence.meter.orders import Orders, Report
from dataops.host.paths import UnitPaths
from dataops.interfaces.kafka_client import Access
from dataops.testing import FakeServices

ACCESS = Access(
    topic="day2-canary-*",
    endpoints="a:9093,b:9093",
    username="relation-1",
    password="hush",
    tls=True,
    tls_ca="PEM",
    consumer_group_prefix="day2-canary-",
)
LIMITS = Limits(failed=2)


class Unit:
    """A canary, and what surrounds it."""

    def __init__(self, root):
        self.services = FakeServices()
        self.clock = 1000.0
        self.paths = UnitPaths(root / "workload")
        self.canary = Canary(self.paths, self.services, "day2/0", now=lambda: self.clock)
        self.directory = self.paths.run / NAME

    def orders(self) -> Orders:
        return Orders.read(self.directory)

    def report(self, **said):
        Report(run=self.orders().run, **said).write(self.directory)


@pytest.fixture
def unit(tmp_path):
    return Unit(tmp_path)


def test_without_one_there_is_nothing(unit):
    assert unit.canary.state() == CanaryState()
    unit.canary.switch(Phase.DURING)
    unit.canary.stop()
    assert not unit.directory.exists()


def test_begun_it_has_its_orders_and_nobody_else_can_read_them(unit):
    assert unit.canary.start(3, 1, LIMITS, ACCESS)
    orders = unit.orders()
    assert (orders.operation, orders.phase, orders.ending) == (3, Phase.BEFORE, False)
    assert orders.limits == LIMITS
    assert (orders.login.topics, orders.login.group) == ("day2-canary-", "day2-canary-meter")
    assert orders.login.password == "hush"
    assert orders.deadline == 1000 + PATIENCE.total_seconds()
    assert oct((unit.directory / "orders.json").stat().st_mode & 0o777) == "0o600"
    assert oct(unit.directory.stat().st_mode & 0o777) == "0o700"
    service = unit.services.running[NAME]
    assert "hush" not in repr(service)
    assert service.command[-1] == str(unit.directory)
    assert unit.canary.state() == CanaryState(running=True, operation=3)


def test_asked_again_it_goes_on_and_lives_longer(unit):
    unit.canary.start(3, 1, LIMITS, ACCESS)
    first = unit.orders()
    unit.clock += 60
    journal = list(unit.services.journal)
    assert not unit.canary.start(3, 1, LIMITS, ACCESS)
    assert unit.orders() == first.model_copy(update={"deadline": first.deadline + 60})
    assert unit.services.journal == journal


def test_a_new_password_reaches_it_without_a_restart(unit):
    unit.canary.start(3, 1, LIMITS, ACCESS)
    unit.canary.switch(Phase.DURING)
    journal = list(unit.services.journal)
    changed = ACCESS.model_copy(update={"username": "relation-1-b", "tls_ca": "PEM2"})
    unit.canary.start(3, 1, LIMITS, changed)
    login = unit.orders().login
    assert (login.username, login.ca) == ("relation-1-b", "PEM2")
    assert unit.orders().phase is Phase.DURING
    assert unit.services.journal == journal


def test_another_operation_is_another_measurement(unit):
    unit.canary.start(3, 1, LIMITS, ACCESS)
    run = unit.orders().run
    unit.canary.switch(Phase.AFTER)
    unit.report(ended=True)
    assert unit.canary.start(4, 1, LIMITS, ACCESS)
    assert unit.orders().run != run
    assert unit.orders().phase is Phase.BEFORE
    assert unit.services.journal[-1] == ("restart", NAME)
    # What the report says is another's.
    assert unit.canary.state() == CanaryState(running=True, operation=4)


def test_what_is_resumed_is_measured_from_the_beginning(unit):
    unit.canary.start(3, 1, LIMITS, ACCESS)
    unit.report(phase=Phase.AFTER, ended=True, complaint="Its time is over.")
    assert (unit.canary.state().round, unit.canary.state().running) == (1, False)
    assert unit.canary.start(3, 2, LIMITS, ACCESS)
    assert unit.canary.state() == CanaryState(running=True, operation=3, round=2)


def test_phases_and_the_end_are_facts_once_the_meter_says_so(unit):
    unit.canary.start(3, 1, LIMITS, ACCESS)
    evidence = Evidence(sent=5, acknowledged=5)
    unit.report(phase=Phase.BEFORE, settled=True, evidence=evidence)
    unit.canary.switch(Phase.DURING)
    assert unit.orders().phase is Phase.DURING
    state = unit.canary.state()
    assert (state.phase, state.settled, state.running) == (Phase.BEFORE, True, True)
    unit.report(phase=Phase.DURING, evidence=evidence, breaches=("Too much.",))
    state = unit.canary.state()
    assert (state.phase, state.breaches) == (Phase.DURING, ("Too much.",))
    unit.canary.stop()
    assert unit.orders().ending
    assert unit.canary.state().running
    unit.report(phase=Phase.AFTER, ended=True, evidence=evidence)
    assert unit.canary.state() == CanaryState(phase=Phase.AFTER, evidence=evidence, operation=3)


def test_ended_it_is_not_begun_again(unit):
    unit.canary.start(3, 1, LIMITS, ACCESS)
    unit.services.stop(NAME)
    unit.report(ended=True)
    unit.canary.start(3, 1, LIMITS, ACCESS)
    assert not unit.services.state(NAME).running
    assert not unit.canary.state().running


def test_a_killed_process_still_counts_as_running_and_is_named(unit):
    unit.canary.start(3, 1, LIMITS, ACCESS)
    unit.report(evidence=Evidence(sent=5))
    unit.clock = time.time()
    unit.services.crash(NAME)
    # Whoever keeps it running starts it anew: that alone must not stop an operation.
    assert unit.canary.state().complaint == ""
    unit.clock += 20
    state = unit.canary.state()
    assert state.running
    assert "juju ssh day2/0 tail" in state.complaint
    unit.canary.start(3, 1, LIMITS, ACCESS)
    assert unit.services.state(NAME).running
    assert unit.canary.state().complaint == ""


def test_a_process_that_hangs_is_named(unit):
    unit.canary.start(3, 1, LIMITS, ACCESS)
    unit.report(evidence=Evidence(sent=5))
    unit.clock = time.time() + 30
    assert unit.canary.state().complaint == ""
    unit.clock += 60
    assert "has reported nothing for 90 s" in unit.canary.state().complaint
    # Another measurement has not had the time to report.
    unit.canary.start(4, 1, LIMITS, ACCESS)
    assert unit.canary.state().complaint == ""


def test_before_the_first_record_there_is_no_evidence(unit):
    unit.canary.start(3, 1, LIMITS, ACCESS)
    unit.report(evidence=Evidence(), complaint="Kafka does not answer.")
    state = unit.canary.state()
    assert (state.evidence, state.complaint) == (None, "Kafka does not answer.")
