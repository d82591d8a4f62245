# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Jobs against real processes of the supervised manager."""

import contextlib
import json
import os
import signal
import stat
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from dataops.host.paths import UnitPaths
from dataops.host.processes import identify
from dataops.host.services import Status as ServiceStatus
from dataops.host.services.supervised import Supervised
from dataops.interfaces.operations import Status
from dataops.jobs import Jobs, _progress
from dataops.operations import verb_of
from dataops.testing import eventually

# A verb that does what a file tells it to, so that a test can hold it in the middle.
VERB = """
    import os, pathlib, time
    import pydantic
    from dataops.operations import JobVerb, NoParams, OperationError, Result

    class Spec(pydantic.BaseModel):
        folder: str
        secret: str = ""

    class Counted(Result):
        value: int
        restarted: bool
        secret_length: int

    def prepare(context):
        return Spec(folder=context.workload)

    def work(work):
        folder = pathlib.Path(work.spec.folder)
        work.progress("counts", 0.25)
        (folder / "pid").write_text(str(os.getpid()))
        while not (folder / "order").exists():
            if work.cancelled:
                (folder / "tidied").touch()
            work.end_if_cancelled()
            time.sleep(0.02)
        order = (folder / "order").read_text()
        if order == "fail":
            raise OperationError("The disk is full. Free 10 GB.")
        if order == "die":
            os._exit(3)
        while order == "deaf":
            time.sleep(1)
        return Counted(value=7, restarted=work.restarted, secret_length=len(work.spec.secret))

    VERB = JobVerb(
        name="count", description="Counts.", prepare=prepare, work=work, params=NoParams,
        spec=Spec, result=Counted,
    )
"""


