# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What one hook, action or `juju-exec` sees, and what it will have changed once it ends well."""

import re
import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol, cast

from onebox.changes.actions import EXEC
from onebox.changes.secrets import Draft
from onebox.errors import Refused
from onebox.flags import UsageError
from onebox.model import Application, Charm, Hook, Model, Relation, Task, Unit

Change = Callable[[Model], Model]


class Services(Protocol):
    """The few effects of a hook that do not wait for its end; the engine provides them."""

    def now(self) -> datetime:
        """The time, with a zone."""
        ...

    def read(self) -> Model:
        """The model as committed at this moment."""
        ...

    def transact(self, change: Change) -> Model:
        """Commit a change at once; Refused when it refuses."""
        ...

    def log(self, module: str, level: str, message: str) -> None:
        """One line of the unit's log; `module` is such as `unit.web/0.juju-log`."""
        ...

    def resource_path(self, name: str) -> Path:
        """The file of an uploaded resource, in place; Refused when there is none."""
        ...

    def storage_path(self, location: str) -> Path:
        """What the charm calls a storage's location on its machine."""
        ...

    def host_path(self, path: Path) -> Path:
        """Where on this host lies what a process of the unit calls `path`."""
        ...

    def log_action(self, task: int, message: str) -> None:
        """One progress line of an action, for whoever waits for it and for its record."""
        ...

    def kill_hook(self) -> None:
        """End the hook's own process now (`juju-reboot --now`)."""
        ...


@dataclass
class Outcome:
    """What a hook asked for beside changes of the model."""

    reboot: Literal["", "after", "now"] = ""
    results: dict[str, Any] = field(default_factory=dict[str, Any])
    failure: str | None = None


