# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One unit in its model at one moment, as the rules see it."""

from dataclasses import dataclass
from datetime import datetime

from onebox.model import Application, Charm, Local, Model, Unit


@dataclass(frozen=True)
class Facts:
    """One unit in its model, at one moment."""

    model: Model
    unit: Unit
    app: Application
    now: datetime
    commands: bool

    @property
    def local(self) -> Local:
        return self.unit.local

    @property
    def charm(self) -> Charm:
        """The charm that the unit has unpacked, which may not be its application's any more."""
        found = self.model.charms.get(self.local.charm_url)
        return found or self.model.charm_of(self.app.name)

    @property
    def alive(self) -> bool:
        return self.unit.life == "alive"

    @property
    def clear(self) -> bool:
        """Whether no hook is queued, failed or interrupted."""
        return self.local.progress == "continue"

    @property
    def ready(self) -> bool:
        """Whether the unit takes up new kinds of hooks: installed, alive, nothing outstanding."""
        return self.local.installed and self.alive and self.clear

    @property
    def outdated(self) -> bool:
        """Whether the application has another charm, or other resources, than the unit."""
        seen = (self.local.charm_url, self.local.charm_modified)
        return seen != (self.app.charm_url, self.app.charm_modified)