class Unit:
    """A unit's directories, service manager and charm, without Juju."""

    def __init__(self, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        agent = base / "agents" / "unit-app-0"
        self.folder = base / "folder"
        self.folder.mkdir()
        operations = agent / "charm" / "src" / "operations"
        operations.mkdir(parents=True)
        (operations / "__init__.py").write_text("")
        (operations / "count.py").write_text(textwrap.dedent(VERB))
        self.woken = base / "woken"
        program = base / "bin" / "juju-exec"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\necho "$@" >> {self.woken}\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
        monkeypatch.syspath_prepend(str(operations.parent))
        self.paths = UnitPaths.beside(agent / "charm")
        self.paths.create()
        self.services = Supervised(self.paths)
        self.jobs = Jobs(self.paths, self.services, "app/0")
        self.verb = verb_of("operations", "count")

    def begin(self, task: str, **spec: str) -> bool:
        return self.jobs.ensure(task, self.verb, self.verb.spec(folder=str(self.folder), **spec))

    def pid(self, not_this: int = 0) -> int:
        """The process of the work, once it has said so."""

        def told() -> int:
            text = self._read("pid")
            return int(text) if text and int(text) != not_this else 0

        return eventually(told)

    def order(self, text: str) -> None:
        """At once: the work looks for the file all the time, and would take half of it."""
        (self.folder / "order.new").write_text(text)
        (self.folder / "order.new").rename(self.folder / "order")

    def ended(self, task: str):
        return eventually(lambda: (found := self.jobs.outcome(task)) and found.final and found, 40)

    def files(self) -> list[Path]:
        return [path for path in (self.paths.control / "jobs").rglob("*") if path.is_file()]

    def holding(self, text: str) -> list[Path]:
        """Its files with this in them; a job removes some while they are read."""
        found = []
        for path in self.files():
            with contextlib.suppress(FileNotFoundError):
                if text in path.read_text():
                    found.append(path)
        return found

    def _read(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""


@pytest.fixture
def unit(tmp_path, monkeypatch):
    unit = Unit(tmp_path, monkeypatch)
    try:
        yield unit
    finally:
        unit.services.remove_all()
        for name in [name for name in sys.modules if name.split(".")[0] == "operations"]:
            del sys.modules[name]


def test_a_job_does_its_work_and_wakes_the_charm(unit):
    assert unit.jobs.outcome("7/count/1") is None
    assert unit.begin("7/count/1")
    unit.pid()
    running = unit.jobs.outcome("7/count/1")
    assert (running.status, running.unit) == (Status.RUNNING, "app/0")
    assert not unit.begin("7/count/1")
    unit.order("go")
    outcome = unit.ended("7/count/1")
    assert (outcome.task, outcome.status) == ("7/count/1", Status.COMPLETED)
    assert outcome.results == {"value": 7, "restarted": False, "secret-length": 0}
    assert outcome.started <= outcome.finished
    woken = eventually(lambda: unit.woken.exists() and unit.woken.read_text())
    assert woken == "app/0 JUJU_DISPATCH_PATH=hooks/update-status ./dispatch\n"


def test_nobody_else_reads_the_specification_and_nothing_is_left_of_it(unit):
    unit.begin("1/s/1", secret="hush-hush")
    pid = unit.pid()
    assert b"hush" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    assert b"hush" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert [stat.S_IMODE(path.stat().st_mode) for path in unit.holding("hush")] == [0o600]
    unit.order("go")
    assert unit.ended("1/s/1").results["secret-length"] == 9
    eventually(lambda: not unit.holding("hush"))


def test_a_failure_is_told_with_its_reason(unit):
    unit.order("fail")
    unit.begin("1/s/1")
    outcome = unit.ended("1/s/1")
    assert (outcome.status, outcome.message) == (Status.FAILED, "The disk is full. Free 10 GB.")


def test_a_job_that_is_killed_begins_again_and_knows_it(unit):
    unit.begin("1/s/1")
    pid = unit.pid()
    os.kill(pid, signal.SIGKILL)
    assert unit.pid(not_this=pid) != pid
    unit.order("go")
    assert unit.ended("1/s/1").results["restarted"] is True


def test_a_job_that_always_dies_is_given_up(unit):
    unit.begin("1/s/1")
    unit.pid()
    (starts,) = [path for path in unit.files() if path.name == "starts.json"]
    starts.write_text('{"starts": 9}')
    unit.order("die")
    outcome = unit.ended("1/s/1")
    assert outcome.status is Status.FAILED
    assert "10 times" in outcome.message


def test_a_job_begins_again_when_the_whole_manager_was_killed(unit):
    unit.begin("1/s/1")
    pid = unit.pid()
    os.kill(int((unit.paths.control / "supervisord.pid").read_text()), signal.SIGKILL)
    eventually(lambda: identify(pid) is None)
    unit.jobs.keep_only({"1/s/1"})
    unit.pid(not_this=pid)
    unit.order("go")
    assert unit.ended("1/s/1").results["restarted"] is True


NO_JOB = """
    from dataops.operations import NoParams, Result, Verb
    VERB = Verb(name="count", description="", run=None, params=NoParams, result=Result)
"""
OTHER_SPEC = VERB.replace("folder: str", "folder: str; colour: str")


@pytest.mark.parametrize(
    ("source", "hint"),
    [(NO_JOB, "no job in this revision"), (OTHER_SPEC, "colour: Field required")],
)
def test_a_job_outlives_an_upgrade_and_says_when_it_cannot_begin_again(unit, source, hint):
    unit.begin("1/s/1")
    pid = unit.pid()
    (unit.paths.root.parent / "charm/src/operations/count.py").write_text(textwrap.dedent(source))
    unit.jobs.keep_only({"1/s/1"})
    assert identify(pid)
    os.kill(pid, signal.SIGKILL)
    outcome = unit.ended("1/s/1")
    assert outcome.status is Status.FAILED
    assert hint in outcome.message


def test_what_has_ended_is_not_begun_again(unit):
    unit.order("go")
    unit.begin("1/s/1")
    unit.ended("1/s/1")
    (name,) = [path.stem for path in (unit.paths.control / "defined").glob("work-*.conf")]
    eventually(lambda: unit.services.state(name).status is ServiceStatus.STOPPED)
    first = (unit.folder / "pid").read_text()
    unit.jobs.keep_only({"1/s/1"})
    unit.services.start(name)
    eventually(lambda: unit.woken.read_text().count("\n") == 2)
    assert (unit.folder / "pid").read_text() == first


def test_a_withdrawn_job_tidies_up_and_is_forgotten(unit):
    unit.begin("1/s/1")
    pid = unit.pid()
    unit.jobs.keep_only(())
    eventually((unit.folder / "tidied").exists)
    eventually(lambda: identify(pid) is None)

    def forgotten() -> bool:
        unit.jobs.keep_only(())
        return unit.jobs.outcome("1/s/1") is None

    eventually(forgotten)
    assert not unit.files()
    assert not list((unit.paths.control / "defined").glob("work-*.conf"))
    assert not unit.woken.exists()


def test_a_withdrawal_waits_for_nobody(unit, monkeypatch):
    monkeypatch.setattr("dataops.jobs._GRACE", 300)
    unit.order("deaf")
    unit.begin("1/s/1")
    pid = unit.pid()
    unit.jobs.keep_only(())
    assert identify(pid), "it has returned before the job has ended"
    os.kill(pid, signal.SIGKILL)


def test_a_withdrawn_job_that_does_not_listen_is_killed(unit, monkeypatch):
    monkeypatch.setattr("dataops.jobs._GRACE", 1)
    unit.order("deaf")
    unit.begin("1/s/1")
    pid = unit.pid()
    unit.jobs.keep_only(())
    eventually(lambda: identify(pid) is None)


def test_the_next_attempt_waits_for_the_end_of_the_last(unit, monkeypatch):
    monkeypatch.setattr("dataops.jobs._GRACE", 2)
    monkeypatch.setattr("dataops.jobs._LOOK_AGAIN_SECONDS", 0.1)
    unit.order("deaf")
    unit.begin("1/s/1")
    unit.pid()
    assert not unit.begin("1/s/2")
    assert unit.jobs.outcome("1/s/2") is None
    unit.jobs.keep_only({"1/s/2"})
    eventually(lambda: unit.woken.exists())
    unit.order("go")
    eventually(lambda: unit.begin("1/s/2"))
    assert unit.ended("1/s/2").status is Status.COMPLETED


class Recorder:
    """Takes what would be published."""

    def __init__(self) -> None:
        self.told: list[tuple[str, float | None]] = []

    def report(self, text, done):
        self.told.append((text, done))


class Beats(threading.Event):
    """Counts how often it was waited for."""

    count = 0

    def wait(self, timeout=None):
        self.count += 1
        return super().wait(timeout)


def test_progress_is_published_at_a_pace_and_the_newest_counts():
    files, wakes, beats = Recorder(), [], Beats()
    progress = _progress.Progress(files, lambda: wakes.append(1), pace=0.02)
    progress._over = beats
    for number in range(50):
        progress.tell(f"part {number}", number / 50)
    with progress:
        eventually(lambda: wakes)
        seen = beats.count
        eventually(lambda: beats.count > seen + 2)
    assert files.told == [("part 49", 0.98)]
    assert len(wakes) == 1


def test_the_files_are_json_that_a_person_can_read(unit):
    unit.order("go")
    unit.begin("1/s/1")
    unit.ended("1/s/1")
    (path,) = [path for path in unit.files() if path.name == "outcome.json"]
    assert json.loads(path.read_text())["status"] == "completed"


def test_a_unit_that_has_run_nothing_so_far_is_woken_too(unit):
    unit.paths.remove()
    unit.jobs.look_again(0)
    assert "app/0" in eventually(lambda: unit.woken.exists() and unit.woken.read_text())
