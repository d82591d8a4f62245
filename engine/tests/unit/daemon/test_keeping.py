# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Secrets and storage, from one real charm to another."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from onebox.changes import edit
from onebox.model import Model
from onebox.store import Store

if TYPE_CHECKING:
    from conftest import Bench


@pytest.fixture
def shared(bench: Bench, keeper: Path) -> Bench:
    """A secret of `owner` that `reader` has read."""
    bench.deploy(keeper, "owner")
    bench.deploy(keeper, "reader")
    bench.settle()
    bench.call("integrate", a="owner:shares", b="reader:reads")
    bench.settle()
    return bench


def told(bench: Bench, unit: str) -> list[str]:
    """The secret events that a unit's charm has written down."""
    lines = (bench.room(unit).charm / "trace").read_text().splitlines()
    return [line for line in lines if line.startswith("secret")]


def act(bench: Bench, unit: str, action: str, **parameters: object) -> dict[str, object]:
    """The results of an action that must complete."""
    operation = bench.call("enqueue", targets=[unit], action=action, parameters=parameters)
    (number,) = operation["tasks"]
    model = bench.until(lambda m: m.tasks[int(number)].completed is not None)
    task = model.tasks[int(number)]
    assert task.status == "completed", task
    return task.results


def test_a_new_revision_goes_round(shared: Bench) -> None:
    assert act(shared, "reader/0", "read")["word"] == "first"
    act(shared, "owner/0", "change", word="second")
    model = shared.settle()
    assert told(shared, "reader/0") == ["secret-changed read first second"]
    # An owner that has read its own secret is a reader like others. Once nobody tracks the first
    # revision any more, it is asked to remove it.
    assert told(shared, "owner/0") == ["secret-changed own first second", "secret-remove own 1"]
    (secret,) = model.secrets.values()
    assert (secret.latest, list(secret.revisions)) == (2, [2])


def test_every_unit_tracks_for_itself(shared: Bench) -> None:
    shared.call("add_unit", application="reader")
    shared.settle()
    act(shared, "owner/0", "change", word="second")
    model = shared.settle()
    (secret,) = model.secrets.values()
    tracked = {unit: record.tracked for unit, record in secret.consumers.items()}
    assert tracked == {"owner/0": 2, "reader/0": 2, "reader/1": 2}
    assert act(shared, "reader/1", "read")["word"] == "second"


def test_an_expired_revision_is_told_to_its_owner(shared: Bench) -> None:
    act(shared, "owner/0", "expire")
    shared.until(lambda m: next(iter(m.secrets.values())).latest == 2)
    shared.settle()
    assert "secret-expired own 1" in told(shared, "owner/0")
    assert told(shared, "reader/0") == ["secret-changed read first after expiry"]


def test_an_owner_is_asked_to_rotate_once_an_hour_is_over(shared: Bench) -> None:
    act(shared, "owner/0", "rotate")
    (secret,) = shared.settle().secrets.values()
    assert secret.rotates is not None
    assert timedelta(0) < secret.rotates - datetime.now(timezone.utc) <= timedelta(hours=1)
    shared.kill()

    def an_hour_later(model: Model) -> Model:
        over = edit.replace(model.secrets[secret.id], rotates=datetime.now(timezone.utc))
        return edit.put(model, "secrets", secret.id, over)

    Store(shared.home.database).transact(shared.name, an_hour_later)
    model = shared.until(lambda m: m.secrets[secret.id].latest == 2)
    assert model.secrets[secret.id].rotates > secret.rotates
    shared.settle()
    assert told(shared, "owner/0")[0] == f"secret-rotate own secret:{secret.id} "
    assert told(shared, "reader/0") == ["secret-changed read first rotated"]


def test_what_a_relation_granted_goes_with_it(shared: Bench) -> None:
    shared.call("remove_relation", a="owner", b="reader")
    model = shared.until(lambda m: not m.relations)
    (secret,) = model.secrets.values()
    assert secret.grants == ()


def test_an_owner_takes_its_secrets_along(shared: Bench) -> None:
    shared.call("remove_application", application="owner", destroy_storage=True, force=False)
    model = shared.until(lambda m: "owner" not in m.applications)
    assert model.secrets == {}


