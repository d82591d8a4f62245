# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Turns a bundle into the changes that make a model look like it; what is there stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any, cast

from onebox.bundle.checking import infer
from onebox.bundle.placement import Placement, parse
from onebox.bundle.specs import ApplicationSpec, Bundle
from onebox.model import Charm

Json = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One line of the plan and the daemon's method that does it; an empty method does nothing."""

    line: str
    method: str = ""
    parameters: Json = field(default_factory=dict[str, Any])


def plan(bundle: Bundle, charms: Mapping[str, Charm], model: Json) -> list[Change]:
    """The changes that are missing, in the order in which they can be made.

    Args:
        bundle: a verified bundle.
        charms: the charm of every application.
        model: the snapshot of the model as it is.
    """
    planner = _Planner(bundle, charms, model)
    return [
        *planner.applications(),
        *planner.machines(),
        *planner.saas(),
        *planner.relations(),
        *planner.units(),
        *planner.offers(),
    ]


class _Planner:
    """Knows the bundle, the live model, and which machine each new unit will get."""

    def __init__(self, bundle: Bundle, charms: Mapping[str, Charm], model: Json) -> None:
        self.bundle = bundle
        self.charms = charms
        self.model = model
        self.specs = {name: spec for name, spec in sorted(bundle.applications.items()) if spec}
        self.live: Json = model["applications"]
        self._next = int(model["sequences"].get("machine", 0))
        self._machines: dict[str, str] = {}
        self._placed: dict[str, str] = {}

    # -- applications --------------------------------------------------------------------------

    def applications(self) -> Iterator[Change]:
        """Uploads, deployments and settings, application by application."""
        uploaded: set[tuple[str, str]] = set()
        for name, spec in self.specs.items():
            if name in self.live:
                yield from self._adjusted(name, spec)
                continue
            base = self._base(name, spec)
            if (spec.charm, base) not in uploaded:
                uploaded.add((spec.charm, base))
                line = f"- upload charm {spec.charm} for base {base}"
                yield Change(line, "upload_charm", {"path": spec.charm})
            yield self._deployment(name, spec, base)
            if spec.annotations:
                yield self._annotated(name, spec.annotations)
            if spec.expose or spec.exposed_endpoints:
                yield self._exposed(name)

    def _base(self, name: str, spec: ApplicationSpec) -> str:
        asked = self.bundle.base_of(spec)
        if asked:
            return asked if "/" in asked else f"{asked}/stable"
        base = self.charms[name].bases[0]
        return f"{base.name}@{base.channel}"

    def _deployment(self, name: str, spec: ApplicationSpec, base: str) -> Change:
        files = {key: value for key, value in spec.resources.items() if isinstance(value, str)}
        parameters: Json = {
            "application": name,
            "charm_path": spec.charm,
            "units": 0,
            "config": spec.options,
            "constraints": spec.constraints,
            "trust": spec.trust,
            "base": base,
            "resources": files,
            "storage": spec.storage,
            "placement": [],
            "expose": False,
        }
        return Change(f"- deploy application {name} on {base}", "deploy", parameters)

    def _exposed(self, name: str) -> Change:
        line = f"- expose all endpoints of {name} and allow access from CIDRs 0.0.0.0/0 and ::/0"
        return Change(line, "set_exposed", {"application": name, "exposed": True})

    def _annotated(self, name: str, annotations: dict[str, str]) -> Change:
        parameters = {"application": name, "annotations": annotations}
        return Change(f"- set annotations for {name}", "set_annotations", parameters)

    def _adjusted(self, name: str, spec: ApplicationSpec) -> Iterator[Change]:
        """What differs of an application that is there; its local charm is left as it is."""
        live = self.live[name]
        differing = {k: v for k, v in spec.options.items() if not self._holds(live, k, v)}
        if differing:
            line = f"- set application options for {name}"
            parameters: Json = {"application": name, "values": differing, "reset": []}
            yield Change(line, "set_config", parameters)
        if spec.constraints and spec.constraints != live["constraints"]:
            line = f'- set constraints for {name} to "{spec.constraints}"'
            parameters = {"application": name, "constraints": spec.constraints}
            yield Change(line, "set_constraints", parameters)
        notes = {k: v for k, v in spec.annotations.items() if live["annotations"].get(k) != v}
        if notes:
            yield self._annotated(name, notes)
        if (spec.expose or spec.exposed_endpoints) and not live["exposed"]:
            yield self._exposed(name)
        if spec.trust and not live["trust"]:
            line = f"- set trust for {name}"
            yield Change(line, "set_trust", {"application": name, "trust": True})

    def _holds(self, live: Json, key: str, value: object) -> bool:
        option = self.model["charms"][live["charm_url"]]["options"].get(key)
        if option is None:
            # Unknown here: the daemon refuses it with Juju's words.
            return False
        current = live["config"].get(key, option["default"])
        if option["type"] in ("string", "secret"):
            return current == value
        return str(current).lower() == str(value).lower()

    # -- relations -----------------------------------------------------------------------------

    def relations(self) -> Iterator[Change]:
        """The relations that are missing."""
        for a, b in self.bundle.relations:
            one, two = self._ends(a, b)
            if not self._related(one, two):
                parameters = {"a": one, "b": two}
                yield Change(f"- add relation {one} - {two}", "integrate", parameters)

    def _related(self, one: str, two: str) -> bool:
        """Whether the model has that relation; an end may leave its endpoint open."""
        for relation in self.model["relations"].values():
            names = [
                {e["application"], f"{e['application']}:{e['name']}"}
                for e in relation["endpoints"]
            ]
            if any(one in a and two in b for a, b in permutations(names, 2)):
                return True
        return False

    def _ends(self, a: str, b: str) -> tuple[str, str]:
        """Both ends in full, as far as the bundle's own charms tell."""
        across = {a.partition(":")[0], b.partition(":")[0]} & self.bundle.saas.keys()
        return (a, b) if across else infer(a, b, self.charms)

    # -- other models --------------------------------------------------------------------------

    def saas(self) -> Iterator[Change]:
        """The offers of other models that are not consumed yet."""
        for name, spec in sorted(self.bundle.saas.items()):
            path = spec.url.rpartition(":")[2].rpartition("/")[2]
            model, _, offer = path.partition(".")
            if name not in self.model["remotes"]:
                parameters = {"source": model, "name": offer, "alias": name}
                yield Change(f"- consume offer {name} at {spec.url}", "consume", parameters)

    def offers(self) -> Iterator[Change]:
        """The offers to other models that are missing, or offer something else."""
        for name, spec in self.specs.items():
            for offer, body in sorted(spec.offers.items()):
                held = self.model["offers"].get(offer)
                if held and [*held["endpoints"]] == [*body.endpoints]:
                    continue
                ends = [*body.endpoints]
                line = f"- create offer {offer} using {name}:{','.join(ends)}"
                parameters = {"application": name, "endpoints": ends, "name": offer}
                yield Change(line, "offer", parameters)
                for user, access in sorted(body.acl.items()):
                    yield Change(f"- grant user {user} {access} access to offer {offer}")

    # -- machines and units --------------------------------------------------------------------

    def machines(self) -> Iterator[Change]:
        """The machines of the bundle that its missing units go to."""
        wanted = {
            placement.machine
            for name, index in self._missing()
            if (placement := self._placement(name, index)) and placement.machine
        }
        for key in sorted(wanted, key=int):
            self._machines[key] = self._new_machine()
            base = self.bundle.machines[key].base or self.bundle.default_base
            line = f"- add new machine {self._machines[key]}"
            yield Change(line, "add_machine", {"base": base} if base else {})

    def _missing(self) -> Iterator[tuple[str, int]]:
        """(application, index) of each unit that the bundle wants and the model lacks."""
        for name, spec in self.specs.items():
            have = len([u for u in self.model["units"].values() if u["application"] == name])
            for index in range(have, spec.num_units):
                yield name, index

    def units(self) -> Iterator[Change]:
        """The units that are missing, those first that others are placed beside."""
        waiting = list(self._missing())
        while waiting:
            name, index = next(
                (pair for pair in waiting if self._ready(*pair, waiting)), waiting[0]
            )
            yield self._unit(name, index)
            waiting.remove((name, index))

    def _ready(self, name: str, index: int, waiting: list[tuple[str, int]]) -> bool:
        """Whether a unit can be added now; the daemon numbers an application's units in order."""
        earlier = any(other == name and number < index for other, number in waiting)
        return not earlier and self._target_known(name, index)

    def _placement(self, name: str, index: int) -> Placement | None:
        texts = self.specs[name].to
        if index < len(texts):
            return parse(texts[index])
        last = parse(texts[-1]) if texts else None
        return last if last and last.repeats else None

    def _beside(self, placement: Placement, index: int) -> str:
        """The unit that a placement by application means for the unit of that index."""
        count = max(self._count(placement.application), 1)
        number = placement.unit if placement.unit is not None else index % count
        return f"{placement.application}/{self._number(placement.application, number)}"

    def _count(self, application: str) -> int:
        spec = self.specs.get(application)
        return spec.num_units if spec else 0

    def _target_known(self, name: str, index: int) -> bool:
        placement = self._placement(name, index)
        if not placement or not placement.application:
            return True
        return self._beside(placement, index) in {**self._placed, **self.model["units"]}

    def _number(self, name: str, index: int) -> int:
        """The number of the application's unit at `index`: numbers are never used twice."""
        units = [u["name"] for u in self.model["units"].values() if u["application"] == name]
        numbers = sorted(int(unit.rpartition("/")[2]) for unit in units)
        if index < len(numbers):
            return numbers[index]
        following = self.live[name]["next_unit"] if name in self.live else 0
        return int(following) + index - len(numbers)

    def _unit(self, name: str, index: int) -> Change:
        unit = f"{name}/{self._number(name, index)}"
        target, words, machine = self._where(self._placement(name, index), index)
        self._placed[unit] = machine
        line = f"- add unit {unit} to {words}"
        parameters = {"application": name, "units": 1, "placement": [target] if target else []}
        return Change(line, "add_unit", parameters)

    def _where(self, placement: Placement | None, index: int) -> tuple[str, str, str]:
        """(directive for the daemon, words for people, machine) of one unit."""
        machine = self._machine(placement, index)
        if machine is None:
            machine = self._new_machine()
            if placement and placement.container:
                inside = f"{machine}/{placement.container}/0"
                return f"{placement.container}:new", f"{inside} on new machine {machine}", inside
            return "", f"new machine {machine}", machine
        if placement and placement.container:
            inside = f"{placement.container}:{machine}"
            return inside, inside, f"{machine}/{placement.container}/0"
        new = machine in self._machines.values()
        return machine, f"{'new' if new else 'existing'} machine {machine}", machine

    def _machine(self, placement: Placement | None, index: int) -> str | None:
        """The machine that a placement names; None asks for a new one."""
        if placement is None:
            return None
        if placement.machine:
            return self._machines[placement.machine]
        if not placement.application:
            return None
        unit = self._beside(placement, index)
        found = self.model["units"].get(unit)
        return cast(str, found["machine"]) if found else self._placed.get(unit)

    def _new_machine(self) -> str:
        self._next += 1
        return str(self._next - 1)
