# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The actions that begin an operation, or change what becomes of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ops

import controls
import pairs
from dataops.operations import AnyVerb, OperationError
from driver import Driver
from dryrun import preview
from library import Library
from observed import Observed
from preconditions import preconditions, together
from seam import Note
from started import started

DRY_RUN = "dry-run"


class Desk(ops.Object):
    """Takes what people ask for: refuses it with every reason, or journals and begins it.

    Args:
        charm: the charm, with an action for each built-in plan.
        built_in: the names of those plans.
        verbs: what day2 does itself, by name.
        driver: makes the driver of this action.
        library: reads the known plans.
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        built_in: Iterable[str],
        verbs: Mapping[str, AnyVerb],
        driver: Callable[[], Driver],
        library: Callable[[], Library],
    ) -> None:
        super().__init__(charm, "desk")
        self._verbs = verbs
        self._driver = driver
        self._library = library
        for name in built_in:
            self.framework.observe(charm.on[name].action, self._on_plan)
        self.framework.observe(charm.on["run-operation"].action, self._on_run_operation)
        self.framework.observe(charm.on["cancel-operation"].action, self._on_cancel)
        self.framework.observe(charm.on["approve-operation"].action, self._on_approve)
        self.framework.observe(charm.on["resume-operation"].action, self._on_resume)

    def _on_plan(self, event: ops.ActionEvent) -> None:
        """The action that is called as its plan."""
        name = event.handle.kind.removesuffix("_action").replace("_", "-")
        params = {key: value for key, value in event.params.items() if key != DRY_RUN}
        self._begin(event, name, params)

    def _on_run_operation(self, event: ops.ActionEvent) -> None:
        """Any plan, by its name."""
        try:
            params = pairs.read(event.params.get("params", ""))
        except OperationError as error:
            return event.fail(str(error))
        return self._begin(event, event.params["plan"], params)

    def _begin(self, event: ops.ActionEvent, name: str, params: Mapping[str, Any]) -> None:
        """Preview, refuse, or begin an operation."""
        library = self._library()
        plan = library.plans.get(name)
        if plan is None:
            reasons = [f"There is no plan {name}; there are {', '.join(sorted(library.plans))}."]
            return event.fail(" ".join([*reasons, *library.reasons]))
        driver = self._driver()
        if driver.observed.damage:
            return event.fail(damaged(driver.observed))
        found = list(preconditions(plan, params, driver.observed, library.plans, self._verbs))
        if event.params.get(DRY_RUN):
            return event.set_results(preview(plan, library.plans, found))
        reasons = [each.detail for each in found if not each.ok]
        if reasons:
            return event.fail(together(reasons))
        number = driver.request(plan, params, library.plans)
        return event.set_results(started(driver.observed, driver.drive(), number))

    def _on_cancel(self, event: ops.ActionEvent) -> None:
        """Call one off."""
        self._decide(
            event, lambda driver: controls.cancel(driver.observed, event.params.get("id", 0))
        )

    def _on_approve(self, event: ops.ActionEvent) -> None:
        """Let a step go on."""
        step = event.params.get("step", "")
        self._decide(
            event,
            lambda driver: controls.approve(driver.observed, event.params.get("id", 0), step),
        )

    def _on_resume(self, event: ops.ActionEvent) -> None:
        """Have one go on that did not end well, once it could begin anew."""

        def decide(driver: Driver) -> Note:
            params = pairs.read(event.params.get("params", ""))
            note = controls.resume(driver.observed, event.params.get("id", 0), params)
            operation = controls.find(driver.observed, note.operation)
            guards = {guard.name: guard for guard in operation.guards}
            given = {**operation.params, **params}
            found = preconditions(operation.plan, given, driver.observed, guards, self._verbs)
            reasons = [each.detail for each in found if not each.ok]
            if reasons:
                raise OperationError(together(reasons))
            return note

        self._decide(event, decide)

    def _decide(self, event: ops.ActionEvent, decide: Callable[[Driver], Note]) -> None:
        """Journal what was decided, and move on."""
        driver = self._driver()
        if not driver.observed.leader:
            app, name = driver.observed.application, event.handle.kind
            action = name.removesuffix("_action").replace("_", "-")
            return event.fail(f"Operations are run by the leader: juju run {app}/leader {action}")
        if driver.observed.damage:
            return event.fail(damaged(driver.observed))
        try:
            note = decide(driver)
        except OperationError as error:
            return event.fail(str(error))
        driver.note(note)
        return event.set_results(started(driver.observed, driver.drive(), note.operation))


def damaged(observed: Observed) -> str:
    """Why nothing can be run while the journal cannot be read."""
    return (
        f"The peers' copy of the journal was changed from outside: {observed.damage}. Every unit "
        f"of {observed.application} has a whole copy on its storage data: journal.jsonl"
    )
