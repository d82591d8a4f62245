# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The canary against real brokers: what it says agrees with others who counted, and it says no."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import jubilant
import psutil
import pytest
from confluent_kafka import KafkaException, Producer

from dataops.evidence import Evidence, Limits, Phase
from dataops.evidence.meter.orders import Orders, Report
from tests.integration.meters import RunningMeter, Witness, count, leaders, login
from tests.integration.operations import begin, ended, shown
from tests.integration.processes import eventually, kill, one_of_unit, suspended
from tools.demo import pipeline

pytestmark = pytest.mark.long

CHARMS = Path(__file__).resolve().parent.parent.parent / "charms"
BROKERS = (0, 1, 2)
# A team's own plans; the second one waits in its middle for a person.
PLANS = """
- name: careful-look
  description: A look at the brokers, under the canary.
  canary: {longest-gap: 10s, before: 4s, after: 4s}
  steps:
    - {name: look, verb: health-check, applications: [kafka]}
- name: patient-look
  description: A look at the brokers that waits for a person, under the canary.
  canary: {longest-gap: 5s, before: 4s, after: 4s}
  steps:
    - {name: look, verb: health-check, applications: [kafka], approval: true}
"""
LIMITS = Limits.model_validate({"longest-gap": "10s", "before": "5s", "after": "5s"})


def charm_of(name: str) -> Path:
    return CHARMS / name / f"{name}_amd64.charm"


def customer(model: jubilant.Juju, name: str) -> None:
    """An application with the canary's access, through an ordinary relation."""
    model.deploy(
        charm_of("data-access"),
        name,
        config={"topic": "day2-canary-*", "consumer-group-prefix": "day2-canary-"},
    )
    model.integrate(f"{name}:kafka", "kafka:kafka-client")


def settled(model: jubilant.Juju, *names: str) -> None:
    """These applications are active, or all of them: day2 says that an operation was stopped."""
    model.wait(
        lambda s: jubilant.all_active(s, *names) and jubilant.all_agents_idle(s, *names),
        error=jubilant.any_error,
        timeout=900,
        delay=2,
    )


@pytest.fixture(scope="module")
def model(juju: jubilant.Juju) -> jubilant.Juju:
    juju.deploy(charm_of("certificates"))
    juju.deploy(charm_of("kafka"), num_units=len(BROKERS))
    juju.deploy(charm_of("day2"), config={"plans": PLANS})
    juju.integrate("kafka:certificates", "certificates")
    juju.integrate("day2:kafka", "kafka:kafka-client")
    juju.integrate("day2:operations", "kafka:operations")
    customer(juju, "customer")
    settled(juju)
    return juju


@pytest.fixture(scope="module")
def uuid(model: jubilant.Juju) -> str:
    return model.show_model().model_uuid


@pytest.fixture(scope="module")
def access(model: jubilant.Juju) -> pipeline.Credentials:
    return pipeline.credentials(model, "customer")


@pytest.fixture
def meter(
    model: jubilant.Juju, access: pipeline.Credentials, tmp_path: Path
) -> Iterator[RunningMeter]:
    eventually(lambda: whole(model), 240, "every copy is in sync")
    orders = Orders(
        run=secrets.randbits(63),
        deadline=time.time() + 600,
        limits=LIMITS,
        login=login(access),
    )
    with RunningMeter(tmp_path, orders) as running:
        yield running


def whole(model: jubilant.Juju) -> bool:
    """Whether no broker is behind or away, as the cluster says."""
    described = model.run("kafka/leader", "describe-cluster").results
    return int(described["under-replicated-partitions"]) == 0


@pytest.fixture
def topic(meter: RunningMeter) -> str:
    return meter.settled().topic


def brokers(uuid: str) -> list[psutil.Process]:
    """All broker processes."""
    return [one_of_unit(f"kafka/{n}", uuid, "kafka.Kafka") for n in BROKERS]


def adds_up(evidence: Evidence) -> None:
    assert evidence.final
    assert evidence.sent == evidence.acknowledged + evidence.failed + evidence.unknown
    for phase in Phase:
        part = evidence.of(phase)
        assert part.sent == part.acknowledged + part.failed + part.unknown
    assert evidence.sent == sum(evidence.of(phase).sent for phase in Phase)


