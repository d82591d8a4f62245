# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The supervised manager against real processes."""

import contextlib
import os
import secrets
import signal
import sys
import time
from pathlib import Path

import pytest

from dataops.host.paths import UnitPaths
from dataops.host.services import Service, ServiceError, Status
from dataops.host.services.supervised import Supervised
from dataops.testing import eventually

SLEEPER = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")

# Says the process id of a child that it started.
PARENT = """
import pathlib, subprocess
child = subprocess.Popen(["sleep", "600"])
pathlib.Path("{file}.new").write_text(str(child.pid))
pathlib.Path("{file}.new").rename("{file}")
child.wait()
"""


def written(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def arguments() -> list[bytes]:
    """Of every process of the machine; any of them may end while it is looked at."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(path.read_bytes())
    return found


def held(pid: int) -> set[str]:
    """What a process has open; it may close one while it is looked at."""
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.add(os.readlink(link))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    # It may end between the opening and the reading.
    except (FileNotFoundError, ProcessLookupError):
        return False


def environment(pid: int) -> dict[str, str]:
    text = Path(f"/proc/{pid}/environ").read_bytes().decode()
    return dict(item.split("=", 1) for item in text.split("\0") if item)


def supervisor_pid(paths: UnitPaths) -> int:
    return int((paths.control / "supervisord.pid").read_text())


@pytest.fixture
def paths(tmp_path, monkeypatch):
    monkeypatch.setenv("JUJU_UNIT_NAME", "kafka/0")
    monkeypatch.setenv("JUJU_CONTEXT_ID", "kafka/0-start-1")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/charm/lib")
    # Deeper than the path of a socket may be.
    paths = UnitPaths.beside(tmp_path / ("deep" * 30) / "agents" / "unit-kafka-0" / "charm")
    paths.create()
    yield paths
    paths.remove()


@pytest.fixture
def services(paths):
    services = Supervised(paths)
    try:
        yield services
    finally:
        services.remove_all()


def started(services, *, name="sleeper", command=SLEEPER, **more) -> int:
    services.ensure(Service(name, command, **more))
    services.start(name)
    return eventually(lambda: services.state(name).pid)


def deaf(services, stop_timeout: float) -> int:
    """A service that heeds no request to end, once it has said that it does not."""
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    command = (sys.executable, "-c", script + "print('up', flush=True); time.sleep(600)")
    pid = started(services, name="deaf", command=command, stop_timeout=stop_timeout)
    eventually(lambda: "up" in written(services._paths.log / "deaf.log"))
    return pid


def test_a_started_service_runs_and_says_since_when(services):
    before = time.time()
    pid = started(services)
    state = services.state("sleeper")
    assert state.status is Status.RUNNING
    assert alive(pid)
    assert before - 2 <= state.since.timestamp() <= time.time() + 2


def test_start_is_idempotent(services):
    pid = started(services)
    services.start("sleeper")
    assert services.state("sleeper").pid == pid


def test_ensure_says_whether_it_changed_and_leaves_the_process(services):
    assert services.ensure(Service("sleeper", SLEEPER))
    assert not services.ensure(Service("sleeper", SLEEPER))
    services.start("sleeper")
    pid = services.state("sleeper").pid
    assert services.ensure(Service("sleeper", SLEEPER, environment={"A": "b"}))
    assert services.state("sleeper").pid == pid


def test_restart_applies_a_changed_definition(services):
    pid = started(services)
    services.ensure(Service("sleeper", SLEEPER, environment={"A": "b 'c' %(d)s $e"}))
    services.restart("sleeper")
    new = eventually(lambda: services.state("sleeper").pid)
    assert new != pid
    assert eventually(lambda: environment(new).get("A")) == "b 'c' %(d)s $e"


def test_an_undefined_service_cannot_be_started(services):
    with pytest.raises(ServiceError, match="nothing is not defined"):
        services.start("nothing")


def test_a_killed_process_comes_back(services):
    pid = started(services)
    os.kill(pid, signal.SIGKILL)
    new = eventually(lambda: (found := services.state("sleeper").pid) and found != pid and found)
    assert alive(new)


def test_a_process_that_keeps_failing_is_failed_and_tried_again(services, tmp_path):
    tries = tmp_path / "tries"
    script = f"open({str(tries)!r}, 'a').write('x'); raise SystemExit(3)"
    services.ensure(Service("failing", (sys.executable, "-c", script)))
    services.start("failing")
    eventually(lambda: services.state("failing").status is Status.FAILED)
    eventually(lambda: len(written(tries)) >= 3)


def test_a_job_runs_once(services, tmp_path):
    tries = tmp_path / "tries"
    script = f"open({str(tries)!r}, 'a').write('x')"
    services.ensure(Service("job", (sys.executable, "-c", script), restart="no"))
    services.start("job")
    eventually(lambda: services.state("job").status is Status.STOPPED and tries.exists())
    assert tries.read_text() == "x"


def test_a_failed_job_is_failed(services):
    services.ensure(Service("job", (sys.executable, "-c", "raise SystemExit(3)"), restart="no"))
    services.start("job")
    eventually(lambda: services.state("job").status is Status.FAILED)


def test_stop_waits_and_a_stopped_service_stays_stopped(services, paths):
    pid = started(services)
    other = started(services, name="other")
    services.stop("sleeper")
    assert not alive(pid)
    assert services.state("sleeper").status is Status.STOPPED
    os.kill(supervisor_pid(paths), signal.SIGKILL)
    eventually(lambda: not alive(other))
    services.start("other")
    assert services.state("sleeper").status is Status.STOPPED


@pytest.mark.parametrize(("stop_timeout", "patience"), [(1, None), (300, 0.5)])
def test_stop_kills_what_does_not_listen(services, stop_timeout, patience):
    pid = deaf(services, stop_timeout)
    services.stop("deaf", patience=patience)
    assert not alive(pid)
    assert services.state("deaf").status is Status.STOPPED


def test_asking_to_end_returns_at_once_and_kills_what_does_not_listen(services):
    pid = deaf(services, 5)
    services.ask_to_end("deaf")
    assert alive(pid)
    eventually(lambda: not alive(pid))
    eventually(lambda: services.state("deaf").status is Status.STOPPED)
    services.ask_to_end("deaf")
    services.ask_to_end("unknown")


def test_a_brief_service_may_end_soon_and_is_started_again_only_when_it_is_killed(
    services, tmp_path
):
    count = f"echo x >> {tmp_path}/runs; [ $(wc -l < {tmp_path}/runs) = 1 ] && kill -9 $$"
    started_and_ended = ("/bin/sh", "-c", f"{count}; exit 0")
    services.ensure(Service("sleeper", started_and_ended, brief=True))
    services.start("sleeper")
    runs = tmp_path / "runs"
    eventually(lambda: written(runs).count("x") == 2)
    eventually(lambda: services.state("sleeper").status is Status.STOPPED)
    assert written(runs).count("x") == 2


def test_stop_ends_the_children_too(services, tmp_path):
    child = tmp_path / "child"
    script = PARENT.format(file=str(child))
    started(services, name="parent", command=(sys.executable, "-c", script))
    pid = int(eventually(lambda: written(child)))
    services.stop("parent")
    eventually(lambda: not alive(pid))


def test_a_killed_supervisor_leaves_no_process_and_comes_back_with_all(services, paths, tmp_path):
    child = tmp_path / "child"
    # This one has a child of its own, which no signal reaches when the supervisor is killed.
    script = PARENT.format(file=str(child))
    first = started(services)
    second = started(services, name="parent", command=(sys.executable, "-c", script))
    orphan = int(eventually(lambda: written(child)))
    os.kill(supervisor_pid(paths), signal.SIGKILL)
    eventually(lambda: not alive(first) and not alive(second))
    assert services.state("sleeper").status is Status.FAILED
    services.ensure(Service("sleeper", SLEEPER))
    assert not alive(orphan)
    assert eventually(lambda: services.state("sleeper").pid) != first
    assert eventually(lambda: services.state("parent").pid) != second


def test_the_environment_has_what_the_service_needs_and_nothing_of_the_hook(services, paths):
    pid = started(services, environment={"PASSWORD": "hidden"})
    found = eventually(lambda: "PASSWORD" in (seen := environment(pid)) and seen)
    assert found["JUJU_UNIT_NAME"] == "kafka/0"
    assert found["PASSWORD"] == "hidden"
    assert {"HOME", "PATH", "LANG", "TMPDIR"} <= found.keys()
    assert not found.keys() & {"JUJU_CONTEXT_ID", "LD_LIBRARY_PATH", "PYTHONPATH"}
    assert not [name for name in found if name.startswith("SUPERVISOR_")]
    supervisor = environment(supervisor_pid(paths))
    assert "JUJU_CONTEXT_ID" not in supervisor
    assert "hidden" not in supervisor.values()


def test_no_secret_is_readable_by_others(services, paths):
    # Nobody else on the machine has this in its arguments.
    password = secrets.token_hex()
    started(services, environment={"PASSWORD": password})
    holders = [
        path
        for path in paths.root.rglob("*")
        if path.is_file() and password.encode() in path.read_bytes()
    ]
    assert holders
    assert all(path.stat().st_mode & 0o077 == 0 for path in holders)
    assert not any(password.encode() in command for command in arguments())


def test_it_logs_to_the_file_and_holds_nothing_of_the_caller(services, paths):
    pid = started(services)
    eventually(lambda: written(paths.log / "sleeper.log") == "up\n")
    ours = {os.readlink(f"/proc/self/fd/{n}") for n in (1, 2)}
    for process in (pid, supervisor_pid(paths)):
        assert not held(process) & ours - {"/dev/null"}


def test_the_socket_is_ours_alone(services, paths):
    started(services)
    assert (paths.control / "socket").stat().st_mode & 0o077 == 0
    assert paths.control.stat().st_mode & 0o077 == 0


def test_remove_forgets(services):
    pid = started(services)
    services.remove("sleeper")
    assert not alive(pid)
    assert services.state("sleeper").status is Status.ABSENT


def test_remove_all_ends_the_supervisor(services, paths):
    pid = started(services)
    supervisor = supervisor_pid(paths)
    services.remove_all()
    assert not alive(pid)
    assert not alive(supervisor)
    assert services.state("sleeper").status is Status.ABSENT


def test_a_lost_socket_is_healed(services, paths):
    pid = started(services)
    (paths.control / "socket").unlink()
    services.start("sleeper")
    assert eventually(lambda: services.state("sleeper").pid) != pid
    assert not alive(pid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_a_service_runs_as_its_user_and_still_dies_with_the_supervisor(tmp_path, paths, services):
    for directory in (*reversed(tmp_path.parents), tmp_path):
        if directory.owner() == "root" and directory.stat().st_mode & 0o001 == 0:
            directory.chmod(0o711)
    paths.create("nobody")
    pid = started(services, command=("/usr/bin/sleep", "600"), user="nobody")
    eventually(lambda: "sleep" in Path(f"/proc/{pid}/comm").read_text())
    assert Path(f"/proc/{pid}").owner() == "nobody"
    os.kill(supervisor_pid(paths), signal.SIGKILL)
    eventually(lambda: not alive(pid))
