# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from onebox.render.status import document
from onebox.render.status_table import integrations, machines, tabular
from onebox.render.table import status_colour


@pytest.mark.parametrize(
    ("data", "text", "colour", "storage"),
    [
        ("two", "two", False, False),
        ("two", "two.colour", True, False),
        ("storage", "storage", False, True),
        ("pending", "pending", False, False),
    ],
)
def test_tables_byte_for_byte(sample, data, text, colour, storage):
    wanted = sample(f"status/{text}.txt")
    found = json.loads(sample(f"status/{data}.json"))
    found["controller"]["timestamp"] = wanted.split("\n")[1].split()[-1]
    assert tabular(found, storage=storage, colour=colour) == wanted


def test_relations(sample, world, model):
    wanted = sample("status/relations.txt").partition("Integration")[2]
    pairs = integrations(model)
    found = tabular(document(model, now=world.NOW), pairs).partition("Integration")[2]
    other = {"prov": "bprov", "myreq": "breq"}
    renamed = [
        {
            **p,
            "provider": _renamed(p["provider"], other),
            "requirer": _renamed(p["requirer"], other),
        }
        for p in pairs
    ]
    text = tabular(document(model, now=world.NOW), renamed).partition("Integration")[2]
    assert text == wanted
    assert found.count("\n") == wanted.count("\n")


def _renamed(end, names):
    application, _, endpoint = end.partition(":")
    return f"{names[application]}:{endpoint}"


def test_machines(sample):
    found = json.loads(sample("status/two.json"))["machines"]
    assert machines(found) == sample("status/machines.txt")


def unit_row(model, world):
    return tabular(document(model, now=world.NOW)).split("\n\n")[2].splitlines()[2]


@pytest.mark.parametrize(
    ("message", "prefix"),
    [
        ("running install hook", "(install) "),
        ("running action hello", "(hello) "),
        ("running db-relation-joined hook for myreq/0", ""),
        ("", ""),
    ],
)
def test_message_says_what_the_agent_does(model, world, message, prefix):
    agent = world.status("executing", "13:00:00", message)
    model["units"]["prov/0"]["agent"] = world.as_json(agent)
    assert unit_row(model, world).endswith(f"  {prefix}ready")


@pytest.mark.parametrize(
    ("ports", "shown"),
    [
        (["443/tcp", "80/tcp", "53/udp"], "80,443/tcp 53/udp"),
        (["icmp", "8000-8010/tcp"], "8000-8010/tcp icmp"),
        (["80/tcp", "82/tcp", "81/tcp", "84/tcp", "81/udp"], "80-82,84/tcp 81/udp"),
        (["9092/tcp"], "9092/tcp"),
    ],
)
def test_ports_of_one_protocol_stand_together(model, world, ports, shown):
    model["units"]["prov/0"]["ports"] = ports
    assert f"  {shown}  " in unit_row(model, world)


def test_long_texts_are_cut(model, world):
    application = model["applications"]["prov"]
    application["workload_version"] = "a bit too long for it"
    application["status"]["message"] = "x" * 130
    text = tabular(document(model, now=world.NOW))
    assert "  a bit too lo...  " in text
    assert f"  {'x' * 117}...\n" in text


def test_empty_model_has_only_its_header(world):
    empty = world.as_json(
        world.Model(name="m1", uuid=world.UUID, network="127.0.7", created=world.NOW)
    )
    assert tabular(document(empty, now=world.NOW)).count("\n") == 2


def test_colours():
    assert [status_colour(w) for w in ("active", "waiting", "blocked", "odd")] == [
        "32",
        "33",
        "31",
        "",
    ]
