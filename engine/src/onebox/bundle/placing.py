# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The machines and units that a bundle adds, and where each unit goes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from onebox.bundle.mapping import natural, top
from onebox.bundle.ordering import Step
from onebox.bundle.placement import Placement, parse
from onebox.bundle.specs import ApplicationSpec, Bundle
from onebox.errors import Refused

Json = dict[str, Any]


@dataclass
class Place:
    """Where one unit goes: what the daemon is told, its machine, and the words for it."""

    directive: str
    machine: str
    words: str
    needs: list[Step] = field(default_factory=list[Step])
    satisfies: str = ""


class Placing:
    """Adds machines and units to the steps; knows the number that each of them will get.

    Args:
        bundle: a verified bundle.
        model: the snapshot of the model as it is.
        mapping: machines of the model by machines of the bundle.
        deployed: the step that deploys each application that is new.
        base_of: the base of an application that a machine is made for.
    """

    def __init__(
        self,
        bundle: Bundle,
        model: Json,
        mapping: Mapping[str, str],
        deployed: Mapping[str, Step],
        base_of: Callable[[str], str],
    ) -> None:
        self._bundle = bundle
        self._specs = {name: spec for name, spec in bundle.applications.items() if spec}
        self._names = sorted(self._specs, key=natural)
        self._model = model
        self._mapping = mapping
        self._deployed = deployed
        self._base_of = base_of
        self._numbers: dict[str, int] = dict(model["sequences"])
        self._added: dict[str, Step] = {}
        self._machines: dict[str, str] = {}
        self._machine_steps: list[Step] = []
        self._units: dict[tuple[str, int], Step] = {}
        self._places: dict[tuple[str, int], Place] = {}
        self._beside: dict[tuple[str, str], list[str]] = {}
        self._beside_new: dict[tuple[str, str], list[tuple[str, int]]] = {}

    # -- machines ------------------------------------------------------------------------------

    def machines(self) -> list[Step]:
        """The machines of the bundle that the model lacks, and the notes on all of them."""
        steps: list[Step] = []
        for key in sorted(self._bundle.machines, key=natural):
            spec = self._bundle.machines[key]
            mapped = self._mapping.get(key, "")
            if mapped in self._model["machines"]:
                machine, words, needs = mapped, f"existing machine {mapped}", list[Step]()
            else:
                machine = self._machines[key] = self._next("machine")
                also = f" (bundle machine {key})" if key != machine else ""
                base = spec.base or self._bundle.default_base
                words = f"new machine {machine}{also}"
                step = self._machine(machine, words, base, spec.constraints)
                self._added[key] = step
                steps.append(step)
                words, needs = f"new machine {machine}", [step]
            held = self._model["machines"].get(machine, {}).get("annotations", {})
            notes = {k: v for k, v in spec.annotations.items() if held.get(k) != v}
            if notes:
                parameters: Json = {"machine": machine, "annotations": notes}
                line = f"set annotations for {words}"
                steps.append(Step(line, "set_annotations", parameters, needs))
        return steps

    def _machine(
        self, machine: str, words: str, base: str, constraints: str, placement: str = ""
    ) -> Step:
        parameters = {"base": base, "constraints": constraints, "placement": placement}
        given = {key: value for key, value in parameters.items() if value}
        earlier = list(self._machine_steps)
        step = Step(f"add {words}", "add_machine", given, earlier, machine)
        self._machine_steps.append(step)
        return step

    def _next(self, sequence: str) -> str:
        number = self._numbers.get(sequence, 0)
        self._numbers[sequence] = number + 1
        return str(number)

    # -- units ---------------------------------------------------------------------------------

    def units(self) -> list[Step]:
        """The units that the model lacks, and the machines that are made for them alone.

        Raises:
            Refused: placements go round in a circle, or no unit is left for a machine.
        """
        for name in self._names:
            following = self._model["applications"].get(name, {}).get("next_unit", 0)
            for index in range(self._count(name), self._specs[name].num_units):
                unit = f"{name}/{following + index - self._count(name)}"
                parameters: Json = {"application": name, "units": 1, "placement": []}
                needs = [self._deployed[name]] if name in self._deployed else []
                self._units[name, index] = Step(unit, "add_unit", parameters, needs)
        before = len(self._machine_steps)
        for name in self._by_placement():
            self._place_all(name, self._specs[name])
        self._refuse_empty_machines()
        return [*self._units.values(), *self._machine_steps[before:]]

    def _count(self, name: str) -> int:
        return sum(unit["application"] == name for unit in self._model["units"].values())

    def _by_placement(self) -> list[str]:
        """The applications, those first that others are placed beside."""
        found: list[str] = []
        left = sorted(self._specs)
        while left:
            for name in left:
                if self._targets(name) <= set(found):
                    found.append(name)
            waiting = [name for name in left if name not in found]
            if waiting == left:
                raise Refused(f"cycle in placement directives for: {', '.join(left)}")
            left = waiting
        return found

    def _targets(self, name: str) -> set[str]:
        places = (parse(text) for text in self._specs[name].to)
        return {place.application for place in places if place and place.application}

    def _place_all(self, name: str, spec: ApplicationSpec) -> None:
        last = parse(spec.to[-1]) if spec.to else None
        rest = spec.to[-1] if last and last.repeats else ""
        asked = [text for text in spec.to if not self._satisfied(name, text)]
        earlier: Step | None = None
        for index in range(self._count(name), spec.num_units):
            text = asked.pop(0) if asked else rest
            place = self._places[name, index] = self._place(name, text)
            step = self._units[name, index]
            step.needs += [*place.needs, *([earlier] if earlier else [])]
            step.parameters["placement"] = [place.directive] if place.directive else []
            also = f" to satisfy [{place.satisfies}]" if place.satisfies else ""
            step.line = f"add unit {step.line} to {place.words}{also}"
            step.machine = place.machine
            earlier = step

    def _satisfied(self, name: str, text: str) -> bool:
        """Whether a unit is there already; what is only beside an application never is."""
        place = parse(text)
        if place is None or not self._count(name):
            return False
        if place.unit is not None:
            unit = self._model["units"].get(f"{place.application}/{place.unit}")
            machine = unit["machine"] if unit else ""
        else:
            machine = self._mapping.get(place.machine, place.machine)
        inside = f"{machine}/{place.container}/"
        return bool(machine) and any(
            unit["machine"].startswith(inside) if place.container else unit["machine"] == machine
            for unit in self._model["units"].values()
            if unit["application"] == name
        )

    def _place(self, name: str, text: str) -> Place:
        place = parse(text) if text else None
        if place is None:
            return self._on_new()
        if place.machine:
            return self._on_defined(name, place)
        if place.unit is not None:
            return self._beside_unit(name, place, text)
        if place.application:
            return self._beside_application(name, place, text)
        return self._on_asked(name, place.container)

    def _on_new(self) -> Place:
        machine = self._next("machine")
        return Place("", machine, f"new machine {machine}")

    def _on_asked(self, name: str, container: str) -> Place:
        """On a machine that is new because the bundle says `new`."""
        machine = self._next("machine")
        words = f"new machine {machine}"
        if container:
            return self._contained(name, container, machine, [], f"{container}:new")
        constraints = self._specs[name].constraints
        step = self._machine(machine, words, self._base_of(name), constraints)
        return Place(machine, machine, words, [step])

    def _on_defined(self, name: str, place: Placement) -> Place:
        mapped = self._mapping.get(place.machine, "")
        if mapped in self._model["machines"]:
            return self._on_existing(mapped, place.container)
        machine, needs = self._machines[place.machine], [self._added[place.machine]]
        if place.container:
            return self._contained(name, place.container, machine, needs)
        return Place(machine, machine, f"new machine {machine}", needs)

    def _on_existing(self, machine: str, container: str) -> Place:
        if not container:
            return Place(machine, machine, f"existing machine {machine}")
        machine = top(machine)
        inside = f"{machine}/{container}/{self._next(f'machine-{machine}/{container}')}"
        return Place(f"{container}:{machine}", inside, inside)

    def _contained(
        self, name: str, container: str, machine: str, needs: list[Step], placement: str = ""
    ) -> Place:
        inside = f"{machine}/{container}/{self._next(f'machine-{machine}/{container}')}"
        age = "existing" if machine in self._model["machines"] else "new"
        words = f"{container} container {inside} on {age} machine {machine}"
        asked = placement or f"{container}:{machine}"
        constraints = self._specs[name].constraints
        step = self._machine(inside, words, self._base_of(name), constraints, asked)
        step.needs += needs
        return Place(inside, inside, inside, [step])

    def _beside_unit(self, name: str, place: Placement, text: str) -> Place:
        unit = self._model["units"].get(f"{place.application}/{place.unit}")
        if unit:
            found = self._on_existing(unit["machine"], place.container)
        elif (place.application, place.unit) in self._places:
            found = self._beside_step(name, (place.application, place.unit or 0), place.container)
        else:
            return self._on_asked(name, place.container)
        found.satisfies = text
        return found

    def _beside_step(self, name: str, other: tuple[str, int], container: str) -> Place:
        there, needs = self._places[other], [self._units[other]]
        if container:
            return self._contained(name, container, top(there.machine), needs)
        return Place(there.machine, there.machine, there.words, needs)

    def _beside_application(self, name: str, place: Placement, text: str) -> Place:
        key = (name, place.application)
        if key not in self._beside:
            self._beside[key] = self._machines_without(name, place)
            new = [unit for unit in self._units if unit[0] == place.application]
            self._beside_new[key] = new
        if self._beside[key]:
            found = self._on_existing(self._beside[key].pop(0), place.container)
        elif self._beside_new[key]:
            found = self._beside_step(name, self._beside_new[key].pop(0), place.container)
        else:
            return self._on_new()
        found.satisfies = text
        return found

    def _machines_without(self, name: str, place: Placement) -> list[str]:
        """The machines with a unit of the other application and none of this one."""
        units = self._model["units"].values()
        there = {top(u["machine"]) for u in units if u["application"] == place.application}
        kind = f"/{place.container}/" if place.container else ""
        mine = {
            top(u["machine"]) if kind else u["machine"]
            for u in units
            if u["application"] == name and kind in u["machine"]
        }
        return sorted(there - mine, key=natural)

    def _refuse_empty_machines(self) -> None:
        used = {
            step for each in (*self._units.values(), *self._machine_steps) for step in each.needs
        }
        for key, step in self._added.items():
            # Machines wait for one another to be numbered in order: that is no use of them.
            users = [s for s in self._units.values() if step in s.needs]
            users += [s for s in self._machine_steps[len(self._added) :] if step in s.needs]
            if step not in used or not users:
                raise Refused(self._inconsistent(key))

    def _inconsistent(self, key: str) -> str:
        free = {m for m in self._model["machines"] if "/" not in m} - set(self._mapping.values())
        names = ", ".join(f'"{machine}"' for machine in sorted(free, key=natural))
        several = f"one of model machines [{names}]"
        perhaps = several if len(free) > 1 else f"unreferenced model machine {names}"
        hosted = ", ".join(name for name in self._names if key in self._specs[name].to)
        return (
            "bundle and machine mapping are inconsistent: need an explicit entry mapping bundle "
            f'machine "{key}"'
            + (f", perhaps to {perhaps}" if free else "")
            + (f" - the target should host [{hosted}]" if hosted else "")
        )
