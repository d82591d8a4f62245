# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Plans: what an operation consists of. YAML in `plans/`, one file per operation, no Python."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic
import yaml

_DURATION = re.compile(r"(\d+)\s*(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


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


Duration = Annotated[
    datetime.timedelta,
    pydantic.BeforeValidator(duration),
    pydantic.PlainSerializer(lambda span: f"{int(span.total_seconds())}s", return_type=str),
    pydantic.WithJsonSchema({"type": "string", "examples": ["90s", "15m", "2h"]}),
]


class _Part(pydantic.BaseModel):
    """Base of a plan's parts: every misspelt key is an error."""

    model_config = pydantic.ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )


class Step(_Part):
    """One verb over some applications.

    Attributes:
        name: unique in the plan; part of the name of every task.
        verb: what the applications do.
        applications: `all` that offer the verb, day2 itself among them; `self`, day2 alone; or
            their names.
        params: parameters of the verb; those of the operation are added.
        timeout: how long an answer may take.
        verify: `healthy`: each answer must be a health check without a failed check.
        on_failure: `stop` ends the operation, `continue` goes on to the next step.
    """

    name: str
    verb: str
    applications: Literal["all", "self"] | tuple[str, ...] = "all"
    params: dict[str, Any] = {}
    timeout: Duration = datetime.timedelta(minutes=5)
    verify: Literal["healthy"] | None = None
    on_failure: Literal["stop", "continue"] = "stop"


class Plan(_Part):
    """An operation: its name, what it is for, and its steps in order.

    Attributes:
        name: the operation's name, which is its action's and its file's.
        description: one sentence for the operator.
        manual_minutes: what the same work takes by hand, as the team that wrote the plan says;
            None when nobody has said.
        steps: in order.
    """

    name: str
    description: str
    manual_minutes: float | None = None
    steps: tuple[Step, ...] = pydantic.Field(min_length=1)

    @pydantic.model_validator(mode="after")
    def _steps_have_names_of_their_own(self) -> Plan:
        names = [step.name for step in self.steps]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"steps of the same name: {', '.join(twice)}")
        return self


def load(folder: Path) -> dict[str, Plan]:
    """The plans of a folder, by name.

    Raises:
        ValueError: a file is no plan or is not called as its plan; the message names the file.
    """
    plans: dict[str, Plan] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            plan = Plan.model_validate(yaml.safe_load(path.read_text()))
        except (pydantic.ValidationError, yaml.YAMLError) as error:
            raise ValueError(f"{path.name}: {error}") from None
        if plan.name != path.stem:
            raise ValueError(f'{path.name}: call the plan "{path.stem}"')
        plans[plan.name] = plan
    return plans