def test_a_quiet_time_is_all_well(
    access: pipeline.Credentials, meter: RunningMeter, topic: str
) -> None:
    assert sorted(leaders(access, topic).values()) == list(BROKERS)
    meter.enter(Phase.DURING)
    meter.progress(500)
    evidence = meter.end()
    adds_up(evidence)
    print(evidence.line)
    assert "all acknowledged" in evidence.line
    assert (evidence.failed, evidence.lost, evidence.duplicated, evidence.reordered) == (0,) * 4
    assert evidence.read == evidence.sent
    assert evidence.uncovered == () and evidence.partitions == len(BROKERS)
    seen = count(access, topic, meter.orders.run)
    assert len(seen) == seen.total() == evidence.sent


def test_sigkill_of_a_broker_is_seen_as_others_see_it(
    model: jubilant.Juju,
    uuid: str,
    access: pipeline.Credentials,
    meter: RunningMeter,
    topic: str,
) -> None:
    # The broker of this unit, by what it leads.
    unit = f"kafka/{BROKERS[-1]}"
    (partition,) = (p for p, leader in leaders(access, topic).items() if leader == BROKERS[-1])
    before = meter.evidence()
    with Witness(access, topic, partition) as witness:
        quiet = witness.longest_gap
        meter.enter(Phase.DURING)
        broker = one_of_unit(unit, uuid, "kafka.Kafka")
        kill(broker)
        # A busy machine has gaps of its own; this one lasts until the broker is given up.
        eventually(lambda: witness.longest_gap > quiet + 1, 60, "the witness saw the fault")
        meter.progress(500)
        anew = eventually(lambda: one_of_unit(unit, uuid, "kafka.Kafka"), 120, "a new broker")
        assert anew.pid != broker.pid
        meter.enter(Phase.AFTER)
        meter.settled()
    evidence = meter.end()
    adds_up(evidence)
    print(evidence.line, "; the witness saw", witness.longest_gap)
    assert (evidence.failed, evidence.lost, evidence.unread) == (0, 0, 0)
    gap = max(evidence.during.longest_gap_ms, evidence.after.longest_gap_ms)
    assert gap > before.before.longest_gap_ms
    # Each client finds the new leader by itself: they need not be equally quick.
    assert gap == pytest.approx(witness.longest_gap * 1000, rel=0.25, abs=500)
    seen = count(access, topic, meter.orders.run)
    assert len(seen) == evidence.read == evidence.acknowledged
    assert seen.total() - len(seen) == evidence.duplicated


def test_an_outage_of_all_brokers_is_a_gap_and_failures_and_a_breach(
    model: jubilant.Juju,
    uuid: str,
    access: pipeline.Credentials,
    meter: RunningMeter,
    topic: str,
) -> None:
    meter.enter(Phase.DURING)
    with suspended(brokers(uuid)):
        began = time.monotonic()
        report = eventually(
            lambda: (r := meter.report()) and len(r.breaches) == 2 and r, 60, "two breaches"
        )
        stood = time.monotonic() - began
    failures, gap = report.breaches
    assert "_MSG_TIMED_OUT" in failures and "the limit is 0" in failures
    assert "No acknowledgement for" in gap
    meter.progress(100)
    evidence = meter.end()
    adds_up(evidence)
    print(evidence.line)
    assert evidence.failed == evidence.during.failed > 0
    assert evidence.before.failed == 0
    assert evidence.during.longest_gap_ms >= stood * 1000
    # What was given up may have been written none the less; what was acknowledged must be there.
    assert (evidence.lost, evidence.unread) == (0, 0)
    seen = count(access, topic, meter.orders.run)
    assert evidence.acknowledged <= len(seen) <= evidence.sent
    assert len(seen) == evidence.read


