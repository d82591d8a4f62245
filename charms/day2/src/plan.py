# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Plans: what an operation consists of. Pure; `reading.py` reads them, `lint.py` judges them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

import pydantic

from dataops.evidence import Limits

_DURATION = re.compile(r"(\d+)\s*(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_NAME = r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"


def duration(value: Any) -> datetime.timedelta:
    """A span of time from Prometheus' and Juju's spelling: `90s`, `15m`, `2h`, `1d`.

    Raises:
        ValueError: it is not spelled so, or is zero.
    """
    if isinstance(value, datetime.timedelta):
        return value
    match = _DURATION.fullmatch(str(value).strip())
    if not match or not int(match[1]):
        raise ValueError(f'"{value}" is no duration; write for example 90s, 15m, 2h or 1d')
    return datetime.timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


def spelled(span: datetime.timedelta) -> str:
    """A span of time as `duration` reads it, in the largest unit that fits."""
    milliseconds = round(span.total_seconds() * 1000)
    for unit, seconds in reversed(_SECONDS.items()):
        if milliseconds % round(seconds * 1000) == 0:
            return f"{milliseconds // round(seconds * 1000)}{unit}"
    raise ValueError(f"{span} is no whole number of milliseconds")


Duration = Annotated[
    datetime.timedelta,
    pydantic.BeforeValidator(duration),
    pydantic.PlainSerializer(spelled, return_type=str),
    pydantic.WithJsonSchema({"type": "string", "examples": ["90s", "15m", "2h"]}),
]
Name = Annotated[str, pydantic.Field(pattern=_NAME)]


def _list(value: Any) -> Any:
    """One name counts as a list of one."""
    return (value,) if isinstance(value, str) else value


class _Part(pydantic.BaseModel):
    """Base of a plan's parts: every misspelt key is an error."""

    model_config = pydantic.ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )


class Role(_Part):
    """All applications of a role: `{role: event-streaming}`.

    Attributes:
        role: which.
        one: asks one of those that offer the verb: the one of this name, or when that is empty
            the first by name; `${params.x}` is filled in. None: all of them.
    """

    role: str
    one: str | None = None


class Retry(_Part):
    """How often a step is tried, counting the first time, and how long between two attempts."""

    attempts: int = pydantic.Field(ge=1, le=100)
    delay: Duration = datetime.timedelta(seconds=10)


class RollBack(_Part):
    """What to do about a failed step: run this step of the plan's `rollback`, then end."""

    rollback: str


class Step(_Part):
    """One verb over some applications.

    Attributes:
        name: unique in the plan; part of the name of every task.
        verb: what the applications do.
        applications: `all` that offer the verb, day2 itself among them; `self`, day2 alone; their
            names; or a role.
        params: parameters of the verb; `${params.x}` and `${steps.NAME.key}` are filled in.
        after: the steps that must have ended well; None means the step before this one.
        parallel: how many may work at the same time; None means all of them.
        timeout: how long one attempt may take, all answers together.
        retry: how often, and how soon, those are asked again that failed.
        verify: `healthy`: each answer must be a health check without a failed check.
        on_failure: `stop` ends the operation, `continue` goes on to the next step.
        optional: whether it is passed over where nobody offers the verb.
        approval: whether a person has to approve before it begins.
    """

    name: Name
    verb: str
    applications: Literal["all", "self"] | Role | tuple[str, ...] = "all"
    params: dict[str, Any] = {}
    after: Annotated[tuple[str, ...], pydantic.BeforeValidator(_list)] | None = None
    parallel: Annotated[int, pydantic.Field(ge=1)] | None = None
    timeout: Duration = datetime.timedelta(minutes=5)
    retry: Retry = Retry(attempts=1)
    verify: Literal["healthy"] | None = None
    on_failure: Literal["stop", "continue"] | RollBack = "stop"
    optional: bool = False
    approval: bool = False

    @pydantic.field_validator("applications", mode="before")
    @classmethod
    def _one_application(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) and value not in ("all", "self") else value

    @property
    def rollback(self) -> str | None:
        """The step that undoes this one."""
        return self.on_failure.rollback if isinstance(self.on_failure, RollBack) else None


class Plan(_Part):
    """An operation: its name, what it is for, and its steps.

    Attributes:
        name: the operation's name; of a built-in also its action's and its file's.
        description: one sentence for the operator.
        manual_minutes: what the same work takes by hand, as the team that wrote the plan says;
            None when nobody has said.
        params: what the operation takes, as JSON schemas; one without `default` is required.
        guards: plans that only look, and must find all well before the first step.
        canary: the limits of what customers may see meanwhile; None: no canary runs.
        steps: what is done.
        rollback: what undoes it, when a step that failed says so; each runs only when it is named,
            and after it those that are `after` it.
        finally_: what is done at the end in any case, once a step has begun.
    """

    name: Name
    description: str
    manual_minutes: float | None = None
    params: dict[str, dict[str, Any]] = {}
    guards: tuple[str, ...] = ()
    canary: Limits | None = None
    steps: tuple[Step, ...] = pydantic.Field(min_length=1)
    rollback: tuple[Step, ...] = ()
    finally_: tuple[Step, ...] = pydantic.Field(default=(), alias="finally")

    @property
    def every_step(self) -> Iterator[tuple[str, int, Step]]:
        """Each step with the list it stands in and its place there."""
        for section, steps in self.sections.items():
            for index, step in enumerate(steps):
                yield section, index, step

    @property
    def sections(self) -> dict[str, tuple[Step, ...]]:
        """The lists of steps by their keys."""
        return {"steps": self.steps, "rollback": self.rollback, "finally": self.finally_}

    def defaults(self) -> dict[str, Any]:
        """The operation's parameters that nobody has to give."""
        return {name: s["default"] for name, s in self.params.items() if "default" in s}


def before(steps: Sequence[Step], step: Step, *, chained: bool = True) -> tuple[str, ...]:
    """The names of what a step waits for: those it names, else the one before it.

    Args:
        steps: the list that the step stands in.
        step: one of them.
        chained: whether a step that names none waits for the one before; in `rollback` it
            does not.
    """
    if step.after is not None:
        return step.after
    index = steps.index(step)
    return (steps[index - 1].name,) if index and chained else ()
