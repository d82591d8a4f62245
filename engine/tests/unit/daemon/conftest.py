# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A real daemon with real charms, in a directory of its own."""

from __future__ import annotations

import contextlib
import shutil
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import psutil
import pytest

from onebox import scheduler
from onebox.client import Client
from onebox.home import Home
from onebox.model import Model
from onebox.rooms import UnitRoom
from onebox.scheduler import Wait

CHARMS = Path(__file__).parents[2] / "charms"
# A busy machine is slow; where a condition holds, the wait for it ends at once.
TIMEOUT = 300.0

Files = dict[str, str]


def pack(name: str, target: Path, extra: Files | None = None) -> Path:
    """The archive of a test charm: they are scripts of a shell, so that a hook costs little."""
    files = {file.name: file.read_text() for file in (CHARMS / name).iterdir()} | (extra or {})
    with zipfile.ZipFile(target, "w") as archive:
        for path, text in sorted(files.items()):
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o100755 if path == "dispatch" else 0o100644) << 16
            archive.writestr(entry, text)
    return target


@dataclass
class Bench:
    """One engine root, its client, and what tests ask about it."""

    home: Home
    client: Client
    name: str = "m"

    def call(self, method: str, **params: object) -> object:
        return self.client.call(method, model=self.name, **params)

    def pack(self, extra: Files) -> Path:
        """The test charm with more files in it."""
        return pack("plain", self.home.root.parent / "plain.charm", extra)

    @property
    def model(self) -> Model:
        return Model.model_validate(self.call("snapshot"))

    @property
    def pid(self) -> int:
        return int(self.home.pid_file.read_text())

    def deploy(self, archive: Path, application: str, **params: object) -> None:
        uploaded = self.call("upload_charm", path=str(archive))
        self.call("deploy", application=application, charm_url=uploaded["url"], **params)

    def until(self, what: Callable[[Model], bool], seconds: float = TIMEOUT) -> Model:
        """The model once it is so; waits for changes, not for times."""
        deadline = time.monotonic() + seconds
        while not what(model := self.model):
            if time.monotonic() > deadline:
                raise TimeoutError(model.model_dump_json(indent=1, include={"units", "tasks"}))
            time.sleep(0.05)
        return model

    def settle(self) -> Model:
        """The model once no unit has anything to do."""
        return self.until(settled)

    def room(self, unit: str) -> UnitRoom:
        return UnitRoom.of(self.home, self.model, unit)

    def trace(self, unit: str, what: str = "end") -> list[str]:
        """The hooks that a unit's charm has begun or ended."""
        lines = (self.room(unit).charm / "trace").read_text().splitlines()
        return [line.removeprefix(f"{what} hooks/") for line in lines if line.startswith(what)]

    def wait_for_trace(self, unit: str, line: str, count: int = 1) -> None:
        path = self.room(unit).charm / "trace"
        deadline = time.monotonic() + TIMEOUT
        while not path.exists() or path.read_text().splitlines().count(line) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{line!r} is not in {path}")
            time.sleep(0.02)

    def destroy(self) -> None:
        """Ends the model and all in it."""
        self.call("destroy_model", force=True)
        deadline = time.monotonic() + TIMEOUT
        while self.client.call("models") and time.monotonic() < deadline:
            time.sleep(0.1)

    def renew(self) -> None:
        """An empty model of the same name."""
        self.destroy()
        self.client.call("add_model", name=self.name)

    def kill(self) -> None:
        """Ends the daemon as an out-of-memory killer would."""
        process = psutil.Process(self.pid)
        process.send_signal(signal.SIGKILL)
        process.wait(TIMEOUT)

    def processes(self) -> list[psutil.Process]:
        """What charms of this engine have running."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if str(self.home.root) in process.environ().get("JUJU_CHARM_DIR", ""):
                    found.append(process)
        return found

    def wait_for_processes(self, *units: str) -> None:
        """Until charms have this running, one process of each unit, and nothing else."""
        deadline = time.monotonic() + TIMEOUT
        while (found := sorted(self._owners())) != sorted(units):
            assert time.monotonic() < deadline, found
            time.sleep(0.02)

    def _owners(self) -> Iterator[str]:
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                yield process.environ()["JUJU_UNIT_NAME"]

    @staticmethod
    def runs(process: psutil.Process) -> bool:
        """Whether it does; one that has ended and that nobody has collected yet does not."""
        try:
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


def settled(model: Model) -> bool:
    now = datetime.now(timezone.utc)
    return all(
        unit.agent.current in ("idle", "error")
        and not (unit.local.context or unit.resolve)
        and isinstance(scheduler.next_step(model, name, now), Wait)
        for name, unit in model.units.items()
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what takes many minutes, unless `-m long` asks for it."""
    if "long" in config.option.markexpr:
        return
    late = [item for item in items if item.get_closest_marker("long")]
    if late:
        config.hook.pytest_deselected(items=late)
        items[:] = [item for item in items if item not in late]


@pytest.fixture(scope="module")
def charm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack("plain", tmp_path_factory.mktemp("charms") / "plain.charm")


@pytest.fixture(scope="module")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the charm that shares a secret."""
    return pack("keeper", tmp_path_factory.mktemp("charms") / "keeper.charm")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The root of one engine for all tests; its path does not fit into a socket's address."""
    directory = tmp_path_factory.mktemp("a-directory-name-that-is-much-too-long-for-a-unix-socket")
    home = Home(directory / "with-another-long-one-below-it" / "onebox")
    yield home
    client = Client(home)
    client.call("ping")
    daemon = psutil.Process(int(home.pid_file.read_text()))
    client.call("shutdown")
    daemon.wait(TIMEOUT)
    shutil.rmtree(directory)


@pytest.fixture
def bench_of() -> type[Bench]:
    """For a test that has an engine of its own."""
    return Bench


@pytest.fixture
def bench(home: Home) -> Iterator[Bench]:
    """A fresh model; whatever a test leaves in it is gone afterwards."""
    client = Client(home)
    client.call("add_model", name="m")
    found = Bench(home, client)
    yield found
    found.destroy()
    # What nobody needs any more is swept away after the model is gone.
    deadline = time.monotonic() + TIMEOUT
    while list(home.models.iterdir()) or list(home.blobs.iterdir()) or found.processes():
        assert time.monotonic() < deadline, "the model has left something behind"
        time.sleep(0.05)
