# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Key-value pairs as tools take them: `key=value` arguments and YAML files."""

from typing import Any, cast

import yaml

from onebox.errors import Refused
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
        raise Refused(f"yaml: {_problem(error)}") from None
    if loaded is None or loaded == "":
        return {}
    found = cast("dict[Any, Any]", loaded) if isinstance(loaded, dict) else None
    if found is None or not all(isinstance(part, str) for pair in found.items() for part in pair):
        wrong = _not_text(yaml.compose(document, Loader=yaml.CBaseLoader))
        raise Refused("\n  ".join(["yaml: unmarshal errors:", *wrong]))
    return found


def _problem(error: yaml.YAMLError) -> str:
    """What is wrong and, unless it is the first line, where; as Go's YAML says it."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return " ".join(str(error).split())
    line = error.problem_mark.line
    return f"line {line + 1}: {error.problem}" if line else str(error.problem)


def _not_text(node: Any) -> list[str]:
    """A line for each part of a document that keeps it from being a map of strings."""
    if not isinstance(node, yaml.MappingNode):
        return [_cannot(node, "map[string]string")]
    parts = [part for pair in node.value for part in pair]
    return [_cannot(part, "string") for part in parts if not isinstance(part, yaml.ScalarNode)]


def _cannot(node: yaml.Node, wanted: str) -> str:
    found = "!!seq" if isinstance(node, yaml.SequenceNode) else "!!map"
    if isinstance(node, yaml.ScalarNode):
        found = f"!!str `{node.value}`"
    return f"line {node.start_mark.line + 1}: cannot unmarshal {found} into {wanted}"
