# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Day-2 verbs: what one application can do, declared once and callable by an action and by a plan.

A verb is a file of the charm's package `operations`: `src/operations/health_check.py` defines
`VERB = Verb(name="health-check", ...)`. `discover` finds them, `Actions` offers each as the Juju
action of its name, and `dataops.interfaces.operations.OperationsProvider` offers them over a
relation.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import json
import logging
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any, Generic, TypeVar, cast

import ops
import pydantic

logger = logging.getLogger(__name__)


class OperationError(Exception):
    """A verb cannot do its work; the message names the reason and the operator's next move."""


class Scope(str, enum.Enum):
    """Where a verb runs: once on the leader, on every unit, or on one unit after the other."""

    LEADER = "leader"
    UNIT = "unit"
    ROLLING = "rolling"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> Scope:
        # A newer peer may know a scope that we do not; it must not break the reading of the rest.
        return cls.UNKNOWN


def result_key(name: str) -> str:
    """A name as Juju takes it for a key of an action's results: `kafka/0` is `kafka-0`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "value"


def kebab(name: str) -> str:
    """A Python name as Juju spells it: `next_move` is `next-move`."""
    return name.replace("_", "-")


class Params(pydantic.BaseModel):
    """Base of a verb's parameters: Juju's spelling outside, Python's inside, nothing unknown."""

    model_config = pydantic.ConfigDict(
        frozen=True, extra="forbid", alias_generator=kebab, populate_by_name=True
    )


class Result(pydantic.BaseModel):
    """Base of a verb's result; an older reader ignores what a newer version adds."""

    model_config = pydantic.ConfigDict(
        frozen=True, extra="ignore", alias_generator=kebab, populate_by_name=True
    )

    def action_results(self) -> dict[str, Any]:
        """This result as `juju run` prints it: nested mappings of text, lists as JSON."""
        return _printable(self.model_dump(mode="json", by_alias=True, exclude_none=True))


class NoParams(Params):
    """Parameters of a verb that takes none."""


class Check(Result):
    """One thing that was looked at.

    Attributes:
        name: what was looked at, in Juju's spelling ("broker-process").
        ok: whether it is as it should be.
        detail: what was seen, with its figures and units.
        next_move: what the operator does about it; empty when all is well.
    """

    name: str
    ok: bool
    detail: str = ""
    next_move: str = ""

    def __str__(self) -> str:
        """One line for people."""
        if self.ok:
            return f"ok: {self.detail}"
        seen = f"FAILED: {self.detail.rstrip('.')}"
        return f"{seen}. Next: {self.next_move}" if self.next_move else seen