def test_sigkill_of_the_meter_itself_leaves_an_honest_account(
    access: pipeline.Credentials, meter: RunningMeter, topic: str
) -> None:
    for _ in range(3):
        meter.progress(200)
        meter.kill()
        meter.start()
    meter.progress(200)
    evidence = meter.end()
    adds_up(evidence)
    print(evidence.line)
    assert (evidence.failed, evidence.lost, evidence.unread) == (0, 0, 0)
    assert (evidence.duplicated, evidence.reordered) == (0, 0)
    assert evidence.unmeasured_seconds > 0
    # What was under way at each of the kills, and no more.
    assert evidence.unknown < 100
    seen = count(access, topic, meter.orders.run)
    assert evidence.acknowledged <= len(seen) == evidence.read <= evidence.sent


def test_an_operation_runs_under_the_canary(model: jubilant.Juju) -> None:
    eventually(lambda: whole(model), 240, "every copy is in sync")
    told = ended(model, begin(model, "run-operation", plan="careful-look"))
    print(told["canary"])
    assert told["status"] == "completed", told
    evidence = Evidence.model_validate_json(told["evidence"])
    adds_up(evidence)
    assert told["canary"] == evidence.line
    assert all(evidence.of(phase).acknowledged for phase in Phase)
    assert (evidence.failed, evidence.lost, evidence.unread) == (0, 0, 0)


def test_the_canary_stops_an_operation_in_its_middle(model: jubilant.Juju, uuid: str) -> None:
    eventually(lambda: whole(model), 240, "every copy is in sync")
    number = begin(model, "run-operation", plan="patient-look")
    eventually(lambda: meter_phase(model) is Phase.DURING, 90, "the canary measures the steps")
    with suspended(brokers(uuid)):
        began = time.monotonic()
        # Nobody but the canary wakes day2 here: update-status is minutes away.
        stopped = eventually(
            lambda: "canary" in str((told := shown(model, number)).get("next-moves")) and told,
            60,
            "the operation is stopped",
        )
        print(f"stopped after {time.monotonic() - began:.1f} s:", stopped["next-moves"])
    assert "No acknowledgement for" in stopped["next-moves"]
    told = ended(model, number)
    assert told["status"] == "failed", told
    assert Evidence.model_validate_json(told["evidence"]).during.longest_gap_ms > 5000


def meter_phase(model: jubilant.Juju) -> Phase:
    """The phase in which the meter of day2 counts, as it says on its machine."""
    told = model.exec("cat ../workload/run/canary/report.json", unit="day2/0").stdout
    return Report.model_validate_json(told).phase


def test_it_costs_little(meter: RunningMeter, topic: str) -> None:
    # The benchmark measures it, and its memory, on a quiet machine; here others use the cores.
    process = psutil.Process(meter.process.pid)
    before, began = process.cpu_times(), time.monotonic()
    meter.progress(1000)
    after, lasted = process.cpu_times(), time.monotonic() - began
    share = (after.user + after.system - before.user - before.system) / lasted
    print(f"{share:.1%} of a core, {process.memory_info().rss / 1e6:.0f} MB")
    assert share < 0.1


def test_a_new_user_is_followed_and_nobody_misses_the_old_one(
    model: jubilant.Juju, access: pipeline.Credentials, meter: RunningMeter, topic: str
) -> None:
    customer(model, "successor")
    settled(model, "successor", "kafka")
    successor = pipeline.credentials(model, "successor")
    assert successor.username != access.username
    meter.enter(Phase.DURING)
    meter.order(login=login(successor))
    # Both ends have gone over when a whole beat later the account still adds up.
    meter.progress(300)
    model.remove_relation("customer:kafka", "kafka:kafka-client")
    eventually(lambda: refused(access), 120, "the old user is refused")
    meter.progress(300)
    evidence = meter.end()
    adds_up(evidence)
    print(evidence.line)
    assert (evidence.failed, evidence.lost, evidence.unread) == (0, 0, 0)
    assert (evidence.duplicated, evidence.reordered) == (0, 0)
    seen = count(successor, topic, meter.orders.run)
    assert len(seen) == seen.total() == evidence.sent


def refused(access: pipeline.Credentials) -> bool:
    try:
        Producer(access.client()).list_topics(timeout=5)
    except KafkaException:
        return True
    return False
