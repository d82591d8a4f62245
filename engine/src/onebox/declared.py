# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a charm declares, as frozen values; `onebox.model` has them by the same names."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Scalar = str | int | float | bool


def number(value: float) -> int | float:
    """A float as Go prints and encodes it: `3.0` is `3`."""
    return int(value) if value.is_integer() else value


class Frozen(BaseModel):
    """A value: equal by content, never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Endpoint(Frozen):
    """One end of a relation as a charm declares it."""

    application: str
    name: str
    interface: str
    role: Literal["provider", "requirer", "peer"]
    scope: Literal["global", "container"] = "global"
    limit: int | None = None
    optional: bool = True


class StorageSpec(Frozen):
    """A storage as a charm declares it; `minimum` instances are made for each new unit."""

    name: str
    type: Literal["filesystem", "block"] = "filesystem"
    location: str = ""
    minimum: int = 1
    maximum: int | None = 1
    multiple: bool = False
    # The least size in MiB; None where the charm does not say.
    size: int | None = None


class ResourceSpec(Frozen):
    """A resource as a charm declares it."""

    name: str
    type: str = "file"
    filename: str
    description: str = ""


class Option(Frozen):
    """A configuration option as a charm declares it."""

    type: Literal["string", "int", "float", "boolean", "secret"]
    default: Scalar | None = None
    description: str = ""


class ActionSpec(Frozen):
    """An action as a charm declares it; `schema_` is the JSON Schema of its parameters.

    One that is `parallel` waits for nothing else on its machine; those of one `group`, only for
    each other. On one unit everything comes one after the other.
    """

    name: str
    description: str = ""
    schema_: dict[str, Any] = Field(default_factory=dict[str, Any])
    parallel: bool = False
    group: str = ""


class Base(Frozen):
    """An operating system and release, such as `ubuntu@24.04/stable`."""

    name: str
    channel: str


class Charm(Frozen):
    """One uploaded charm archive. The bytes lie in the engine's blob directory under `digest`.

    `unmet` says what the charm assumes of a Juju that this one is not; empty for nothing.
    """

    url: str
    name: str
    revision: int
    digest: str
    version: str = ""
    unmet: str = ""
    summary: str = ""
    description: str = ""
    subordinate: bool = False
    endpoints: dict[str, Endpoint] = Field(default_factory=dict[str, Endpoint])
    extra_bindings: tuple[str, ...] = ()
    options: dict[str, Option] = Field(default_factory=dict[str, Option])
    actions: dict[str, ActionSpec] = Field(default_factory=dict[str, ActionSpec])
    storage: dict[str, StorageSpec] = Field(default_factory=dict[str, StorageSpec])
    resources: dict[str, ResourceSpec] = Field(default_factory=dict[str, ResourceSpec])
    bases: tuple[Base, ...] = ()
