# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a person gives for a plan, as text: Juju 4.0 passes no mapping on to an action."""

from __future__ import annotations

import json
import shlex
from typing import Any, cast

from dataops.operations import OperationError

EXAMPLE = "params='unit=kafka/2 force=true'"


def read(text: str) -> dict[str, Any]:
    """The parameters of a plan by name.

    Args:
        text: `name=value` with blanks between, quoted as in a shell, where a value that is a
            number, true, false or null in JSON is that and else text; or an object in JSON.

    Raises:
        OperationError: it is neither.
    """
    if text.lstrip().startswith("{"):
        return _object(text)
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise OperationError(f"params: {text!r}: {error}: write {EXAMPLE}") from None
    found = dict[str, Any]()
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise OperationError(f"params: {word!r} is not name=value: write {EXAMPLE}")
        if name in found:
            raise OperationError(f"params: {name} is given twice")
        found[name] = _value(value)
    return found


def _object(text: str) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", json.loads(text))
    except ValueError as error:
        raise OperationError(f"params: {text!r} is no JSON ({error}): write {EXAMPLE}") from None


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, str) else value
