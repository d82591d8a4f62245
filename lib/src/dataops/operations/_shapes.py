# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What verbs take and give: the bases of their parameters and results, and how errors read."""

from __future__ import annotations

import json
import re
from typing import Any, cast

import pydantic


class OperationError(Exception):
    """A verb cannot do its work; the message names the reason and the operator's next move."""


class Pending(Exception):  # noqa: N818  nothing went wrong
    """A verb has asked its charm for something that takes several hooks; it is called again soon.

    The message says what is waited for. Such a verb only writes down what is wanted, and looks how
    far it is: the charm's own plan does the work.
    """


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


def _printable(value: Any) -> Any:
    """A JSON value as Juju's action results take it: text, or mappings of text."""
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        return {result_key(key): _printable(item) for key, item in items.items()}
    return value if isinstance(value, str) else json.dumps(value)
