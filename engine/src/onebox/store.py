# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The models, durable: one SQLite file, one transaction at a time.

Each entity is one row of JSON. A transaction turns one frozen `Model` into another and writes
only the rows that differ, so its cost follows the size of the change and not of the model.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from onebox import persona
from onebox.errors import OneboxError, Refused
from onebox.model import (
    Application,
    Charm,
    Frozen,
    Machine,
    Model,
    Offer,
    Operation,
    Relation,
    Remote,
    Secret,
    Storage,
    Task,
    Unit,
)
from onebox.sealing import Seal

# The families of a model that are stored a row per entity; everything else is the model's own row.
FAMILIES: dict[str, tuple[type[Frozen], type]] = {
    "charms": (Charm, str),
    "applications": (Application, str),
    "units": (Unit, str),
    "machines": (Machine, str),
    "relations": (Relation, int),
    "offers": (Offer, str),
    "remotes": (Remote, str),
    "secrets": (Secret, str),
    "storage": (Storage, str),
    "tasks": (Task, int),
    "operations": (Operation, int),
}
# What nobody may read who has only the file.
_SEALED = {"secrets"}

_SCHEMA = """
create table if not exists model (
    name text primary key, version integer not null, value text not null);
create table if not exists entity (
    model text not null, family text not null, key text not null, value text not null,
    primary key (model, family, key)) without rowid;
"""

Change = Callable[[Model], Model]


@dataclass(frozen=True)
class Difference:
    """What one transaction changed: `family -> keys`; `model` stands for the model's own row."""

    name: str
    before: Model
    after: Model
    keys: dict[str, set[Any]]


Listener = Callable[[Difference], None]


