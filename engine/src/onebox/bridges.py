# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps the two halves of every relation that crosses models in agreement."""

import logging
import threading
from collections.abc import Callable

from onebox.changes import crossing
from onebox.changes.crossing import Half
from onebox.engine import Engine
from onebox.errors import Refused
from onebox.model import Model, Relation
from onebox.store import Difference

_LOG = logging.getLogger(__name__)
_CONCERN = frozenset(["relations", "secrets", "remotes", "offers"])
_FAULT_SECONDS = 1.0


class Bridges:
    """One thread that looks at all models whenever one with remote applications has changed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bridges", daemon=True)

    def start(self) -> None:
        """Takes up every relation where the last daemon left it."""
        self._engine.store.on_change(self._changed)
        self._wake.set()
        self._thread.start()

    def wake(self) -> None:
        """Look at all models again, or end when the daemon goes down."""
        self._wake.set()

    def _changed(self, difference: Difference) -> None:
        if difference.after.remotes and _CONCERN & difference.keys.keys():
            self._wake.set()

    def _run(self) -> None:
        while not self._engine.stopping.is_set():
            self._wake.wait()
            self._wake.clear()
            try:
                self._look()
            except Exception:
                _LOG.exception("relations across models")
                self._engine.stopping.wait(_FAULT_SECONDS)
                self._wake.set()

    def _look(self) -> None:
        for model in self._engine.store.models():
            for relation in model.relations.values() if model.remotes else ():
                found = crossing.half(model, relation)
                if found is None or self._engine.stopping.is_set():
                    continue
                if relation.origin:
                    self._end_without_origin(model, relation)
                else:
                    self._agree(found, relation)

    def _model(self, uuid: str) -> Model | None:
        return next((m for m in self._engine.store.models() if m.uuid == uuid), None)

    def _end_without_origin(self, offering: Model, relation: Relation) -> None:
        """Ends the offering half of what the consuming model no longer has."""
        uuid, _, number = relation.origin.rpartition(":")
        consuming = self._model(uuid)
        if consuming is None or int(number) not in consuming.relations:
            self._transact(offering, lambda m: crossing.severed(m, relation.id))

    def _agree(self, found: Half, relation: Relation) -> None:
        """Makes both halves of a relation say the same, the offering one first of all."""
        consuming = found.model
        offering = self._model(consuming.remotes[found.stand_in].model)
        if offering is None:
            self._transact(consuming, lambda m: crossing.severed(m, relation.id))
            return
        if relation.life == "alive" and not relation.linked:
            now = self._engine.now()
            offering = self._transact(
                offering, lambda m: crossing.accepted(m, consuming, relation, now)
            )
        origin = crossing.origin_of(consuming, relation)
        across = next((r for r in offering.relations.values() if r.origin == origin), None)
        other = crossing.half(offering, across) if across else None
        if other is None:
            self._transact(consuming, lambda m: crossing.severed(m, relation.id))
            return
        self._transact(consuming, lambda m: crossing.linked(m, relation.id))
        self._reflect(other, found)
        self._reflect(found, other)

    def _reflect(self, target: Half, source: Half) -> None:
        there = self._engine.store.read(source.model.name)

        def change(model: Model) -> Model:
            here = Half(model, target.relation, target.own, target.stand_in)
            across = Half(there, source.relation, source.own, source.stand_in)
            if target.relation not in model.relations:
                return model
            if source.relation not in there.relations:
                return crossing.severed(model, target.relation)
            return crossing.agreed(here, across)

        self._transact(target.model, change)

    def _transact(self, model: Model, change: Callable[[Model], Model]) -> Model:
        """The model after a change; the same when it has meanwhile gone, or is another one."""
        try:
            return self._engine.store.transact(
                model.name, lambda m: change(m) if m.uuid == model.uuid else m
            )
        except Refused as error:
            if error.code != "not-found":
                raise
            return model
