# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the systemd manager promises; runs inside the container that test_systemd.py boots."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceError, Status, manager
from dataops.host.services.systemd import Systemd
from dataops.host.users import ensure_user
from dataops.interfaces.operations import Status as Task
from dataops.jobs import Jobs
from dataops.operations import verb_of

CHARM = Path("/var/lib/juju/agents/unit-kafka-0/charm")
PYTHON = "/usr/bin/python3"
SAY = "import sys, time; print(sys.argv[1:], flush=True); time.sleep(600)"
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True)"
# What a shell, systemd or a unit file could take for something else.
STRANGE = ("a b", "$HOME", "50%", "q\"uo'te", "new\nline", "back\\slash", "")
VERB = """
import os, pathlib, time
import pydantic
from dataops.operations import JobVerb, NoParams, Result

class Spec(pydantic.BaseModel):
    folder: str

class Done(Result):
    restarted: bool

def work(work):
    folder = pathlib.Path(work.spec.folder)
    (folder / "pid").write_text(str(os.getpid()))
    while not (folder / "go").exists():
        work.end_if_cancelled()
        time.sleep(0.05)
    return Done(restarted=work.restarted)

VERB = JobVerb(name="wait", description="", prepare=None, work=work, params=NoParams, spec=Spec,
               result=Done)
"""
# What a job does to another service of its unit, as a failover does to a broker.
SWAP = """
import pathlib, sys
from dataops.host.paths import UnitPaths
from dataops.host.services import manager

services = manager(UnitPaths(pathlib.Path(sys.argv[1])), "kafka/0")
services.stop("broker")
services.start("broker")
print("done", flush=True)
"""
SECRET = 'hid$den "q" `x` \\ %h'


def eventually(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.05)
    return found


@pytest.fixture
def user(monkeypatch):
    monkeypatch.setenv("JUJU_CHARM_DIR", str(CHARM))
    monkeypatch.setenv("JUJU_UNIT_NAME", "kafka/0")
    monkeypatch.setenv("JUJU_CONTEXT_ID", "kafka/0-start-1")
    return ensure_user("kafka")


@pytest.fixture
def paths(user):
    CHARM.mkdir(parents=True, exist_ok=True)
    paths = UnitPaths.beside(CHARM)
    paths.create(user)
    yield paths
    paths.remove()


@pytest.fixture
def services(paths):
    services = manager(paths, "kafka/0")
    assert isinstance(services, Systemd)
    yield services
    services.remove_all()
    assert not list(Path("/etc/systemd/system").glob("dataops-*"))


def started(services, user=None, *, command=(PYTHON, "-c", SAY), **more):
    services.ensure(Service("broker", command, user=user, **more))
    services.start("broker")
    return eventually(lambda: services.state("broker").pid)


def test_the_user_is_made_once(user):
    assert user == "kafka"
    assert ensure_user("kafka") == "kafka"


def test_arguments_arrive_as_they_are(services, paths):
    started(services, command=(PYTHON, "-c", SAY, *STRANGE))
    log = paths.log / "broker.log"
    assert eventually(lambda: log.exists() and log.read_text()).strip() == repr(list(STRANGE))


def test_the_environment_is_the_service_s_alone(services, user):
    pid = started(services, user, environment={"PASSWORD": SECRET})
    # The kernel shows it a moment after the program has begun.
    text = eventually(lambda: Path(f"/proc/{pid}/environ").read_text())
    found = dict(pair.split("=", 1) for pair in text.split("\0") if pair)
    assert found["PASSWORD"] == SECRET
    assert found["JUJU_UNIT_NAME"] == "kafka/0"
    assert not found.keys() & {"JUJU_CONTEXT_ID", "PYTHONPATH"}
    shown = subprocess.run(["systemctl", "cat", "dataops-*"], capture_output=True, text=True)
    assert "hid" not in shown.stdout


def test_it_runs_as_its_user_without_any_power(services, user):
    pid = started(services, user)
    status = Path(f"/proc/{pid}/status").read_text()
    assert Path(f"/proc/{pid}").owner() == "kafka"
    assert "CapBnd:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status


