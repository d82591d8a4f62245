# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Processes that really end, a master that answers over HTTP, and a job with a checkpoint."""

import http.server
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import failover as module
from dataops.host.processes import identify
from dataops.host.services import ServiceState, Status
from dataops.operations import OperationError, Work
from failover import Failover, Job, Mark, Target, mark
from job_progress import Progress

DRIVER = Target("job-hourly", "driver")
MASTER = Target("master", "master")


class World:
    """A unit with a master and a driver; what ends comes back, unless it is told not to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.returns = True
        self.forgets = False
        self.job = Job("hourly", folder / "hourly.json", folder / "checkpoint")
        (folder / "checkpoint" / "commits").mkdir(parents=True)
        self.checkpoint("query-1", 41)
        for name in ("master", "job-hourly"):
            self.start(name)

    def checkpoint(self, query: str, batch: int) -> None:
        (self.folder / "checkpoint" / "metadata").write_text(json.dumps({"id": query}))
        (self.folder / "checkpoint" / "commits" / str(batch)).touch()

    def start(self, name: str) -> None:
        self.processes[name] = subprocess.Popen(["sleep", "600"])
        progress = Progress()
        progress.enter("running")
        progress.save(self.job.progress)

    def stop(self, name: str) -> None:
        self.processes[name].kill()
        self.processes[name].wait()

    def state(self, name: str) -> ServiceState:
        """As a service manager does, it starts again what died."""
        if self.processes[name].poll() is not None and self.returns:
            if self.forgets:
                self.checkpoint("query-2", 0)
            self.start(name)
        return ServiceState(Status.RUNNING, pid=self.processes[name].pid)

    def master(self) -> dict[str, Any]:
        up = self.processes["job-hourly"].poll() is None
        app = {"name": "hourly", "state": "RUNNING", "cores": 1}
        return {"status": "ALIVE", "aliveworkers": 1, "activeapps": [app] if up else []}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0.02)
    world = World(tmp_path)
    yield world
    for process in world.processes.values():
        process.kill()
        process.wait()


@pytest.fixture
def url(world: World) -> Iterator[str]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/json/"
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(world.master()).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nobody reads it."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def failover(world: World, url: str, patience: float = 60.0) -> Failover:
    return Failover(
        services=world,  # type: ignore[arg-type]
        jobs=(world.job,),
        declared=frozenset({"hourly"}),
        master_ui=url,
        work=Work(spec=None),  # type: ignore[type-var]
        patience=patience,
    )


@pytest.mark.parametrize("target", [DRIVER, MASTER])
@pytest.mark.parametrize("crash", [True, False])
def test_what_ends_comes_back_and_the_job_goes_on(
    world: World, url: str, target: Target, crash: bool
) -> None:
    before = identify(world.processes[target.service].pid)
    account = failover(world, url).end(target, crash=crash)
    assert (account.before, account.target) == (before, target)
    assert not account.before.alive and account.after.alive
    assert 0 <= account.gone <= account.recovered


def test_a_process_that_does_not_come_back_is_told(world: World, url: str) -> None:
    world.returns = False
    with pytest.raises(OperationError, match="until the driver runs"):
        failover(world, url, patience=0.2).end(DRIVER, crash=True)


def test_a_job_that_lost_its_checkpoint_is_told(world: World, url: str) -> None:
    world.forgets = True
    with pytest.raises(OperationError, match="hourly lost its checkpoint"):
        failover(world, url).end(DRIVER, crash=True)


def test_nothing_is_ended_where_nothing_runs(world: World, url: str) -> None:
    world.returns = False
    world.stop("master")
    with pytest.raises(OperationError, match="The master does not run"):
        failover(world, url).end(MASTER, crash=True)


def test_a_checkpoint_says_where_the_job_is(world: World, tmp_path: Path) -> None:
    assert mark(world.job) == Mark("query-1", 41)
    assert mark(Job("new", tmp_path / "x", tmp_path / "none")) == Mark("", -1)
    assert mark(Job("far", tmp_path / "x", None)) == Mark("", -1)