def test_a_user_secret_is_read_by_whoever_was_granted(bench: Bench, keeper: Path) -> None:
    bench.deploy(keeper, "reader")
    bench.settle()
    uri = bench.call("add_secret", name="key", content={"word": "Zm9v"})
    read = {"unit": "reader/0", "commands": f"secret-get {uri} word"}
    refused = bench.call("run_commands", **read)
    assert (refused["code"], "is not allowed to read" in refused["stderr"]) == (1, True)
    bench.call("grant_secret", secret="key", applications=["reader"])
    assert bench.call("run_commands", **read)["stdout"] == "foo\n"


def test_storage_comes_before_install_and_leaves_before_the_end(
    bench: Bench, keeper: Path
) -> None:
    bench.deploy(keeper, "owner")
    bench.settle()
    act(bench, "owner/0", "more-notes")
    bench.until(lambda m: len(m.storage) == 2)
    bench.settle()
    room = bench.room("owner/0")
    places = [room.machine.path(f"/srv/notes/notes/{number}") for number in (0, 1)]
    trace = (room.charm / "trace").read_text().splitlines()
    assert trace == [f"attached notes/{i} {place}" for i, place in enumerate(places)]
    assert [place.joinpath("note").read_text() for place in places] == ["here\n", "here\n"]
    bench.call("remove_unit", unit="owner/0", destroy_storage=True, force=False)
    model = bench.until(lambda m: "owner/0" not in m.units)
    assert model.storage == {}


def test_storage_goes_from_unit_to_unit_with_what_it_holds(bench: Bench, keeper: Path) -> None:
    bench.deploy(keeper, "owner", storage={"notes": "lxd,1"})
    bench.settle()
    place = bench.room("owner/0").machine.path("/srv/notes/notes/0")
    (place / "letter").write_text("dear all")
    bench.call("detach_storage", instance="notes/0")
    bench.until(lambda m: not m.storage["notes/0"].owner)
    bench.settle()
    assert not place.exists()
    bench.call("attach_storage", unit="owner/0", instance="notes/0")
    bench.until(lambda m: m.units["owner/0"].local.storage == {"notes/0"})
    assert (place / "letter").read_text() == "dear all"
    bench.call("remove_unit", unit="owner/0")
    model = bench.until(lambda m: "owner/0" not in m.units)
    assert model.storage["notes/0"].owner == ""
    assert not place.exists()
    bench.call("add_unit", application="owner", attached=["notes/0"])
    bench.settle()
    there = bench.room("owner/1").machine.path("/srv/notes/notes/0")
    assert (there / "letter").read_text() == "dear all"
    bench.call("remove_unit", unit="owner/1", destroy_storage=True)
    assert bench.until(lambda m: "owner/1" not in m.units).storage == {}


def test_removed_storage_leaves_nothing(bench: Bench, keeper: Path) -> None:
    bench.deploy(keeper, "owner")
    bench.settle()
    room = bench.room("owner/0").machine
    places = list(room.path("/srv/notes/notes").iterdir())
    act(bench, "owner/0", "more-notes")
    model = bench.until(lambda m: len(m.units["owner/0"].local.storage) == 2)
    kept, gone = sorted(model.storage)
    bench.call("detach_storage", instance=kept)
    bench.until(lambda m: not m.storage[kept].owner)
    bench.call("remove_storage", instance=kept)
    bench.call("remove_storage", instance=gone)
    bench.until(lambda m: not m.storage)
    bench.settle()
    assert [p for p in places if p.exists()] == []
    assert [*room.root.parent.parent.glob("storage/*")] == []


def test_a_new_engine_renews_the_hook_tools(bench: Bench, keeper: Path) -> None:
    bench.deploy(keeper, "owner")
    bench.settle()
    tools = bench.room("owner/0").tools
    bench.kill()
    (tools / "juju-exec").write_text("an older engine's")
    (tools / "is-leader").unlink()
    answer = bench.call("run_commands", unit="owner/0", commands="is-leader; juju-exec --help")
    assert answer["stdout"].startswith("True\nUsage: juju-exec")
