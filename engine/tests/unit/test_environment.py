# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The environment of each kind of hook, name by name as on a real machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from onebox import environment
from onebox.changes import models
from onebox.environment import Place
from onebox.model import Hook, Task

if TYPE_CHECKING:
    from conftest import World

PLACE = Place(Path("/m/charm"), Path("/m/agent.socket"), "/m/tools:/usr/bin", "127.1.2.254:17070")

COMMON = {
    "APT_LISTCHANGES_FRONTEND": "none",
    "CHARM_DIR": "/m/charm",
    "CLOUD_API_VERSION": "",
    "DEBIAN_FRONTEND": "noninteractive",
    "JUJU_AGENT_SOCKET_ADDRESS": "/m/agent.socket",
    "JUJU_AGENT_SOCKET_NETWORK": "unix",
    "JUJU_API_ADDRESSES": "127.1.2.254:17070",
    "JUJU_AVAILABILITY_ZONE": "",
    "JUJU_CHARM_DIR": "/m/charm",
    "JUJU_CHARM_FTP_PROXY": "",
    "JUJU_CHARM_HTTPS_PROXY": "",
    "JUJU_CHARM_HTTP_PROXY": "",
    "JUJU_CHARM_NO_PROXY": "127.0.0.1,localhost,::1",
    "JUJU_CHARM_TRACE_CONFIG_CA_CERT": "",
    "JUJU_CHARM_TRACE_CONFIG_GRPC": "",
    "JUJU_CHARM_TRACE_CONFIG_HTTP": "",
    "JUJU_CONTEXT_ID": "ctx",
    "JUJU_MACHINE_ID": "1",
    "JUJU_MODEL_NAME": "m",
    "JUJU_MODEL_UUID": "0" * 36,
    "JUJU_PRINCIPAL_UNIT": "",
    "JUJU_UNIT_NAME": "web/0",
    "JUJU_VERSION": "4.0.15",
    "LANG": "C.UTF-8",
    "PATH": "/m/tools:/usr/bin",
    "TERM": "tmux-256color",
}


def hook(world: World, **fields: object) -> dict[str, str]:
    """What a hook of web/0 has beyond what every hook has."""
    if not world.model.units:
        world.deploy("pg")
        world.deploy("web")
        world.integrate("web:backend", "pg")
        world.settle()
    found = environment.of_hook(world.model, "web/0", Hook(**fields), "ctx", PLACE)
    assert found.items() >= COMMON.items()
    return {key: value for key, value in found.items() if key not in COMMON}


def named(name: str) -> dict[str, str]:
    return {"JUJU_HOOK_NAME": name, "JUJU_DISPATCH_PATH": f"hooks/{name}"}


RELATION = {"JUJU_RELATION": "backend", "JUJU_RELATION_ID": "backend:2", "JUJU_REMOTE_APP": "pg"}


def test_a_plain_hook(world: World) -> None:
    assert hook(world, kind="config-changed") == named("config-changed")


def test_relation_hooks(world: World) -> None:
    about = {"relation": 2, "remote_app": "pg"}
    assert hook(world, kind="relation-created", **about) == {
        **named("backend-relation-created"),
        **RELATION,
        "JUJU_REMOTE_UNIT": "",
    }
    departed = hook(
        world, kind="relation-departed", remote_unit="pg/0", departing_unit="pg/0", **about
    )
    assert departed == {
        **named("backend-relation-departed"),
        **RELATION,
        "JUJU_REMOTE_UNIT": "pg/0",
        "JUJU_DEPARTING_UNIT": "pg/0",
    }


def test_secret_hooks(world: World) -> None:
    assert hook(world, kind="secret-changed", secret="id", secret_label="l") == {
        **named("secret-changed"),
        "JUJU_SECRET_ID": "secret:id",
        "JUJU_SECRET_LABEL": "l",
    }
    assert hook(world, kind="secret-remove", secret="id", secret_revision=1) == {
        **named("secret-remove"),
        "JUJU_SECRET_ID": "id",
        "JUJU_SECRET_LABEL": "",
        "JUJU_SECRET_REVISION": "1",
    }


def test_storage_hooks_say_which(world: World) -> None:
    found = hook(world, kind="storage-attached", storage="data/0")
    assert found == named("data-storage-attached")
    assert environment.of_storage("data/0", "filesystem", Path("/m/data")) == {
        "JUJU_STORAGE_ID": "data/0",
        "JUJU_STORAGE_LOCATION": "/m/data",
        "JUJU_STORAGE_KIND": "filesystem",
    }


def test_actions_and_scripts(world: World) -> None:
    hook(world, kind="start")
    task = Task(id=7, operation=6, unit="web/0", action="hello", enqueued=world.now)
    found = environment.of_action(world.model, "web/0", task, "ctx", PLACE)
    assert {k: v for k, v in found.items() if k not in COMMON} == {
        "JUJU_HOOK_NAME": "",
        "JUJU_DISPATCH_PATH": "actions/hello",
        "JUJU_ACTION_NAME": "hello",
        "JUJU_ACTION_UUID": "7",
        "JUJU_ACTION_TAG": "action-7",
    }
    found = environment.of_commands(world.model, "web/0", Hook(kind=""), "ctx", PLACE)
    assert {k: v for k, v in found.items() if k not in COMMON} == {"JUJU_HOOK_NAME": ""}
    task = Task(id=8, operation=6, unit="web/0", action="juju-exec", enqueued=world.now)
    found = environment.of_commands(world.model, "web/0", Hook(kind=""), "ctx", PLACE, task)
    assert {k: v for k, v in found.items() if k not in COMMON} == {
        "JUJU_HOOK_NAME": "",
        "JUJU_ACTION_NAME": "juju-exec",
        "JUJU_ACTION_UUID": "8",
        "JUJU_ACTION_TAG": "action-8",
    }


def test_proxies_of_the_model(world: World) -> None:
    hook(world, kind="start")
    values = {"http-proxy": "http://p", "juju-http-proxy": "http://q"}
    world.model = models.configure(world.model, values, (), world.now)
    found = environment.of_hook(world.model, "web/0", Hook(kind="start"), "ctx", PLACE)
    assert (found["http_proxy"], found["HTTP_PROXY"]) == ("http://p", "http://p")
    assert found["JUJU_CHARM_HTTP_PROXY"] == "http://q"