class Context:
    """One run of a charm: a snapshot to read and writes that wait for a good end.

    A write is a pure change of the model. It is applied twice: at once to `view`, so that the
    hook reads its own writes, and by `flush` to whatever the model has become.

    Attributes:
        id: the capability that a caller must show (`JUJU_CONTEXT_ID`); nobody can guess it.
        snapshot: the model when the run began.
        view: the same with this run's own writes.
        hook: the hook that runs; None for actions. A `juju-exec` in a relation context gives
            one with the relation (and remote unit) it names.
        task: the action or `juju exec` task that runs.
        outcome: reboot wish, action results and failure.
        drafts: secrets that this run adds or edits, by id.
        unmade: secrets that this run has added and removed again, by id.
        removing: secrets of which this run removes a revision or all, by id. Juju hides them all.
    """

    def __init__(
        self,
        model: Model,
        unit: str,
        hook: Hook | None,
        task: Task | None,
        services: Services,
        name: str = "",
    ) -> None:
        what = name or (task.action if task else hook.kind if hook else EXEC)
        self.id = f"{unit}-{what}-{secrets.token_hex(16)}"
        self.snapshot = model
        self.view = model
        self.unit_name = unit
        self.hook = hook or Hook(kind="")
        self.task = task
        self.services = services
        self.outcome = Outcome()
        self.drafts: dict[str, Draft] = {}
        self.unmade: set[str] = set()
        self.removing: set[str] = set()
        self._writes: dict[Hashable, tuple[Change, Change]] = {}
        self._committed: dict[tuple[int, str], dict[str, str] | None] = {}

    # -- who runs ----------------------------------------------------------------------------

    @property
    def unit(self) -> Unit:
        """The unit that runs, with its own writes."""
        return self.view.units[self.unit_name]

    @property
    def app_name(self) -> str:
        """The name of the unit's application."""
        return self.unit_name.partition("/")[0]

    @property
    def application(self) -> Application:
        """The unit's application."""
        return self.view.applications[self.app_name]

    @property
    def charm(self) -> Charm:
        """The charm that the unit runs: the one it last unpacked, not one that waits for it."""
        url = self.unit.local.charm_url
        return self.view.charms.get(url) or self.view.charm_of(self.app_name)

    @property
    def leads(self) -> bool:
        """Whether the unit leads; stable for the whole run."""
        return self.snapshot.applications[self.app_name].leader == self.unit_name

    @property
    def address(self) -> str:
        """The address of the unit's machine."""
        machine = self.view.machines.get(self.unit.machine)
        if machine is None:
            raise Refused(f'no address for machine "{self.unit.machine}"')
        return machine.address

    @property
    def action(self) -> Task:
        """The action that runs, to which Juju counts a `juju exec`; Refused outside actions."""
        if self.task is None:
            raise Refused("not running an action")
        return self.task

    @property
    def result(self) -> Outcome:
        """What the running action has to say; Refused outside actions."""
        _ = self.action
        return self.outcome

    # -- writes ------------------------------------------------------------------------------

    def write(self, change: Change, key: Hashable = None, preview: Change | None = None) -> None:
        """Buffer a change.

        Args:
            change: what `flush` applies.
            key: the change takes the place of the one of the same key.
            preview: what this run sees of it, where Juju would refuse only at the flush.
        """
        replaces = key is not None and key in self._writes
        shown = preview or change
        if not replaces:
            self.view = shown(self.view)
        self._writes[key if key is not None else object()] = (change, shown)
        if replaces:
            self._look_again()

    def forget(self, key: Hashable) -> None:
        """Take back the buffered change of `key`, if there is one."""
        if self._writes.pop(key, None) is not None:
            self._look_again()

    def forget_all(self, id_: str, *kinds: str) -> None:
        """Take back the buffered changes of one thing whose keys begin with a kind and its id."""
        gone = {(kind, id_) for kind in kinds}
        keys = cast(list[tuple[Hashable, ...]], [k for k in self._writes if isinstance(k, tuple)])
        for key in keys:
            if key[:2] in gone:
                self.forget(key)

    def flush(self, model: Model) -> Model:
        """The model with everything the run wrote; Refused as Juju would fail the flush."""
        for change, _ in self._writes.values():
            model = change(model)
        return model

    def _look_again(self) -> None:
        self.view = self.snapshot
        for _, shown in self._writes.values():
            self.view = shown(self.view)

    # -- relations ---------------------------------------------------------------------------

    def relation(self, text: str) -> Relation:
        """The relation that `-r` names, or the hook's own; UsageError when there is none."""
        if not text:
            if self.hook.relation is None:
                raise UsageError("no relation id specified")
            return self._known(self.hook.relation, str(self.hook.relation))
        tail = text.rpartition(":")[2]
        if not re.fullmatch(r"[0-9]+", tail):
            raise UsageError(f'invalid value "{text}" for option -r: invalid relation id')
        return self._known(int(tail), text)

    def _known(self, number: int, text: str) -> Relation:
        relation = self.view.relations.get(number)
        if relation is None or not any(r.id == number for r in self.relations()):
            raise UsageError(f'invalid value "{text}" for option -r: relation not found')
        return relation

    def relations(self) -> list[Relation]:
        """The relations this unit takes part in, in order of their ids."""
        return [r for r in self.view.relations_of(self.app_name) if self._takes_part(r)]

    def _takes_part(self, relation: Relation) -> bool:
        seen = self.unit.local.relations.get(relation.id)
        if relation.id == self.hook.relation:
            return True
        if seen is not None and seen.broken:
            return False
        return seen is not None or self.unit_name in relation.scope

    def members(self, relation: Relation) -> list[str]:
        """The units this one has been told of; one that departs right now is gone already."""
        known = self._joined(relation)
        remote = self.hook.remote_unit
        if relation.id == self.hook.relation and remote:
            known = known - {remote} if self._departs() else known | {remote}
        return sorted(known)

    def _departs(self) -> bool:
        return self.hook.kind.endswith("relation-departed")

    def breaks(self, relation: Relation) -> bool:
        """Whether the relation is on its last hook for this unit, and no longer listed."""
        is_peer = relation.endpoint_of(self.app_name).role == "peer"
        return relation.life != "alive" and not is_peer and not self._joined(relation)

    def _joined(self, relation: Relation) -> set[str]:
        seen = self.unit.local.relations.get(relation.id)
        return set(seen.joined) if seen else set()

    def committed_bag(self, relation: Relation, owner: str) -> dict[str, str] | None:
        """Somebody else's databag as first read in this run; None when it never had one.

        Juju fetches at the first read and then keeps the answer until the hook ends.
        """
        key = (relation.id, owner)
        if key not in self._committed:
            fresh = self.services.read().relations.get(relation.id, relation)
            self._committed[key] = bag_of(fresh, owner)
        return self._committed[key]


def bag_of(relation: Relation, owner: str) -> dict[str, str] | None:
    """The databag of a unit or application in a relation, if it ever wrote one."""
    bags = relation.units if "/" in owner else relation.applications
    bag = bags.get(owner)
    return dict(bag.data) if bag else None
