# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Key-value pairs as tools take them: `key=value` arguments and YAML files."""

from collections.abc import Mapping
from typing import Any, cast

import yaml

from onebox.errors import Refused
from onebox.flags import quote
from onebox.hooktools.tool import Call
from onebox.values import pairs


def given(call: Call, file: str) -> dict[str, str]:
    """What a file (`-` is standard input) and the arguments say; the arguments win."""
    arguments = pairs(call.args)
    return {**(strings(call.read(file)) if file else {}), **arguments}


def strings(document: bytes) -> dict[str, str]:
    """A YAML (or JSON) map of scalars as text; Refused when it is anything else."""
    try:
        # BaseLoader resolves nothing: 010, 1e3 and yes stay the text they are.
        loaded: object = yaml.load(document, Loader=yaml.CBaseLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise Refused(f"yaml: {error}") from None
    if loaded is None or loaded == "":
        return {}
    if not isinstance(loaded, dict):
        raise Refused("yaml: unmarshal errors: expected a map of strings")
    return _checked(cast("Mapping[Any, Any]", loaded))


def _checked(loaded: Mapping[Any, Any]) -> dict[str, str]:
    for key, value in loaded.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise Refused(f"yaml: unmarshal errors: value of {quote(str(key))} is not a string")
    return dict(loaded)
