# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a verb is: one thing that an application can do, and how it runs."""

from __future__ import annotations

import dataclasses
import enum
import importlib
import logging
import pkgutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, ClassVar, Generic, TypeVar, cast

import pydantic

from dataops.operations._juju import Juju
from dataops.operations._shapes import OperationError, Params, Result, explain, kebab
from dataops.operations._work import SpecT, Work
from dataops.rolling import Go, Hold

logger = logging.getLogger(__name__)

ObservedT = TypeVar("ObservedT")
WorkloadT = TypeVar("WorkloadT")
ParamsT = TypeVar("ParamsT", bound=Params)
ResultT = TypeVar("ResultT", bound=Result)


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


@dataclasses.dataclass(frozen=True)
class Context(Generic[ObservedT, WorkloadT, ParamsT]):
    """What a verb works with: the charm's facts, its workload, the caller's parameters.

    Attributes:
        observed: the charm's frozen facts, read once for this hook or action.
        workload: the charm's workload object, whose methods are the effects.
        params: validated.
        log: tells the caller how far the work is: a progress line of the action, or a log line.
        juju: for the few verbs that take a secret or describe the model.
        task: `Task.id` of what it is run for; empty in an action.
    """

    observed: ObservedT
    workload: WorkloadT
    params: ParamsT
    log: Callable[[str], None] = logger.info
    juju: Juju = dataclasses.field(default_factory=Juju)
    task: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Declared(Generic[ObservedT, WorkloadT, ParamsT, ResultT]):
    """What every verb says of itself.

    Attributes:
        name: in Juju's spelling; the file is called the same with underscores.
        description: one sentence for the operator.
        params, result: the shapes; their JSON schemas are published in the catalogue.
        scope: where it runs.
        mutating: whether clients may feel it: a plan that uses it runs under the canary.
        guard: says whether this unit may do it now; asked before it begins, and again until it
            says go. A verb that takes a unit's service away has one.
    """

    name: str
    description: str
    params: type[ParamsT]
    result: type[ResultT]
    scope: Scope = Scope.UNIT
    mutating: bool = False
    guard: Callable[[Context[ObservedT, WorkloadT, ParamsT]], Go | Hold] | None = None

    def context(
        self,
        observed: ObservedT,
        workload: WorkloadT,
        params: Mapping[str, Any],
        log: Callable[[str], None] = logger.info,
        juju: Juju | None = None,
        task: str = "",
    ) -> Context[ObservedT, WorkloadT, ParamsT]:
        """What the verb works with, for raw parameters.

        Raises:
            OperationError: a parameter is not what the verb takes, every one of them named.
        """
        try:
            validated = self.params.model_validate(dict(params))
        except pydantic.ValidationError as error:
            raise OperationError(f"{self.name}: {explain(error)}") from None
        return Context(observed, workload, validated, log, juju or Juju(), task)

    def perform(self, context: Context[ObservedT, WorkloadT, ParamsT]) -> ResultT:
        """Do all of it, here and now."""
        raise NotImplementedError

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
        return self.perform(self.context(observed, workload, params, log))

    def turn(self, context: Context[ObservedT, WorkloadT, ParamsT]) -> Go | Hold:
        """Whether this unit may do it now, and why."""
        return self.guard(context) if self.guard else Go(because="nothing guards it")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verb(_Declared[ObservedT, WorkloadT, ParamsT, ResultT]):
    """One thing that an application can do within a hook.

    Attributes:
        run: does the work; raises `OperationError` with the next move when it cannot, `Pending`
            when the charm needs more hooks for it.
    """

    long: ClassVar[bool] = False

    run: Callable[[Context[ObservedT, WorkloadT, ParamsT]], ResultT]

    def perform(self, context: Context[ObservedT, WorkloadT, ParamsT]) -> ResultT:
        """Do it, here and now."""
        return self.run(context)


@dataclasses.dataclass(frozen=True, kw_only=True)
class JobVerb(
    _Declared[ObservedT, WorkloadT, ParamsT, ResultT],
    Generic[ObservedT, WorkloadT, ParamsT, SpecT, ResultT],
):
    """One thing that an application can do, whose work outlives the hook.

    Attributes:
        prepare: makes the specification from the facts, within the hook: it is quick.
        work: does the work, in a process of its own that knows no Juju; raises `OperationError`
            with the next move when it cannot. It may be killed and begun again at any point.
        spec: the shape of the specification.
    """

    long: ClassVar[bool] = True

    prepare: Callable[[Context[ObservedT, WorkloadT, ParamsT]], SpecT]
    work: Callable[[Work[SpecT]], ResultT]
    spec: type[SpecT]

    def perform(self, context: Context[ObservedT, WorkloadT, ParamsT]) -> ResultT:
        """Do both parts, here and now."""

        def tell(text: str, done: float | None) -> None:
            context.log(text if done is None else f"{text} ({done:.0%})")

        return self.work(Work(self.prepare(context), tell=tell))


OfferedVerb = Verb[ObservedT, WorkloadT, Any, Any] | JobVerb[ObservedT, WorkloadT, Any, Any, Any]
AnyVerb = OfferedVerb[Any, Any]


class Verbs(Mapping[str, AnyVerb]):
    """Verbs by name, whose files are loaded once somebody wants one: most hooks do not.

    Args:
        package: the import name of their package.
        names: theirs, in Juju's spelling.
    """

    def __init__(self, package: str, names: Iterable[str]) -> None:
        self._package = package
        self._names = tuple(sorted(names))

    def __getitem__(self, name: str) -> AnyVerb:
        """The verb of that name.

        Raises:
            KeyError: there is none.
            TypeError: its file defines no `VERB`, or one that is not called as the file.
        """
        if name not in self._names:
            raise KeyError(name)
        return verb_of(self._package, name.replace("-", "_"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def only(self, names: Collection[str]) -> Verbs:
        """Those of them that have one of these names."""
        return Verbs(self._package, (name for name in self._names if name in names))


Offered = Mapping[str, OfferedVerb[ObservedT, WorkloadT]]


def by_name(
    verbs: Offered[ObservedT, WorkloadT] | Sequence[OfferedVerb[ObservedT, WorkloadT]],
) -> Offered[ObservedT, WorkloadT]:
    """The verbs by name, however they are given."""
    if isinstance(verbs, Sequence):
        return {verb.name: verb for verb in verbs}
    return verbs


def discover(package: ModuleType) -> Verbs:
    """The verbs of a charm's package `operations`, one per file, by name."""
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return Verbs(package.__name__, (kebab(name) for name in names if not name.startswith("_")))


def verb_of(package: str, name: str) -> AnyVerb:
    """The verb that one file of the package defines.

    Raises:
        TypeError: the file defines no `VERB`, or one that is not called as the file.
    """
    verb = getattr(importlib.import_module(f"{package}.{name}"), "VERB", None)
    if not isinstance(verb, (Verb, JobVerb)):
        raise TypeError(f"{package}/{name}.py defines no VERB")
    found = cast(AnyVerb, verb)
    if found.name != kebab(name):
        raise TypeError(f'{package}/{name}.py: call its verb "{kebab(name)}"')
    return found
