# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A model as the samples were taken from, and the samples themselves."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from onebox import persona
from onebox.model import (
    ActionSpec,
    Application,
    Bag,
    Base,
    Charm,
    Endpoint,
    Grant,
    Machine,
    Model,
    Option,
    Relation,
    Resource,
    ResourceSpec,
    Revision,
    Secret,
    Status,
    Storage,
    Unit,
)

SAMPLES = Path(__file__).parents[1] / "samples"
UUID = "00000000-0000-4000-8000-000000000001"
NOW = datetime(2030, 1, 1, 13, 31, 8, tzinfo=timezone.utc)
BASE = Base(name="ubuntu", channel="24.04/stable")

OPTIONS = {
    "greeting": Option(type="string", default="hello", description="A greeting."),
    "count": Option(type="int", default=3, description="A number."),
    "ratio": Option(type="float", default=0.5, description="A float."),
    "flag": Option(type="boolean", default=False, description="A flag."),
    "nodefault": Option(type="string", description="no default"),
}


def sample(name: str) -> str:
    """What a real Juju 4 printed."""
    return (SAMPLES / name).read_text()


@pytest.fixture(name="sample")
def read_sample() -> Callable[[str], str]:
    """What a real Juju 4 printed, by file name."""
    return sample


@pytest.fixture
def world() -> Any:
    """The builders of this file."""
    return sys.modules[__name__]


def at(clock: str) -> datetime:
    """A time of the day of the samples."""
    form = "%Y-%m-%d %H:%M:%S.%f" if "." in clock else "%Y-%m-%d %H:%M:%S"
    return datetime.strptime(f"2030-01-01 {clock}", form).replace(tzinfo=timezone.utc)


def status(current: str, clock: str, message: str = "", **data: Any) -> Status:
    return Status(current=current, message=message, since=at(clock), data=data)


def end(application: str, name: str, interface: str, role: Any) -> Endpoint:
    return Endpoint(application=application, name=name, interface=interface, role=role)


def charm(name: str, *ends: Endpoint, **fields: Any) -> Charm:
    endpoints = {e.name: e for e in ends}
    url = f"local:{name}-0"
    fields = {"options": OPTIONS, **fields}
    return Charm(
        url=url, name=name, revision=0, digest="0", bases=(BASE,), endpoints=endpoints, **fields
    )


def unit(name: str, machine: str, workload: Status, agent: Status, *ports: str) -> Unit:
    application = name.partition("/")[0]
    return Unit(
        name=name,
        application=application,
        machine=machine,
        workload=workload,
        agent=agent,
        ports=ports,
    )


def application(name: str, url: str, clock: str) -> Application:
    return Application(
        name=name,
        charm_url=url,
        base=BASE,
        status=status("active", clock, "app ok"),
        workload_version="1.2.3",
        leader=f"{name}/0",
    )


def machine(number: str, address: str, clock: str) -> Machine:
    hostname = f"juju-a1b2c3-{number}"
    return Machine(id=number, address=address, hostname=hostname, base=BASE, since=at(clock))


def bags() -> dict[str, Any]:
    secret = f"secret://{UUID}/{'a' * 19}0"
    mine = {"egress-subnets": "127.0.7.202/32", "ingress-address": "127.0.7.202"}
    theirs = {"egress-subnets": "127.0.7.180/32", "ingress-address": "127.0.7.180"}
    return {
        "units": {
            "prov/0": Bag(data={"unit": "prov/0", "ingress": "127.0.7.202", **mine}),
            "myreq/0": Bag(data={"unit": "myreq/0", "ingress": "127.0.7.180", **theirs}),
        },
        "applications": {
            "prov": Bag(data={"secret-id": secret, "endpoint": "127.0.7.202:9000"}),
            "myreq": Bag(
                data={
                    "secret-id": f"secret://{UUID}/{'b' * 19}0",
                    "endpoint": "127.0.7.180:9000",
                }
            ),
        },
    }


