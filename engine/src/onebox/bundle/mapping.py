# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which machine of a model each machine of a bundle is, told by a person or by its units."""

import re
from collections.abc import Mapping
from typing import Any

from onebox.bundle.placement import Placement, parse
from onebox.bundle.specs import ApplicationSpec, Bundle
from onebox.errors import known
from onebox.flags import UsageError

Json = dict[str, Any]


def natural(text: str) -> list[tuple[int, str]]:
    """A key that sorts numbers within names by their value."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text)]


def top(machine: str) -> str:
    """The machine that is no container: `0` for `0/lxd/1`."""
    return machine.partition("/")[0]


def asked(text: str, model: Json) -> dict[str, str]:
    """What `--map-machines existing,3=0` says: machines of the model by machines of the bundle.

    Raises:
        UsageError: the text cannot be read.
        Refused: it names a machine that the model lacks.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    found: dict[str, str] = {}
    if "existing" in words:
        found = {machine: machine for machine in model["machines"] if "/" not in machine}
    for word in words:
        if word != "existing":
            found |= _pair(word)
    for machine in found.values():
        known(model["machines"], "machine", machine)
    return found


def _pair(word: str) -> dict[str, str]:
    prefix = "error in --map-machines: "
    parts = [part.strip() for part in word.split("=")]
    if len(parts) != 2:
        expected = '"existing" or "<bundle-id>=<machine-id>"'
        raise UsageError(f'{prefix}expected {expected}, got "{word}"')
    for kind, part in zip(("bundle-id", "machine-id"), parts, strict=True):
        if not part.isdigit():
            raise UsageError(f'{prefix}{kind} "{part}" is not a top level machine id')
    return {parts[0]: parts[1]}


def inferred(bundle: Bundle, model: Json, given: Mapping[str, str]) -> dict[str, str]:
    """`given`, and what follows from the units that are where the bundle wants them.

    A unit that is on a machine of the very number comes first; then each machine that is left
    takes that of the first unit which the bundle puts there and which explains no other machine.
    """
    specs = {name: spec for name, spec in sorted(bundle.applications.items()) if spec}
    inference = _Inference(specs, model, dict(given))
    inference.by_number()
    for machine in sorted(bundle.machines, key=natural):
        if machine not in inference.mapping:
            inference.by_units(machine)
    return inference.mapping


class _Inference:
    def __init__(
        self, specs: dict[str, ApplicationSpec], model: Json, mapping: dict[str, str]
    ) -> None:
        self.specs = specs
        self.mapping = mapping
        self._taken = set(mapping.values())
        self._units: dict[str, list[Json]] = {name: [] for name in specs}
        for name in sorted(model["units"], key=natural):
            unit = model["units"][name]
            if unit["application"] in specs and top(unit["machine"]) not in self._taken:
                self._units[unit["application"]].append(unit)
        self._open: dict[str, list[Placement]] = {}

    def by_number(self) -> None:
        for name, spec in self.specs.items():
            self._open[name] = []
            for text in sorted(spec.to):
                place = parse(text)
                if place and place.machine and not self._stays(name, place):
                    self._open[name].append(place)

    def _stays(self, name: str, place: Placement) -> bool:
        if place.machine in self.mapping:
            return False
        inside = f"{place.machine}/{place.container}/"
        for unit in self._units[name]:
            where = unit["machine"]
            if where.startswith(inside) if place.container else where == place.machine:
                self._units[name].remove(unit)
                self._take(place.machine, place.machine)
                return True
        return False

    def by_units(self, machine: str) -> None:
        for name, places in self._open.items():
            units = self._units[name]
            wanted = any(place.machine == machine for place in places)
            if wanted and units and top(units[0]["machine"]) not in self._taken:
                self._take(machine, top(units.pop(0)["machine"]))
                return

    def _take(self, machine: str, found: str) -> None:
        self.mapping[machine] = found
        self._taken.add(found)
