# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What a bundle says, as frozen values; keys that Juju ignores are ignored here, too."""

from typing import Annotated, Any, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator


def _texts(value: Any) -> Any:
    """A list of texts: YAML reads machine ids and versions as numbers."""
    return [str(item) for item in value] if isinstance(value, list) else value  # pyright: ignore


def _listed(value: Any) -> Any:
    return [str(value)] if isinstance(value, str | int) else _texts(value)


def _empty(value: Any) -> Any:
    return {} if value is None else value


def _text(value: Any) -> Any:
    return "" if value is None else str(value)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class Spec(BaseModel):
    """A part of a bundle."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, value: Any) -> Any:
        """A key without a value is as if it were not there."""
        return _given(cast(dict[str, Any], value)) if isinstance(value, dict) else value


class OfferSpec(Spec):
    """An offer of endpoints to other models."""

    endpoints: Texts = ()
    acl: dict[str, Text] = Field(default_factory=dict)


class ApplicationSpec(Spec):
    """One application; `charm` is an absolute path once the bundle is read."""

    charm: Text = ""
    channel: Text = ""
    revision: int | None = None
    base: Text = ""
    resources: dict[str, Any] = Field(default_factory=dict)
    num_units: int = 0
    scale: int | None = Field(None, alias="scale")
    placement: Text = ""
    to: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    expose: bool = False
    exposed_endpoints: dict[str, Any] = Field(default_factory=dict, alias="exposed-endpoints")
    options: Annotated[dict[str, Any], AfterValidator(_given)] = Field(default_factory=dict)
    annotations: dict[str, Text] = Field(default_factory=dict)
    constraints: Text = ""
    storage: dict[str, Text] = Field(default_factory=dict)
    devices: dict[str, Any] = Field(default_factory=dict)
    bindings: dict[str, Text] = Field(default_factory=dict)
    offers: dict[str, OfferSpec] = Field(default_factory=dict)
    trust: bool = False


class MachineSpec(Spec):
    """A machine the bundle asks for."""

    constraints: Text = ""
    annotations: dict[str, Text] = Field(default_factory=dict)
    base: Text = ""


class SaasSpec(Spec):
    """An application of another model."""

    url: Text = ""


class Bundle(Spec):
    """A whole bundle, overlays applied."""

    bundle: Text = ""
    applications: dict[str, ApplicationSpec | None] = Field(default_factory=dict)
    machines: Annotated[
        dict[str, Annotated[MachineSpec, BeforeValidator(_empty)]], BeforeValidator(_empty)
    ] = Field(default_factory=dict)
    relations: tuple[Texts, ...] = ()
    saas: dict[str, SaasSpec] = Field(default_factory=dict)
    default_base: Text = Field("", alias="default-base")

    def base_of(self, application: ApplicationSpec) -> str:
        """The base a person asked for; empty leaves the choice to the charm."""
        return application.base or self.default_base