def test_a_killed_process_comes_back(services):
    pid = started(services)
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: (new := services.state("broker").pid) != pid and new)


def test_a_changed_definition_waits_for_a_restart(services):
    pid = started(services)
    assert not services.ensure(Service("broker", (PYTHON, "-c", SAY)))
    assert services.ensure(Service("broker", (PYTHON, "-c", SAY, "new")))
    assert services.state("broker").pid == pid
    services.restart("broker")
    new = services.state("broker").pid
    eventually(lambda: "new" in Path(f"/proc/{new}/cmdline").read_text())


def test_what_fails_is_failed_and_can_be_stopped(services):
    # One that ends at once may already have failed to start.
    services.ensure(Service("broker", ("/bin/sh", "-c", "sleep 0.5; exit 1")))
    services.start("broker")
    eventually(lambda: services.state("broker").status is Status.FAILED)
    services.stop("broker")
    assert services.state("broker").status is Status.STOPPED


def test_a_program_that_is_not_there_is_said_at_once(services):
    services.ensure(Service("broker", ("/nowhere/java",)))
    with pytest.raises(ServiceError, match="dataops-kafka-0-broker"):
        services.start("broker")


def test_a_job_runs_once(services):
    services.ensure(Service("broker", ("/bin/true",), restart="no"))
    services.start("broker")
    eventually(lambda: services.state("broker").status is Status.STOPPED)


def test_stop_kills_what_does_not_listen(services, paths):
    command = (PYTHON, "-c", DEAF + "; time.sleep(600)")
    pid = started(services, command=command, stop_timeout=1)
    eventually(lambda: "up" in (paths.log / "broker.log").read_text())
    services.stop("broker")
    assert not Path(f"/proc/{pid}").exists()


def test_it_comes_back_after_a_reboot_only_while_started(services):
    started(services)
    assert enabled()
    services.stop("broker")
    assert not enabled()


def test_our_own_work_stops_and_starts_another_service(services, paths, user):
    before = started(services, user)
    path = {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = (PYTHON, "-c", SWAP, str(paths.root))
    services.ensure(Service("work", command, environment=path, restart="no"))
    services.start("work")
    log = paths.log / "work.log"
    assert eventually(lambda: log.exists() and log.read_text().strip()) == "done"
    assert services.state("broker").pid not in (None, before)
    assert enabled()


def enabled():
    command = ["systemctl", "is-enabled", "dataops-kafka-0-broker"]
    return subprocess.run(command, capture_output=True).returncode == 0


@pytest.fixture
def job(services, paths, tmp_path, monkeypatch):
    """Begins a job of that task, and tells its process."""
    sources = CHARM / "src"
    (sources / "operations").mkdir(parents=True, exist_ok=True)
    (sources / "operations" / "__init__.py").touch()
    (sources / "operations" / "wait.py").write_text(VERB)
    monkeypatch.syspath_prepend(str(sources))
    jobs = Jobs(paths, services, "kafka/0")
    verb = verb_of("operations", "wait")

    def pid(other=0):
        file = tmp_path / "pid"
        text = file.read_text() if file.exists() else ""
        return int(text) if text and int(text) != other else 0

    assert jobs.ensure("1/wait/1", verb, verb.spec(folder=str(tmp_path)))
    return jobs, tmp_path, pid


def test_a_killed_job_begins_again_and_ends(job):
    jobs, folder, pid = job
    first = eventually(pid)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: pid(other=first))
    (folder / "go").touch()
    outcome = eventually(lambda: (found := jobs.outcome("1/wait/1")) and found.final and found)
    assert (outcome.status, outcome.results) == (Task.COMPLETED, {"restarted": True})


def test_a_withdrawn_job_goes_and_is_forgotten(job):
    jobs, _, pid = job
    first = eventually(pid)
    jobs.keep_only(())
    eventually(lambda: not Path(f"/proc/{first}").exists())

    def forgotten() -> bool:
        jobs.keep_only(())
        return jobs.outcome("1/wait/1") is None

    eventually(forgotten)