class HealthCheck(Result):
    """The answer of every charm's verb `health-check`."""

    checks: tuple[Check, ...] = ()

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that are not as they should be."""
        return tuple(check for check in self.checks if not check.ok)

    @property
    def healthy(self) -> bool:
        """Whether every check is as it should be."""
        return not self.failed

    def action_results(self) -> dict[str, Any]:
        """One line per check, under its name."""
        lines = {result_key(check.name): str(check) for check in self.checks}
        return {"healthy": str(self.healthy).lower(), "checks": lines}


def probe(name: str, look: Callable[[], str], next_move: str) -> Check:
    """The check `name`: well with the detail that `look` returns, failed with what it raises.

    Args:
        name: the check's name, in Juju's spelling.
        look: looks, and returns what it saw; raises when that is not as it should be.
        next_move: what the operator does when it failed.
    """
    try:
        return Check(name=name, ok=True, detail=look())
    except Exception as error:  # A check that cannot look has found something, whatever it is.
        return Check(name=name, ok=False, detail=explain(error), next_move=next_move)


ObservedT = TypeVar("ObservedT")
WorkloadT = TypeVar("WorkloadT")
ParamsT = TypeVar("ParamsT", bound=Params)
ResultT = TypeVar("ResultT", bound=Result)


@dataclasses.dataclass(frozen=True)
class Context(Generic[ObservedT, WorkloadT, ParamsT]):
    """What a verb works with: the charm's facts, its workload, the caller's parameters.

    Attributes:
        observed: the charm's frozen facts, read once for this hook or action.
        workload: the charm's workload object, whose methods are the effects.
        params: validated.
        log: tells the caller how far the work is: a progress line of the action, or a log line.
    """

    observed: ObservedT
    workload: WorkloadT
    params: ParamsT
    log: Callable[[str], None] = logger.info


@dataclasses.dataclass(frozen=True)
class Verb(Generic[ObservedT, WorkloadT, ParamsT, ResultT]):
    """One thing that an application can do, and how it runs.

    Attributes:
        name: in Juju's spelling; the file is called the same with underscores.
        description: one sentence for the operator.
        params, result: the shapes; their JSON schemas are published in the catalogue.
        run: does the work; raises `OperationError` with the next move when it cannot.
        scope: where it runs.
        long: whether it runs as a job of the service manager, past the end of the hook.
    """

    name: str
    description: str
    run: Callable[[Context[ObservedT, WorkloadT, ParamsT]], ResultT]
    params: type[ParamsT]
    result: type[ResultT]
    scope: Scope = Scope.UNIT
    long: bool = False

    def call(
        self,
        observed: ObservedT,
        workload: WorkloadT,
        params: Mapping[str, Any],
        log: Callable[[str], None] = logger.info,
    ) -> ResultT:
        """The verb's result for raw parameters.

        Raises:
            OperationError: a parameter is not what the verb takes, every one of them named.
            Exception: whatever the verb itself raises.
        """
        try:
            validated = self.params.model_validate(dict(params))
        except pydantic.ValidationError as error:
            raise OperationError(f"{self.name}: {explain(error)}") from None
        return self.run(Context(observed, workload, validated, log))


AnyVerb = Verb[Any, Any, Any, Any]


def explain(error: BaseException) -> str:
    """What went wrong, for the operator: our own messages as they are, others with their kind.

    The offending values of a validation error are left out, because one of them may be a secret.
    """
    if isinstance(error, pydantic.ValidationError):
        details = error.errors(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'value'}: {e['msg']}" for e in details)
    text = str(error)
    if isinstance(error, OperationError) and text:
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def discover(package: ModuleType) -> tuple[AnyVerb, ...]:
    """The verbs of a charm's package `operations`, one per file, ordered by name.

    Raises:
        TypeError: a file of the package defines no `VERB`, or one that is not called as its file.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(_verb_of(package, name) for name in names if not name.startswith("_"))


def _verb_of(package: ModuleType, name: str) -> AnyVerb:
    """The verb that one file defines."""
    verb = getattr(importlib.import_module(f"{package.__name__}.{name}"), "VERB", None)
    if not isinstance(verb, Verb):
        raise TypeError(f"{package.__name__}/{name}.py defines no VERB")
    found = cast(AnyVerb, verb)
    if found.name != kebab(name):
        raise TypeError(f'{package.__name__}/{name}.py: call its verb "{kebab(name)}"')
    return found


class Actions(ops.Object, Generic[ObservedT, WorkloadT]):
    """Offers every verb as the Juju action of its name.

    Args:
        charm: the charm, whose `charmcraft.yaml` declares an action for each verb.
        verbs: from `discover`.
        context: reads the facts and makes the workload; called when an action runs.
    """

    def __init__(
        self,
        charm: ops.CharmBase,
        verbs: Sequence[Verb[ObservedT, WorkloadT, Any, Any]],
        context: Callable[[], tuple[ObservedT, WorkloadT]],
    ) -> None:
        super().__init__(charm, "verbs-as-actions")
        self._verbs = {verb.name: verb for verb in verbs}
        self._context = context
        for verb in verbs:
            self.framework.observe(charm.on[verb.name].action, self._on_action)

    def _on_action(self, event: ops.ActionEvent) -> None:
        """Run the verb that is called as the action."""
        verb = self._verbs[kebab(event.handle.kind.removesuffix("_action"))]
        if verb.scope is Scope.LEADER and not self.model.unit.is_leader():
            app = self.model.app.name
            return event.fail(f"{verb.name} runs on the leader: juju run {app}/leader {verb.name}")
        try:
            result = verb.call(*self._context(), event.params, event.log)
        except OperationError as error:
            return event.fail(explain(error))
        except Exception as error:  # An action fails with a reason: the unit is not in error.
            logger.exception("The action %s failed", verb.name)
            return event.fail(explain(error))
        return event.set_results(result.action_results())


def _printable(value: Any) -> Any:
    """A JSON value as Juju's action results take it: text, or mappings of text."""
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        return {result_key(key): _printable(item) for key, item in items.items()}
    return value if isinstance(value, str) else json.dumps(value)
