# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Where a unit of a bundle goes: `0`, `new`, `lxd:0`, `app`, `app/0`, `lxd:app/0`."""

import re
from dataclasses import dataclass

_SYNTAX = re.compile(
    r"(?:(?P<container>lxd|kvm):)?"
    r"(?:(?P<new>new)|(?P<machine>\d+)|"
    r"(?P<application>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?:/(?P<unit>\d+))?)"
)


@dataclass(frozen=True)
class Placement:
    """One entry of `to`: a new machine unless a machine, application or unit is named."""

    container: str = ""
    machine: str = ""
    application: str = ""
    unit: int | None = None

    @property
    def repeats(self) -> bool:
        """Whether, as the last entry, it also holds for all units that follow."""
        return not self.machine and self.unit is None


def parse(text: str) -> Placement | None:
    """The placement that `text` means; None when it means nothing."""
    found = _SYNTAX.fullmatch(text)
    if not found:
        return None
    unit = found["unit"]
    return Placement(
        container=found["container"] or "",
        machine=found["machine"] or "",
        application=found["application"] or "",
        unit=int(unit) if unit else None,
    )
