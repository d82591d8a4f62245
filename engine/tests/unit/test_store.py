# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The store keeps what it was given, writes only what differs, and forgets nothing by a death."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from onebox.changes import config, edit, secrets
from onebox.errors import OneboxError, Refused
from onebox.model import Model
from onebox.store import Difference, Store

if TYPE_CHECKING:
    from conftest import World


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "onebox.sqlite"


def test_a_model_is_the_same_after_a_restart(world: World, path: Path) -> None:
    world.deploy("pg", 2, storage=True)
    world.deploy("web")
    world.integrate("web:backend", "pg")
    world.settle()
    store = Store(path)
    store.create(world.model)
    store.close()
    assert Store(path).read("m") == world.model
    assert path.stat().st_mode & 0o777 == 0o600


def test_only_what_differs_is_written(world: World, path: Path) -> None:
    world.deploy("pg", 3)
    store = Store(path)
    store.create(world.model)
    seen: list[Difference] = []
    store.on_change(seen.append)
    store.transact("m", lambda m: config.set_values(m, "pg", {"k": "w"}, ()))
    store.transact("m", lambda m: config.set_values(m, "pg", {"k": "w"}, ()))
    assert [d.keys for d in seen] == [{"applications": {"pg"}}]
    store.transact("m", lambda m: edit.drop(m, "units", "pg/2"))
    assert seen[-1].keys == {"units": {"pg/2"}}
    assert "pg/2" not in Store(path).read("m").units


def test_a_refused_change_leaves_nothing(world: World, path: Path) -> None:
    store = Store(path)
    store.create(world.model)

    def change(model: Model) -> Model:
        raise Refused("no")

    with pytest.raises(Refused):
        store.transact("m", change)
    assert store.read("m") == world.model
    assert store.version("m") == 1


def test_models_are_refused_by_name(world: World, path: Path) -> None:
    store = Store(path)
    with pytest.raises(Refused, match=r"model .*m not found"):
        store.read("m")
    store.create(world.model)
    with pytest.raises(Refused, match="already exists"):
        store.create(world.model)
    store.remove("m")
    assert store.names() == []
    assert sqlite3.connect(path).execute("select count(*) from entity").fetchone() == (0,)


def test_waiting_ends_with_the_next_change(world: World, path: Path) -> None:
    store = Store(path)
    store.create(world.model)
    assert store.wait("m", after=1, timeout=0.01) == 1
    found: list[int] = []
    waiting = threading.Thread(target=lambda: found.append(store.wait("m", 1, 30)))
    waiting.start()
    store.transact("m", lambda m: edit.replace(m, config={"mode": "x"}))
    waiting.join(30)
    assert found == [2]


_KILLED = """
import sys
from pathlib import Path
from onebox.changes import edit
from onebox.store import Store
store = Store(Path(sys.argv[1]))
for number in range(10_000):
    store.transact("m", lambda m: edit.replace(m, sequences={"n": number}))
    print(number, flush=True)
"""


def test_what_was_committed_survives_sigkill(world: World, path: Path) -> None:
    store = Store(path)
    store.create(world.model)
    store.close()
    writer = subprocess.Popen([sys.executable, "-c", _KILLED, str(path)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    said = [int(writer.stdout.readline()) for _ in range(50)]
    writer.kill()
    said += [int(line) for line in writer.stdout.read().split()]
    writer.wait()
    writer.stdout.close()
    # It may have committed one more than it could say.
    assert Store(path).read("m").sequences["n"] in (said[-1], said[-1] + 1)


class TestSecrets:
    @pytest.fixture
    def store(self, world: World, path: Path) -> Store:
        world.deploy("pg")
        store = Store(path)
        store.create(world.model)
        draft = secrets.Draft("a" * 20, owner="pg", content={"word": "aHVzaA=="})
        now = world.model.created
        store.transact("m", lambda m: secrets.create(m, draft, now))
        return store

    def test_are_sealed_in_the_file_and_open_after_a_restart(
        self, store: Store, path: Path
    ) -> None:
        kept = store.read("m").secrets
        store.close()
        for file in path.parent.glob("onebox*"):
            assert b"aHVzaA" not in file.read_bytes()
            assert file.stat().st_mode & 0o077 == 0 or "-" in file.name
        assert Store(path).read("m").secrets == kept

    def test_of_an_engine_that_did_not_seal_are_read(self, store: Store, path: Path) -> None:
        kept = store.read("m").secrets
        store.close()
        database = sqlite3.connect(path)
        for key, secret in kept.items():
            database.execute(
                "update entity set value = ? where key = ?", (secret.model_dump_json(), key)
            )
        database.commit()
        database.close()
        assert Store(path).read("m").secrets == kept

    def test_need_their_key(self, store: Store, path: Path) -> None:
        store.close()
        path.with_suffix(".key").unlink()
        with pytest.raises(OneboxError, match=r"do not fit the key.*onebox destroy --yes"):
            Store(path)


def test_a_corrupt_store_is_refused_with_the_way_out(world: World, path: Path) -> None:
    world.deploy("pg", 3)
    store = Store(path)
    store.create(world.model)
    store.close()
    whole = path.read_bytes()
    for broken in (
        b"no database at all" * 100,
        whole[:100] + b"x" * 5000,
        whole[: len(whole) // 2],
    ):
        path.write_bytes(broken)
        with pytest.raises(OneboxError, match="onebox destroy --yes"):
            Store(path)
    path.write_bytes(whole)
    assert Store(path).read("m") == world.model


def test_a_full_disk_loses_nothing_that_was_committed(world: World, path: Path) -> None:
    world.deploy("pg")
    store = Store(path)
    store.create(world.model)
    database = store._database
    (pages,) = database.execute("pragma page_count").fetchone()
    database.execute(f"pragma max_page_count={pages}")
    big = {"k": "v" * 1_000_000}
    for _ in range(2):
        with pytest.raises(OneboxError, match="nothing that was committed is lost"):
            store.transact("m", lambda m: config.set_values(m, "pg", big, ()))
    assert store.read("m") == world.model
    database.execute("pragma max_page_count=1000000")
    after = store.transact("m", lambda m: config.set_values(m, "pg", big, ()))
    store.close()
    assert Store(path).read("m") == after
