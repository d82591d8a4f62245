# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Every verb as the Juju action of its name."""

from __future__ import annotations

import json
import logging
import shlex
from collections.abc import Callable, Sequence
from typing import Any, Generic, cast

import ops

from dataops.operations._juju import Juju
from dataops.operations._shapes import (
    OperationError,
    Params,
    Pending,
    Result,
    explain,
    kebab,
)
from dataops.operations._verbs import (
    ObservedT,
    Offered,
    OfferedVerb,
    Scope,
    WorkloadT,
    by_name,
)
from dataops.rolling import Hold

logger = logging.getLogger(__name__)

# As soon as the action has ended.
_PENDING_SECONDS = 1.0
# Each result is an argument of Juju's tool, which Linux limits to 128 KiB.
_LONGEST_BYTES = 120_000


class Actions(ops.Object, Generic[ObservedT, WorkloadT]):
    """Offers every verb as the Juju action of its name; a job's work is done in the action.

    Args:
        charm: the charm, whose `charmcraft.yaml` declares an action for each verb.
        verbs: from `discover`.
        context: reads the facts and makes the workload; called when an action runs.
        look_again: wakes the charm after so many seconds: what takes several hooks goes on after
            the action.
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        verbs: Offered[ObservedT, WorkloadT] | Sequence[OfferedVerb[ObservedT, WorkloadT]],
        context: Callable[[], tuple[ObservedT, WorkloadT]],
        look_again: Callable[[float], None] | None = None,
    ) -> None:
        super().__init__(charm, "verbs-as-actions")
        self._verbs = by_name(verbs)
        self._context = context
        self._look_again = look_again
        self._juju = Juju(charm)
        for name in self._verbs:
            self.framework.observe(charm.on[name].action, self._on_action)

    def _on_action(self, event: ops.ActionEvent) -> None:
        """Run the verb that is called as the action."""
        verb = self._verbs[kebab(event.handle.kind.removesuffix("_action"))]
        if verb.scope is Scope.LEADER and not self.model.unit.is_leader():
            app = self.model.app.name
            return event.fail(f"{verb.name} runs on the leader: juju run {app}/leader {verb.name}")
        try:
            result = self._perform(verb, event)
        except Pending as pending:
            if self._look_again:
                self._look_again(_PENDING_SECONDS)
            again = _again(self.model.unit.name, verb, event.params)
            return event.set_results({"status": "running", "message": str(pending), "next": again})
        except OperationError as error:
            return event.fail(explain(error))
        except Exception as error:  # An action fails with a reason: the unit is not in error.
            logger.exception("The action %s failed", verb.name)
            return event.fail(explain(error))
        return event.set_results(_fitting(result.action_results()))

    def _perform(self, verb: OfferedVerb[ObservedT, WorkloadT], event: ops.ActionEvent) -> Result:
        """The verb's result, once its guard lets it begin."""
        context = verb.context(*self._context(), event.params, event.log, self._juju)
        turn = verb.turn(context)
        if isinstance(turn, Hold):
            raise OperationError(f"Not now: {turn.because}. Nothing was done; try again later.")
        return verb.perform(context)


def _again(unit: str, verb: OfferedVerb[Any, Any], given: dict[str, Any]) -> str:
    """The command once more, with what it was given."""
    asked: Params = verb.params.model_validate(given)
    params = asked.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    spelled = (
        f"{name}={shlex.quote(value if isinstance(value, str) else json.dumps(value))}"
        for name, value in params.items()
    )
    return " ".join(("juju run", unit, verb.name, *spelled))


def _fitting(results: dict[str, Any]) -> dict[str, Any]:
    """The results, each with its beginning alone where it is longer than Juju takes."""
    return {name: _cut(value) for name, value in results.items()}


def _cut(value: Any) -> Any:
    if isinstance(value, dict):
        return _fitting(cast("dict[str, Any]", value))
    data = str(value).encode()
    if len(data) <= _LONGEST_BYTES:
        return value
    beginning = data[:_LONGEST_BYTES].decode(errors="ignore")
    return f"{beginning}... (the beginning of {len(data)} bytes: Juju takes no more)"
