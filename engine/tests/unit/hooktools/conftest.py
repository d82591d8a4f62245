# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A small model with two related applications, and a hook that runs in it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from onebox.changes import edit
from onebox.errors import Refused
from onebox.hooktools import Answer, Context, NeedsStdin, serve
from onebox.model import (
    Application,
    Bag,
    Base,
    Charm,
    Endpoint,
    Hook,
    Local,
    Machine,
    Model,
    Option,
    Relation,
    RelationSeen,
    ResourceSpec,
    Status,
    Storage,
    StorageSpec,
    Task,
    Unit,
)

NOW = datetime(2026, 11, 22, 13, 28, 38, 500000, tzinfo=timezone.utc)
BASE = Base(name="ubuntu", channel="24.04")
UUID = "c45ad0db-3ee6-49bc-88e1-308145ea1177"


class Engine:
    """The services of an engine whose clock stands still and whose store is one variable."""

    def __init__(self, model: Model, root: Path) -> None:
        self.model = model
        self.root = root
        self.time = NOW
        self.logged: list[tuple[str, str, str]] = []
        self.action_log: list[tuple[int, str]] = []
        self.killed = False

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def read(self) -> Model:
        return self.model

    def transact(self, change: Callable[[Model], Model]) -> Model:
        self.model = change(self.model)
        return self.model

    def log(self, module: str, level: str, message: str) -> None:
        self.logged.append((module, level, message))

    def log_action(self, task: int, message: str) -> None:
        self.action_log.append((task, message))

    def resource_path(self, name: str) -> Path:
        if name != "image":
            raise Refused(f'resource "{name}" not found')
        return self.root / "resources/image/image.tar"

    def storage_path(self, location: str) -> Path:
        return self.root / location.lstrip("/")

    def host_path(self, path: Path) -> Path:
        return path

    def kill_hook(self) -> None:
        self.killed = True


class Run:
    """One hook of one unit: call tools, then let it end well."""

    def __init__(self, engine: Engine, unit: str, hook: Hook | None, task: Task | None) -> None:
        self.engine = engine
        self.context = Context(engine.model, unit, hook, task, engine)

    def call(self, line: str, stdin: str | None = None) -> Answer:
        """One call as its client makes it: standard input only when it is asked for."""
        argv, cwd = shlex.split(line), self.engine.root
        try:
            return serve(self.context, argv, cwd, None)
        except NeedsStdin:
            assert stdin is not None, f"{line} reads standard input"
            return serve(self.context, argv, cwd, stdin.encode())

    def ok(self, line: str, stdin: str | None = None) -> str:
        answer = self.call(line, stdin)
        assert (answer.code, answer.stderr) == (0, b""), answer
        return answer.stdout.decode()

    def json(self, line: str) -> Any:
        return json.loads(self.ok(f"{line} --format=json"))

    def fails(self, line: str, stdin: str | None = None) -> tuple[int, str]:
        answer = self.call(line, stdin)
        assert answer.stdout == b""
        text = answer.stderr.decode()
        assert text.startswith("ERROR ") and text.endswith("\n")
        return answer.code, text[len("ERROR ") : -1]

    def end(self) -> Model:
        """The hook ends with exit code 0."""
        return self.engine.transact(self.context.flush)


def end_of(application: str, name: str, role: Any, interface: str = "pg") -> Endpoint:
    return Endpoint(application=application, name=name, role=role, interface=interface)


def charm_of(name: str, **fields: Any) -> Charm:
    return Charm(url=f"local:{name}-0", name=name, revision=0, digest=name, **fields)


def app_of(name: str, **fields: Any) -> Application:
    return Application(
        name=name, charm_url=f"local:{name}-0", base=BASE, leader=f"{name}/0", **fields
    )


def unit_of(name: str, machine: str, joined: dict[int, tuple[str, ...]]) -> Unit:
    seen = {
        number: RelationSeen(joined=dict.fromkeys(names, 1)) for number, names in joined.items()
    }
    return Unit(
        name=name,
        application=name.partition("/")[0],
        machine=machine,
        agent=Status(current="executing", since=NOW),
        workload=Status(current="active", message="ready", since=NOW),
        local=Local(installed=True, charm_url=f"local:{name.partition('/')[0]}-0", relations=seen),
    )


