# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A daemon that answers from one small model and remembers what it was asked to change."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from onebox import main
from onebox.errors import Refused
from onebox.model import (
    ActionSpec,
    Application,
    Base,
    Charm,
    Endpoint,
    Machine,
    Model,
    Offer,
    Operation,
    Option,
    ResourceSpec,
    Status,
    Storage,
    Task,
    Unit,
)

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@laptop"
NOW = datetime(2030, 1, 1, 12, 0, 0, tzinfo=timezone.utc)
BASE = Base(name="ubuntu", channel="24.04/stable")


def _status(current: str, message: str = "") -> Status:
    return Status(current=current, message=message, since=NOW)


def _task(number: int, operation: int, **fields: Any) -> Task:
    return Task(
        id=number,
        operation=operation,
        unit="web/0",
        action="greet",
        enqueued=NOW,
        started=NOW,
        completed=NOW,
        **fields,
    )


def small_model() -> Model:
    """One application `web` with one unit, one storage, and two operations that are over."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    charm = Charm(
        url="local:web-0",
        name="web",
        revision=0,
        digest="0",
        bases=(BASE,),
        endpoints={
            "site": Endpoint(application="", name="site", interface="http", role="provider")
        },
        options={"port": Option(type="int", default=80, description="Where.")},
        actions={"greet": ActionSpec(name="greet", description="Greets.", schema_=schema)},
        resources={"pages": ResourceSpec(name="pages", filename="pages.tgz")},
    )
    web = Application(name="web", charm_url=charm.url, base=BASE, leader="web/0", next_unit=1)
    unit = Unit(
        name="web/0",
        application="web",
        machine="0",
        agent=_status("idle"),
        workload=_status("active", "ready"),
    )
    machine = Machine(id="0", address="127.1.2.3", hostname="juju-0-0", base=BASE, since=NOW)
    disk = Storage(id="data/0", name="data", owner="web/0", location="/srv", since=NOW)
    good = _task(1, 0, status="completed", results={"return-code": 0, "said": "hello"})
    bad = _task(
        3,
        2,
        status="failed",
        message="exit status 3",
        results={"return-code": 3, "stderr": "no\n"},
    )
    operations = {
        number: Operation(id=number, summary='action "greet"', tasks=(number + 1,), enqueued=NOW)
        for number in (0, 2)
    }
    return Model(
        name="m",
        uuid="00000000-0000-4000-8000-000000000001",
        network="127.1.2",
        created=NOW,
        charms={charm.url: charm},
        applications={"web": web},
        units={"web/0": unit},
        machines={"0": machine},
        offers={"www": Offer(name="www", application="web", endpoints=("site",), created=NOW)},
        storage={"data/0": disk},
        tasks={1: good, 3: bad},
        operations=operations,
        constraints="mem=4G cores=2",
        ssh_keys=(KEY,),
        sequences={"machine": 1, "operation": 4},
    )


@dataclass
class Daemon:
    """Answers as the real one does; refuses a method that nobody wrote an answer for."""

    model: dict[str, Any]
    folder: Path
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    # What the next `enqueue` answers: the tasks of an operation of the model.
    operation: int = 0
    unscheduled: dict[str, str] = field(default_factory=dict)
    mode: str = ""
    log: list[dict[str, Any]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, **parameters: Any) -> Any:
        answer = getattr(self, f"_{method}", None)
        if answer is not None:
            return answer(**parameters)
        assert method in CHANGES, f"the daemon has no method {method}"
        self.asked.append((method, parameters))
        return CHANGES[method]

    def stream(self, method: str, **parameters: Any) -> Any:
        if method == "status_history":
            return iter(self.history)
        assert method == "log"
        return iter([] if parameters["follow"] else self.log)

    def _snapshot(self, model: str) -> Any:
        if model != "m":
            raise Refused(f"model onebox:{model} not found", "not-found")
        return self.model

    def _models(self) -> Any:
        gone = any(method == "destroy_model" for method, _ in self.asked)
        return [] if gone else [{"name": "m"}]

    def _operation(self, model: str, id: int) -> Any:  # noqa: A002 - its name on the wire
        found = self.model["operations"][str(id)]
        tasks = [self.model["tasks"][str(number)] for number in found["tasks"]]
        return {**found, "tasks": tasks, "version": 1}

    def _enqueue(self, **parameters: Any) -> Any:
        self.asked.append(("enqueue", parameters))
        found = dict(self.model["operations"][str(self.operation)])
        if self.unscheduled:
            found |= {"tasks": [], "failures": self.unscheduled}
        return found

    def _model_config(self, model: str) -> Any:
        defaults = {"mode": self.mode, "update-status-hook-interval": "5m"}
        return {"values": {}, "defaults": defaults}

    def _machine_root(self, model: str, machine: str) -> Any:
        return str(self.folder)


CHANGES: dict[str, Any] = {
    **dict.fromkeys(["add_model", "destroy_model", "set_config", "set_model_config"]),
    **dict.fromkeys(["set_trust", "expose", "unexpose", "set_constraints", "deploy", "refresh"]),
    **dict.fromkeys(["remove_unit", "remove_application", "integrate"]),
    **dict.fromkeys(["remove_relation", "resolve", "cancel_task", "attach_resource"]),
    **dict.fromkeys(
        [
            "set_model_constraints",
            "set_ssh_keys",
            "attach_storage",
            "detach_storage",
            "remove_storage",
        ]
    ),
    "add_storage": ["data/1"],
    **dict.fromkeys(["offer", "remove_offer", "consume", "remove_saas"]),
    **dict.fromkeys(["update_secret", "grant_secret", "revoke_secret", "remove_secret"]),
    "add_machine": "1",
    "add_unit": ["1"],
    "remove_machine": None,
    "add_secret": "secret:c00000000000000000c0",
    "upload_charm": {"url": "local:web-1", "name": "web", "revision": 1},
}


@dataclass(frozen=True)
class Result:
    """What one command did."""

    code: int
    out: str
    err: str


Juju = Callable[..., Result]


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Daemon:
    """The daemon behind every command of the test."""
    found = Daemon(json.loads(small_model().model_dump_json()), tmp_path)
    monkeypatch.setattr("onebox.client.Client", lambda: found)
    monkeypatch.setenv("JUJU_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("JUJU_MODEL", "m")
    return found


@pytest.fixture
def juju(daemon: Daemon, capsys: pytest.CaptureFixture[str]) -> Juju:
    """Runs one command in this process."""

    def run(*words: str) -> Result:
        code = main.run(words)
        out, err = capsys.readouterr()
        return Result(code, out, err)

    return run
