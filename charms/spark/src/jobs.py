# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The declared streaming jobs: option ``jobs`` as values, or what is wrong in which line."""

import functools
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, cast

import pydantic
import yaml

_DURATION = re.compile(r"[1-9][0-9]* (millisecond|second|minute|hour|day|week)s?")
_TOPIC = re.compile(r"[a-zA-Z0-9._-]{1,249}")
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")

Location = tuple[int | str, ...]

# Every hook reads the jobs: libyaml does in one millisecond what takes Python ten.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class JobsError(ValueError):
    """The text declares no usable jobs.

    Attributes:
        problems: one line each, with the line number and the field.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def _duration(text: str) -> str:
    if not _DURATION.fullmatch(text):
        raise ValueError("give a number and a unit, such as '10 seconds' or '2 hours'")
    return text


def _topic(text: str) -> str:
    if not _TOPIC.fullmatch(text):
        raise ValueError("a topic has letters, digits, '.', '_' and '-'")
    return text


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("use a-z, 0-9 and inner dashes, at most 40 characters")
    return text


Duration = Annotated[str, pydantic.AfterValidator(_duration)]
Topic = Annotated[str, pydantic.AfterValidator(_topic)]
Name = Annotated[str, pydantic.AfterValidator(_name)]


class _Declared(pydantic.BaseModel):
    """Base of what is declared: kebab-case outside, nothing unknown."""

    model_config = pydantic.ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=lambda name: name.replace("_", "-"),
        populate_by_name=True,
    )


class Input(_Declared):
    """Where the events come from.

    Attributes:
        topic: the Kafka topic.
        format: how a record's value is written.
        columns: the value's fields, in Spark's DDL; ``schema`` in the YAML.
        event_time: the column of type TIMESTAMP that says when the event happened.
        watermark: how far behind the newest event an event may be and still be counted.
        starting_offsets: where the very first run begins.
        max_rows_per_batch: how many records one micro-batch takes at most; None means all.
    """

    topic: Topic
    format: Literal["json"] = "json"
    columns: Annotated[str, pydantic.Field(alias="schema", min_length=1)]
    event_time: Annotated[str, pydantic.Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
    watermark: Duration
    starting_offsets: Literal["earliest", "latest"] = "earliest"
    max_rows_per_batch: Annotated[int, pydantic.Field(ge=1)] | None = None

    @pydantic.field_validator("event_time")
    @classmethod
    def _is_a_timestamp(cls, name: str, info: pydantic.ValidationInfo) -> str:
        columns = str(info.data.get("columns", ""))
        column = rf"(?i)(^|,)\s*`?{re.escape(name)}`?\s*(:|\s)\s*timestamp\b"
        if columns and not re.search(column, columns):
            raise ValueError(f"the schema has no column '{name} TIMESTAMP'")
        return name


class Output(_Declared):
    """Where the result goes: a topic (rows as JSON, keyed by a column) or Parquet files.

    Attributes:
        topic: the Kafka topic; empty for files.
        key: the column that becomes the record's key.
        path: a directory for Parquet files, below the unit's storage unless absolute or a URI.
    """

    topic: Annotated[str, pydantic.AfterValidator(lambda text: _topic(text) if text else "")] = ""
    key: str = ""
    path: str = ""

    @pydantic.model_validator(mode="after")
    def _is_one_of_both(self) -> "Output":
        if bool(self.topic) == bool(self.path):
            raise ValueError("give either a topic (with its key) or a path")
        if bool(self.topic) != bool(self.key):
            raise ValueError("a topic needs a key: the column that becomes the record's key")
        if ".." in self.path.split("/"):
            raise ValueError("a path must not climb with '..'")
        return self


class Job(_Declared):
    """One streaming job.

    Attributes:
        name: unique; names its service, checkpoint and metrics.
        sql: a query over the view ``input``.
        output_mode: when a row is written: ``append`` once its window is closed, ``update``
            whenever it changes, ``complete`` all rows every time.
        trigger: the pause between the beginnings of two micro-batches.
        checkpoint: a URI that every unit reaches; empty keeps it in the unit's storage.
        cores: how many tasks run at once.
        partitions: into how many parts the state is cut. The checkpoint fixes it for ever.
    """

    name: Name
    input: Input
    sql: str
    output: Output
    output_mode: Literal["append", "update", "complete"] = "append"
    trigger: Duration = "10 seconds"
    checkpoint: Annotated[str, pydantic.Field(pattern=r"^([a-z0-9]+:/.+)?$")] = ""
    cores: Annotated[int, pydantic.Field(ge=1, le=64)] = 1
    partitions: Annotated[int, pydantic.Field(ge=1, le=1024)] = 2

    @pydantic.field_validator("sql")
    @classmethod
    def _reads_the_input(cls, sql: str) -> str:
        if not re.search(r"\binput\b", sql):
            raise ValueError("the query has to read the view 'input'")
        return sql.strip()

    @pydantic.model_validator(mode="after")
    def _files_are_only_appended(self) -> "Job":
        if self.output.path and self.output_mode != "append":
            raise ValueError("files can only be appended to: use output-mode append")
        return self


@functools.lru_cache(maxsize=8)
def parse(text: str) -> tuple[Job, ...]:
    """The declared jobs, in their order; none for an empty text.

    Raises:
        JobsError: naming every field that is wrong, with its line.
    """
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        data = None if root is None else loader.construct_document(root)
    except yaml.YAMLError as error:
        raise JobsError((_syntax(error),)) from None
    finally:
        loader.dispose()
    if root is None or data is None:
        return ()
    lines, repeated = _lines(root)
    if repeated:
        raise JobsError(repeated)
    if not isinstance(data, list):
        raise JobsError(("line 1, jobs: give a list, where each job begins with '- name:'",))
    try:
        jobs = pydantic.TypeAdapter(tuple[Job, ...]).validate_python(data)
    except pydantic.ValidationError as error:
        raise JobsError(tuple(_problems(error, lines, data))) from None
    _refuse_equal(jobs, lines)
    return jobs


def _refuse_equal(jobs: tuple[Job, ...], lines: dict[Location, int]) -> None:
    for index, job in enumerate(jobs):
        if job.name in {other.name for other in jobs[:index]}:
            line = lines[index, "name"]
            raise JobsError((f"line {line}, {job.name}.name: another job has this name",))


def _syntax(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "this is no YAML"
    return f"line {mark.line + 1}: {problem}" if mark else str(problem)


def _lines(root: yaml.Node) -> tuple[dict[Location, int], tuple[str, ...]]:
    """The line of every field, and the fields that are given twice (YAML drops the first)."""
    lines: dict[Location, int] = {}
    repeated: list[str] = []
    for place, line in _places(root, ()):
        if place in lines:
            repeated.append(f"line {line}, {place[-1]}: this field is given twice")
        lines[place] = line
    return lines, tuple(repeated)


def _places(node: yaml.Node, place: Location) -> Iterator[tuple[Location, int]]:
    if isinstance(node, yaml.MappingNode):
        pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
        for key, value in pairs:
            yield (*place, str(key.value)), key.start_mark.line + 1
            yield from _places(value, (*place, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(cast("list[yaml.Node]", node.value)):
            yield (*place, index), value.start_mark.line + 1
            yield from _places(value, (*place, index))


def _problems(
    error: pydantic.ValidationError, lines: dict[Location, int], data: Any
) -> Iterator[str]:
    for found in error.errors(include_url=False, include_context=False):
        place = found["loc"]
        message = found["msg"].removeprefix("Value error, ")
        if found["type"] == "extra_forbidden":
            message = "there is no such field"
        yield f"line {_line(place, lines)}, {_field(place, data)}: {message}"


def _line(place: Location, lines: dict[Location, int]) -> int:
    """The line of the field, or of the nearest thing around it: a missing field has none."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _field(place: Location, data: Any) -> str:
    """The field with its job's name: ``flights-hourly.input.topic``."""
    if not place:
        return "jobs"
    try:
        first = str(data[place[0]]["name"])
    except (KeyError, TypeError, IndexError):
        first = f"job {place[0]}"
    return ".".join((first, *map(str, place[1:])))
