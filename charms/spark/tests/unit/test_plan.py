# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import dataclasses
from pathlib import Path

import pytest
from factory import AGREEMENT, SAMPLE, access, observed

from agreement import Agreement, Placement
from dataops.certificates import Identity, TlsState
from dataops.reconciler import Leaving
from job_store import Submitted
from options import Config
from plan import (
    Install,
    KeepJobs,
    RemoveAll,
    RunDaemon,
    RunJob,
    RunProgram,
    Secure,
    Step,
    StopDaemon,
    Watch,
    agree,
    plan,
)


def of(kind: type[Step], steps: tuple[Step, ...]) -> list:
    return [step for step in steps if isinstance(step, kind)]


def test_the_leader_runs_everything() -> None:
    steps = plan(observed())
    assert [type(step) for step in steps] == [
        *(Install, Secure, RunDaemon, RunDaemon, RunDaemon, Watch, KeepJobs, RunJob)
    ]
    assert [(d.role, d.port, d.ui_port) for d in of(RunDaemon, steps)] == [
        ("master", 7077, 8080),
        ("worker", 7100, 8100),
        ("history", 0, 18080),
    ]
    (job,) = of(RunJob, steps)
    assert (job.reads.topic, job.writes.topic) == ("flights", "flights-hourly")
    assert (job.ui_port, job.metrics_port) == (4040, 4540)


def test_another_unit_runs_a_worker_of_the_leaders_master() -> None:
    steps = plan(observed(unit="spark/2", address="10.0.0.3", leader=False))
    (worker,) = of(RunDaemon, steps)
    assert (worker.role, worker.port, worker.cluster.address) == ("worker", 7102, "10.0.0.3")
    assert worker.cluster.master == "spark://10.0.0.1:7077"
    assert [step.role for step in of(StopDaemon, steps)] == ["master", "history"]
    assert of(RunJob, steps) == []
    assert of(KeepJobs, steps) == [KeepJobs(frozenset())]


def test_with_a_certificate_every_page_is_secure(certificate: Identity) -> None:
    steps = plan(observed(tls=TlsState(wanted=True, kept=certificate)))
    assert of(Secure, steps) == [Secure(certificate)]
    for step in (*of(RunDaemon, steps), *of(RunJob, steps)):
        assert step.cluster.certificate == certificate
        assert step.cluster.master_ui == "https://10.0.0.1:8480"


def test_nothing_starts_without_the_protection_asked_for() -> None:
    assert plan(observed(tls=TlsState(wanted=True))) == (Install(None),)


@pytest.mark.parametrize("missing", [{"secret": ""}, {"config": None}, {"agreement": Agreement()}])
def test_a_missing_fact_disturbs_nothing(missing: dict) -> None:
    assert plan(observed(**missing)) == (Install(None),)


def test_without_storage_there_is_nothing_to_do() -> None:
    assert plan(observed(None)) == ()


@pytest.mark.parametrize("granted", [(), ("flights",), ("flights-hourly",)])
def test_without_all_its_credentials_a_job_has_nothing_to_read(granted: tuple[str, ...]) -> None:
    steps = plan(observed(accesses={topic: access(topic) for topic in granted}))
    assert [step.reads for step in of(RunJob, steps)] == [None]
    assert of(KeepJobs, steps) == [KeepJobs(frozenset({"flights-hourly"}))]


def test_without_kafka_no_declared_job_is_kept() -> None:
    steps = plan(observed(kafka_related=False, accesses={}))
    assert of(KeepJobs, steps) == [KeepJobs(frozenset())]


def test_a_stopped_job_ends() -> None:
    steps = plan(observed(stopped=frozenset({"flights-hourly"})))
    assert of(RunJob, steps) == []
    assert of(KeepJobs, steps) == [KeepJobs(frozenset())]


def test_submitted_programs_run_beside_declared_jobs() -> None:
    mine = Submitted(name="mine", script=Path("/mine.py"))
    steps = plan(observed(submitted=(mine,)))
    assert [step.program for step in of(RunProgram, steps)] == [mine]
    assert of(KeepJobs, steps) == [KeepJobs(frozenset({"flights-hourly", "mine"}))]


def test_a_declared_job_takes_the_name_of_a_submitted_one() -> None:
    mine = Submitted(name="flights-hourly", script=Path("/mine.py"))
    assert of(RunProgram, plan(observed(submitted=(mine,)))) == []


@pytest.mark.parametrize(
    "leaving", [Leaving("stop"), Leaving("storage-detaching", storage="data")]
)
def test_a_unit_that_goes_leaves_nothing(leaving: Leaving) -> None:
    assert plan(observed(leaving=leaving)) == (RemoveAll(),)


def test_the_leader_names_itself_and_places_the_jobs() -> None:
    facts = observed(agreement=Agreement(), addresses={"spark/0": "10.0.0.1", "spark/1": "x"})
    agreement = agree(facts, "secret:shared")
    assert agreement == AGREEMENT


def test_unusable_jobs_leave_the_last_usable_ones() -> None:
    facts = observed(jobs_text="- nonsense", jobs_problems=("line 1, job 0: no",))
    assert agree(facts, "secret:shared").jobs == SAMPLE


def test_an_unusable_port_offset_leaves_the_last_usable_one() -> None:
    known = AGREEMENT.model_copy(update={"port_offset": 7})
    facts = observed(agreement=known, config=None)
    assert agree(facts, "secret:shared").port_offset == 7
    changed = dataclasses.replace(facts, config=Config(port_offset=100))
    assert agree(changed, "secret:shared").port_offset == 100


def test_a_departing_units_jobs_move() -> None:
    facts = observed(
        unit="spark/1",
        address="10.0.0.2",
        addresses={"spark/0": "10.0.0.1", "spark/1": "10.0.0.2"},
        leaving=Leaving("relation-departed", departing="spark/0"),
    )
    agreement = agree(facts, "secret:shared")
    assert agreement.placements["flights-hourly"] == Placement(unit="spark/1", slot=0)
    assert agreement.master == "10.0.0.2"
