# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The options of the charm as values, or what is wrong with each."""

import re
from typing import Annotated, Literal

import ops
import pydantic

from dataops.objectstore import Directory


def _memory(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]*[mg]", text):
        raise ValueError("give a size such as 512m or 2g")
    return text


def _heap(text: str) -> str:
    # Spark keeps 300 MB of a heap for itself and refuses one of less than half as much again; what
    # a small collector holds back comes on top.
    megabytes = int(text[:-1]) * (1024 if text.endswith("g") else 1)
    if megabytes < _SMALLEST_HEAP:
        raise ValueError(f"Spark needs {_SMALLEST_HEAP}m or more")
    return text


_SMALLEST_HEAP = 512

Memory = Annotated[str, pydantic.AfterValidator(_memory)]
Heap = Annotated[Memory, pydantic.AfterValidator(_heap)]


class Config(pydantic.BaseModel):
    """The options of the charm, but for ``jobs``, whose errors are told apart."""

    model_config = pydantic.ConfigDict(frozen=True, extra="ignore")

    worker_cores: Annotated[int, pydantic.Field(ge=1, le=1024)] = 4
    worker_memory: Memory = "2g"
    executor_memory: Heap = "512m"
    driver_memory: Heap = "512m"
    daemon_memory: Memory = "256m"
    port_offset: Annotated[int, pydantic.Field(ge=0, le=40000)] = 0
    log_level: Literal["DEBUG", "INFO", "WARN", "ERROR"] = "WARN"
    backup_directory: Directory = ""


def options(charm: ops.CharmBase) -> tuple[Config | None, tuple[str, ...]]:
    """The options, or one line for each that is not usable."""
    values = {name.replace("-", "_"): value for name, value in charm.config.items()}
    try:
        return Config.model_validate(values), ()
    except pydantic.ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return None, tuple(_problem(str(e["loc"][0]), e["msg"]) for e in found)


def _problem(field: str, message: str) -> str:
    return f"option {field.replace('_', '-')}: {message.removeprefix('Value error, ')}"