def small_model() -> Model:
    """web (two units, peers) requires db of pg (two units); machines 0 to 3, other alone."""
    web = charm_of(
        "web",
        endpoints={
            "db": end_of("web", "db", "requirer"),
            "cluster": end_of("web", "cluster", "peer"),
        },
        extra_bindings=("admin",),
        options={
            "port": Option(type="int", default=80),
            "ratio": Option(type="float", default=0.5),
            "debug": Option(type="boolean", default=False),
            "name": Option(type="string"),
        },
        storage={"data": StorageSpec(name="data", location="/srv/data", maximum=2)},
        resources={
            "image": ResourceSpec(name="image", filename="image.tar"),
            "missing": ResourceSpec(name="missing", filename="missing.tar"),
        },
    )
    pg = charm_of("pg", endpoints={"server": end_of("pg", "server", "provider")})
    other = charm_of("other")
    bags = {
        "pg/0": {"ingress-address": "127.42.0.3", "user": "u"},
        "pg/1": {"ingress-address": "127.42.0.4"},
        "web/0": {"ingress-address": "127.42.0.1"},
        "web/1": {"ingress-address": "127.42.0.2"},
    }
    units = [
        unit_of("web/0", "0", {0: ("web/1",), 1: ("pg/0", "pg/1")}),
        unit_of("web/1", "1", {0: ("web/0",), 1: ("pg/0", "pg/1")}),
        unit_of("pg/0", "2", {1: ("web/0", "web/1")}),
        unit_of("pg/1", "3", {1: ("web/0", "web/1")}),
        unit_of("other/0", "3", {}),
    ]
    relations = [
        Relation(
            id=0,
            endpoints=(end_of("web", "cluster", "peer"),),
            since=NOW,
            scope=frozenset({"web/0", "web/1"}),
            units={n: Bag(data=bags[n], version=1) for n in ("web/0", "web/1")},
            applications={"web": Bag(data={"seed": "1"}, version=1)},
        ),
        Relation(
            id=1,
            endpoints=(end_of("pg", "server", "provider"), end_of("web", "db", "requirer")),
            since=NOW,
            scope=frozenset(bags),
            units={n: Bag(data=data, version=1) for n, data in bags.items()},
            applications={"pg": Bag(data={"version": "16"}, version=1)},
        ),
    ]
    addresses = {str(i): f"127.42.0.{i + 1}" for i in range(4)}
    return Model(
        name="m",
        uuid=UUID,
        created=NOW,
        charms={c.url: c for c in (web, pg, other)},
        applications={a.name: a for a in (app_of("web"), app_of("pg"), app_of("other"))},
        units={u.name: u for u in units},
        machines={
            i: Machine(id=i, address=a, hostname=f"juju-m-{i}", base=BASE, since=NOW)
            for i, a in addresses.items()
        },
        relations={r.id: r for r in relations},
        storage={
            "data/0": Storage(
                id="data/0", name="data", owner="web/0", location="/srv/data", since=NOW
            )
        },
        sequences={"storage": 1},
    )


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(small_model(), tmp_path)


@pytest.fixture
def hook(engine: Engine) -> Callable[..., Run]:
    """Start a hook: `hook("web/0", kind="relation-changed", relation=1, ...)`."""

    def start(unit: str = "web/0", task: Task | None = None, **fields: Any) -> Run:
        fields.setdefault("kind", "config-changed")
        return Run(engine, unit, None if task else Hook(**fields), task)

    return start


@pytest.fixture
def action(hook: Callable[..., Run]) -> Callable[..., Run]:
    """Start an action with parameters."""

    def start(unit: str = "web/0", name: str = "backup", **parameters: Any) -> Run:
        task = Task(id=3, operation=2, unit=unit, action=name, parameters=parameters, enqueued=NOW)
        return hook(unit, task=task)

    return start


@pytest.fixture
def related() -> dict[str, Any]:
    """The context of a relation-changed hook of web for pg/0."""
    return {
        "kind": "relation-changed",
        "relation": 1,
        "remote_unit": "pg/0",
        "remote_app": "pg",
    }


@pytest.fixture
def changed(engine: Engine) -> Callable[..., None]:
    """Change fields of an entity of the committed model."""

    def change(family: str, key: Any, **fields: Any) -> None:
        entity = edit.replace(getattr(engine.model, family)[key], **fields)
        engine.model = edit.put(engine.model, family, key, entity)

    return change