class Store:
    """All models of one engine.

    Reads are lock-free: a model is a frozen value, and the store holds the newest one of each.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seal = Seal(path.with_suffix(".key"))
        path.touch(mode=0o600)
        path.chmod(0o600)
        self._lock = threading.RLock()
        self._changed = threading.Condition()
        self._listeners: list[Listener] = []
        self._database = sqlite3.connect(os.fspath(path), check_same_thread=False)
        self._database.isolation_level = None
        self._models: dict[str, Model] = {}
        self._versions: dict[str, int] = {}
        try:
            self._open()
        except (sqlite3.DatabaseError, ValidationError, OneboxError) as error:
            self._database.close()
            reason = (
                f"{error.error_count()} values that this engine does not know"
                if isinstance(error, ValidationError)
                else str(error)
            )
            raise OneboxError(
                f"cannot read the store {path}: {reason}. Put a good copy of it (with its .key) "
                "in its place, or give up everything in it: onebox destroy --yes",
                "corrupt",
            ) from error

    def _open(self) -> None:
        # WAL with `normal` survives the death of any process at any instant. A power cut may take
        # the last commits, but it also takes the processes they speak of.
        self._database.execute("pragma journal_mode=wal")
        self._database.execute("pragma synchronous=normal")
        self._database.executescript(_SCHEMA)
        (sound,) = self._database.execute("pragma quick_check(1)").fetchone()
        if sound != "ok":
            raise OneboxError(sound)
        self._load()

    def names(self) -> list[str]:
        """The names of all models, sorted."""
        return sorted(self._models)

    def models(self) -> list[Model]:
        """All models, sorted by name."""
        return [self._models[name] for name in self.names()]

    def read(self, name: str) -> Model:
        """The model as it is now; Refused when there is none of that name."""
        try:
            return self._models[name]
        except KeyError:
            raise Refused(f"model {persona.CONTROLLER}:{name} not found", "not-found") from None

    def version(self, name: str) -> int:
        """A number that grows with every change of the model; 0 when there is no such model."""
        return self._versions.get(name, 0)

    def on_change(self, listener: Listener) -> None:
        """Calls `listener` after every transaction that changed anything, in their order."""
        self._listeners.append(listener)

    def create(self, model: Model) -> None:
        """Adds a model; Refused when its name is taken."""
        with self._lock:
            if model.name in self._models:
                message = f"model admin/{model.name} already exists (already exists)"
                raise Refused(message, "already-exists")
            empty = model.model_copy(update={family: {} for family in FAMILIES})
            self._write(Difference(model.name, empty, model, _difference(empty, model)))

    def remove(self, name: str) -> None:
        """Forgets a model and everything in it."""
        with self._lock:
            with self._transaction() as cursor:
                cursor.execute("delete from entity where model = ?", (name,))
                cursor.execute("delete from model where name = ?", (name,))
            self._models.pop(name, None)
            self._versions.pop(name, None)
        self._wake()

    def transact(self, name: str, change: Change) -> Model:
        """The model after `change`, durable on return; nothing happens when `change` raises."""
        with self._lock:
            before = self.read(name)
            after = change(before)
            if after is before:
                return before
            keys = _difference(before, after)
            if not keys:
                return before
            difference = Difference(name, before, after, keys)
            self._write(difference)
            # Still under the lock: listeners hear of changes in the order they were made.
            for listener in self._listeners:
                listener(difference)
        self._wake()
        return after

    def wait(self, name: str, after: int, timeout: float) -> int:
        """The model's version once it is beyond `after`, or whatever it is after `timeout` s."""
        with self._changed:
            self._changed.wait_for(lambda: self.version(name) != after, timeout)
        return self.version(name)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._database.close()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _transaction(self) -> _Transaction:
        return _Transaction(self._database)

    def _write(self, difference: Difference) -> None:
        after = difference.after
        version = self.version(after.name) + 1
        with self._transaction() as cursor:
            for family, keys in difference.keys.items():
                if family in FAMILIES:
                    self._write_family(cursor, after, family, keys)
            cursor.execute(
                "insert or replace into model values (?, ?, ?)",
                (after.name, version, after.model_dump_json(exclude=set(FAMILIES))),
            )
        self._models = {**self._models, after.name: after}
        self._versions[after.name] = version

    def _load(self) -> None:
        for name, version, value in self._database.execute("select * from model"):
            model = Model.model_validate_json(value)
            rows = dict(self._read_families(name))
            self._models[name] = model.model_copy(update=rows)
            self._versions[name] = version

    def _write_family(
        self, cursor: sqlite3.Cursor, model: Model, family: str, keys: set[Any]
    ) -> None:
        entities: dict[Any, Frozen] = getattr(model, family)
        for key in keys:
            if key in entities:
                value = entities[key].model_dump_json()
                if family in _SEALED:
                    value = self._seal.seal(value)
                row = (model.name, family, str(key), value)
                cursor.execute("insert or replace into entity values (?, ?, ?, ?)", row)
            else:
                cursor.execute(
                    "delete from entity where model = ? and family = ? and key = ?",
                    (model.name, family, str(key)),
                )

    def _read_families(self, name: str) -> Iterator[tuple[str, dict[Any, Frozen]]]:
        for family, (kind, key_type) in FAMILIES.items():
            rows = self._database.execute(
                "select key, value from entity where model = ? and family = ?", (name, family)
            )
            opened = self._seal.open if family in _SEALED else str
            yield (
                family,
                {key_type(key): kind.model_validate_json(opened(value)) for key, value in rows},
            )


class _Transaction:
    """`with` around one immediate transaction: committed at the end, rolled back by an error."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> sqlite3.Cursor:
        return self._database.execute("begin immediate")

    def __exit__(self, kind: object, error: object, _: object) -> None:
        if kind is None:
            try:
                self._database.execute("commit")
            except sqlite3.Error as failure:
                self._undo()
                raise _unwritten(failure) from failure
            return
        self._undo()
        if isinstance(error, sqlite3.OperationalError):
            raise _unwritten(error) from error

    def _undo(self) -> None:
        # SQLite itself may have rolled back already.
        if self._database.in_transaction:
            self._database.execute("rollback")


def _unwritten(error: sqlite3.Error) -> OneboxError:
    return OneboxError(
        f"cannot write the store: {error}; nothing that was committed is lost, and what failed "
        "is tried again. Is there space on the disk?"
    )


def _difference(before: Model, after: Model) -> dict[str, set[Any]]:
    keys: dict[str, set[Any]] = {}
    for name in Model.model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old is new:
            continue
        if name not in FAMILIES:
            if old != new:
                keys.setdefault("model", set()).add(name)
            continue
        changed = {k for k, v in new.items() if old.get(k) is not v and old.get(k) != v}
        changed |= old.keys() - new.keys()
        if changed:
            keys[name] = changed
    return keys
