# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Plans from YAML, with every error at its line: the built-in files, and the option `plans`."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import pydantic
import yaml
from pydantic_core import ErrorDetails

from plan import Plan

# Several times faster, where PyYAML was built with it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Place = tuple[int | str, ...]
_ModelT = TypeVar("_ModelT", bound=pydantic.BaseModel)
# Pydantic names the branch of a union that it tried; no key of the document is called so.
_BRANCHES = ("literal[", "tuple[", "function-", "Role", "RollBack", "nullable", "constrained-")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One item of a YAML list.

    Attributes:
        value: as YAML reads it.
        lines: where each key and item of it stands; the item itself at the empty place.
    """

    value: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it that is there."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines[place]


def entries(text: str) -> tuple[Entry, ...]:
    """The items of a YAML text: of its lists, over all its documents; a mapping is one item.

    Raises:
        ValueError: it is no YAML; the message names the line.
    """
    try:
        documents = cast("Iterator[yaml.Node | None]", yaml.compose_all(text, _Loader))
        nodes = [node for node in documents if node is not None]
        items = [i for n in nodes for i in (n.value if isinstance(n, yaml.SequenceNode) else [n])]
        return tuple(Entry(_value(item), dict(_lines(item, ()))) for item in items)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "the text"
        problem = getattr(error, "problem", None) or "cannot be read"
        raise ValueError(f"{where} is no YAML: {problem}") from None


def model(kind: type[_ModelT], entry: Entry, origin: str) -> _ModelT | tuple[str, ...]:
    """The entry as a model, or every reason why it is none, each with its line and key."""
    try:
        return kind.model_validate(entry.value)
    except pydantic.ValidationError as error:
        found: dict[tuple[int, Place], str] = {}
        for each in _told(error):
            place = tuple(part for part in each["loc"] if not _is_branch(part))
            message = _said(each["type"], each["msg"], place)
            found.setdefault((entry.line(place), place), message)
        return tuple(
            f"{where(origin, entry, place)}: {message}"
            for (_, place), message in sorted(found.items(), key=lambda item: item[0][0])
        )


@dataclasses.dataclass(frozen=True)
class Source:
    """A plan, and where it is written.

    Attributes:
        plan: the plan.
        origin: the file's name, or `plans` for the option of that name.
        entry: the text's item that it is read from.
    """

    plan: Plan
    origin: str
    entry: Entry

    def at(self, place: Place) -> str:
        """A place of the plan for people: `plans line 7: steps.0.verb`."""
        return where(self.origin, self.entry, place)


def where(origin: str, entry: Entry, place: Place) -> str:
    """A place of a text for people."""
    return f"{origin} line {entry.line(place)}: {'.'.join(map(str, place)) or 'this'}"


def read(text: str, origin: str) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """The plans of a text, and every reason why something in it is none.

    Args:
        text: YAML: a plan, a list of plans, or several such documents.
        origin: what the text is called in the reasons.
    """
    try:
        found = entries(text)
    except ValueError as error:
        return (), (f"{origin}: {error}",)
    sources: dict[str, Source] = {}
    reasons: list[str] = []
    for entry in found:
        plan = model(Plan, entry, origin)
        if isinstance(plan, tuple):
            reasons += plan
        elif plan.name in sources:
            reasons.append(f"{where(origin, entry, ('name',))}: a second plan {plan.name}")
        else:
            sources[plan.name] = Source(plan, origin, entry)
    return tuple(sources.values()), tuple(reasons)


def remains(text: str, origin: str) -> tuple[Source, ...]:
    """What would be plans without their wrong keys: so that a misspelt one hides nothing else.

    Args:
        text: as ``read`` takes it.
        origin: what the text is called.
    """
    try:
        found = entries(text)
    except ValueError:
        return ()
    lame = ((entry, _without_wrong_keys(entry.value)) for entry in found)
    return tuple(Source(plan, origin, entry) for entry, plan in lame if plan is not None)


def _without_wrong_keys(value: Any) -> Plan | None:
    """The plan that is left of a value; None when it is one as it stands, or is none even so."""
    try:
        Plan.model_validate(value)
    except pydantic.ValidationError as error:
        left = copy.deepcopy(value)
        for each in _told(error):
            _remove(left, tuple(part for part in each["loc"] if not _is_branch(part)))
        with contextlib.suppress(pydantic.ValidationError):
            return Plan.model_validate(left)
    return None


def _remove(value: Any, place: Place) -> None:
    """Take the innermost key of a place out of a value."""
    keys: list[tuple[dict[Any, Any], Any]] = []
    for part in place:
        inside = value
        if isinstance(inside, dict):
            keys.append((cast("dict[Any, Any]", inside), part))
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
    if keys:
        holder, key = keys[-1]
        holder.pop(key, None)


def load(folder: Path) -> dict[str, Source]:
    """The plans of a folder, by name.

    Raises:
        ValueError: a file is no plan or is not called as its plan; the message names file and
            line.
    """
    plans: dict[str, Source] = {}
    for path in sorted(folder.glob("*.yaml")):
        found, reasons = read(path.read_text(), path.name)
        if not reasons and [source.plan.name for source in found] != [path.stem]:
            reasons = (f'{path.name}: call its one plan "{path.stem}"',)
        if reasons:
            raise ValueError("; ".join(reasons))
        plans[path.stem] = found[0]
    return plans


def _value(node: yaml.Node) -> Any:
    """What a node stands for."""
    loader: Any = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _lines(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int]]:
    """The line of each key and item within a node."""
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            inner = (*place, str(key.value))
            yield from ((p, n) for p, n in _lines(value, inner) if p != inner)
            yield inner, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(cast("list[yaml.Node]", node.value)):
            yield from _lines(value, (*place, index))


def _told(error: pydantic.ValidationError) -> list[ErrorDetails]:
    """What an error says; of a list whose items are wrong only what is wrong with these."""
    told = error.errors(include_url=False, include_context=False)
    return [each for each in told if each["type"] != "too_short" or not each["input"]]


def _is_branch(part: int | str) -> bool:
    """Whether this part of an error's place is the name of a union's branch."""
    return isinstance(part, str) and part.startswith(_BRANCHES)


def _said(kind: str, message: str, place: Place) -> str:
    """An error of pydantic in a plan writer's words."""
    if kind == "extra_forbidden":
        return "there is no such key; docs/reference/plans.md lists them"
    if kind == "missing":
        return "is missing"
    if kind == "too_short":
        return "name at least one"
    if kind == "string_pattern_mismatch":
        return "use a-z, 0-9 and inner dashes, at most 40 characters"
    if place and place[-1] == "on-failure":
        return "write stop, continue, or {rollback: STEP}"
    if place and place[-1] == "applications":
        return "write all, self, a list of names, or {role: ROLE}"
    return message.removeprefix("Value error, ")