def two_applications() -> Model:
    """The model behind `samples/status/two.json`."""
    db = end("prov", "db", "kv", "provider"), end("myreq", "db", "kv", "requirer")
    peers = end("prov", "peers", "prov-peer", "peer")
    own = {"egress-subnets": "127.0.7.202/32", "ingress-address": "127.0.7.202"}
    started = at("13:28:51")
    return Model(
        name="m1",
        uuid=UUID,
        network="127.0.7",
        created=started,
        charms={
            "local:prov-0": charm("prov", db[0], peers, actions=ACTIONS),
            "local:req-0": charm("req", db[1], end("", "other", "nothing", "requirer")),
        },
        applications={
            "prov": application("prov", "local:prov-0", "13:28:52"),
            "myreq": application("myreq", "local:req-0", "13:28:37"),
        },
        units={
            "prov/0": unit(
                "prov/0",
                "0",
                status("active", "13:28:53", "ready"),
                status("idle", "13:28:54"),
                "8080/tcp",
            ),
            "myreq/0": unit(
                "myreq/0",
                "1",
                status("active", "13:28:38", "ready"),
                status("idle", "13:28:54"),
                "8080/tcp",
            ),
        },
        machines={
            "1": machine("1", "127.0.7.180", "13:28:35"),
            "0": machine("0", "127.0.7.202", "13:28:51"),
        },
        relations={
            1: Relation(
                id=1,
                endpoints=db,
                since=started,
                scope=frozenset(("prov/0", "myreq/0")),
                **bags(),
            ),
            0: Relation(
                id=0,
                endpoints=(peers,),
                since=started,
                scope=frozenset(("prov/0",)),
                units={"prov/0": Bag(data=own)},
            ),
        },
        secrets={s.id: s for s in SECRETS},
    )


def _action(name: str, text: str, properties: dict[str, Any] | None = None, **more: Any) -> Any:
    schema = {
        "additionalProperties": False,
        "title": name,
        "type": "object",
        "description": text,
        "properties": properties or {},
        **more,
    }
    return ActionSpec(name=name, description=text, schema_=schema)


_HELLO = {
    "times": {"type": "integer", "minimum": 1},
    "name": {"type": "string", "description": "who", "default": "world"},
    "mode": {"type": "string", "enum": ["fast", "slow"]},
}
ACTIONS = {
    "hello": _action("hello", "Say hello.", _HELLO, required=["name"]),
    "env": _action("env", "Dump the environment."),
    "failing": _action("failing", "Calls action-fail."),
    "crash": _action("crash", "Exits non-zero."),
    "slow": _action(
        "slow", "Sleeps with action-log.", {"seconds": {"type": "integer", "default": 5}}
    ),
    "nested": _action("nested", "nested results"),
}


def _revision(number: int, moment: datetime, **content: str) -> Revision:
    return Revision(number=number, content=content, checksum="abc0" * 16, created=moment)


def _charm_secret(letter: str, owner: str, clock: str, *grants: Grant) -> Secret:
    moment = at(clock)
    return Secret(
        id=f"{letter * 19}0",
        owner=owner,
        label="dbpass",
        description="db password",
        revisions={1: _revision(1, moment, username="YWRtaW4=", password="czNjcjN0")},
        grants=grants,
        created=moment,
        updated=moment,
    )


SECRETS = (
    _charm_secret("a", "prov", "13:28:52.479446", Grant(target="myreq", relation=1)),
    _charm_secret("b", "myreq", "13:28:37.359074"),
)
USER_SECRET = Secret(
    id="c" * 19 + "0",
    owner="<model>",
    label="mysec",
    latest=2,
    revisions={
        1: _revision(1, at("13:32:19.951645"), token="YWJj"),
        2: _revision(2, at("13:32:20.176563"), token="ZGVm"),
    },
    grants=(Grant(target="prov"),),
    created=at("13:32:19.951645"),
    updated=at("13:32:20.176563"),
)
BLOB = ResourceSpec(name="blob", filename="blob.bin", description="a blob")
BLOB_HELD = Resource(
    name="blob", digest="0" * 64, size=4096, filename="blob.bin", uploaded=at("13:47:05.858382")
)
DISK = Storage(
    id="data/0", name="data", owner="prov/0", location="/srv/data", size=200, since=at("13:47:22")
)


def as_json(model: Any) -> dict[str, Any]:
    """The snapshot that the daemon sends."""
    return json.loads(model.model_dump_json())


@pytest.fixture(autouse=True)
def as_in_the_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """The controller that the samples were taken from."""
    monkeypatch.setattr(persona, "CONTROLLER", "box")
    monkeypatch.setattr(persona, "VERSION", "4.0.15.1")


@pytest.fixture
def model() -> dict[str, Any]:
    """The snapshot of the model behind most samples."""
    return as_json(two_applications())
