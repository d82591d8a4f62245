# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""Where in Juju a metric or an alert comes from, in the words of the observability charms."""

from __future__ import annotations

import json

import ops
import pydantic


class Topology(pydantic.BaseModel):
    """The `scrape_metadata` of the interface prometheus_scrape, with its published field names."""

    model_config = pydantic.ConfigDict(
        frozen=True, extra="ignore", protected_namespaces=(), populate_by_name=True
    )

    model: str
    model_uuid: str
    application: str
    unit: str = ""
    charm_name: str = ""

    @classmethod
    def of(cls, charm: ops.CharmBase) -> Topology:
        """The topology of this unit."""
        return cls(
            model=charm.model.name,
            model_uuid=charm.model.uuid,
            application=charm.app.name,
            unit=charm.unit.name,
            charm_name=charm.meta.name,
        )

    @property
    def identifier(self) -> str:
        """A short name, such as `demo_0f3c1a77_kafka`: for job names, rule groups and files."""
        return f"{self.model}_{self.model_uuid[:8]}_{self.application}".replace("/", "_")

    @property
    def labels(self) -> dict[str, str]:
        """The labels that every metric and every rule of the application carries."""
        labels = {**self.matchers, "juju_charm": self.charm_name}
        return {name: value for name, value in labels.items() if value}

    @property
    def matchers(self) -> dict[str, str]:
        """The labels by which an expression is narrowed to the application.

        The unit is no part of it, because one copy of a rule speaks for all units; nor is the
        charm, because a subordinate's metrics carry the charm of its principal.
        """
        return {
            "juju_model": self.model,
            "juju_model_uuid": self.model_uuid,
            "juju_application": self.application,
        }

    @property
    def selector(self) -> str:
        """The matchers as they stand between the braces of a PromQL selector."""
        return ",".join(f"{name}={json.dumps(value)}" for name, value in self.matchers.items())
