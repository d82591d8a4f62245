# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Turns a bundle into the changes that make a model look like it; what is there stays."""

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any

from onebox.bundle import exposing, mapping
from onebox.bundle.checking import infer
from onebox.bundle.mapping import natural
from onebox.bundle.ordering import Change, Step, ordered
from onebox.bundle.placing import Placing
from onebox.bundle.specs import ApplicationSpec, Bundle
from onebox.model import Charm
from onebox.values import constraints

Json = dict[str, Any]


def plan(
    bundle: Bundle,
    charms: Mapping[str, Charm],
    model: Json,
    machines: Mapping[str, str] | None = None,
) -> list[Change]:
    """The changes that are missing, in the order in which Juju makes them.

    Args:
        bundle: a verified bundle.
        charms: the charm of every application.
        model: the snapshot of the model as it is.
        machines: which machines of the model stand for machines of the bundle.

    Raises:
        Refused: the machines of the model and of the bundle do not fit together.
    """
    planner = _Planner(bundle, charms, model)
    applications = [*planner.applications()]
    found = mapping.inferred(bundle, model, machines or {})
    placing = Placing(bundle, model, found, planner.deployed, planner.base)
    steps = [
        *applications,
        *placing.machines(),
        *planner.saas(),
        *planner.offers(),
        *planner.relations(),
        *placing.units(),
    ]
    return ordered(steps)


class _Planner:
    """Knows the bundle, the live model, and the step that brings each new application."""

    def __init__(self, bundle: Bundle, charms: Mapping[str, Charm], model: Json) -> None:
        self.bundle = bundle
        self.charms = charms
        self.model = model
        names = sorted(bundle.applications, key=natural)
        self.specs = {name: spec for name in names if (spec := bundle.applications[name])}
        self.live: Json = model["applications"]
        self.deployed: dict[str, Step] = {}

    def _after(self, *names: str) -> list[Step]:
        return [self.deployed[name] for name in names if name in self.deployed]

    # -- applications --------------------------------------------------------------------------

    def applications(self) -> Iterator[Step]:
        """Uploads, deployments and settings, application by application."""
        uploaded: dict[tuple[str, str, str], Step] = {}
        for name, spec in self.specs.items():
            if name in self.live:
                yield from self._adjusted(name, spec)
            else:
                key = (spec.charm, self.base(name), spec.channel)
                if key not in uploaded:
                    uploaded[key] = self._upload(name, spec)
                    yield uploaded[key]
                self.deployed[name] = self._deployment(name, spec, uploaded[key])
                yield self.deployed[name]
                if spec.expose or spec.exposed_endpoints:
                    yield self._exposed(name, spec)
            yield from self._annotated(name, spec)

    def base(self, name: str) -> str:
        """The base of an application: what the bundle says, else the first of its charm."""
        asked = self.bundle.base_of(self.specs[name])
        if asked:
            return asked if "/" in asked else f"{asked}/stable"
        base = self.charms[name].bases[0]
        return f"{base.name}@{base.channel}"

    def _upload(self, name: str, spec: ApplicationSpec) -> Step:
        channel = f" from channel {spec.channel}" if spec.channel else ""
        line = f"upload charm {spec.charm} for base {self.base(name)}{channel}"
        return Step(line, "upload_charm", {"path": spec.charm})

    def _deployment(self, name: str, spec: ApplicationSpec, upload: Step) -> Step:
        files = {key: value for key, value in spec.resources.items() if isinstance(value, str)}
        parameters: Json = {
            "application": name,
            "charm_path": spec.charm,
            "units": 0,
            "config": spec.options,
            "constraints": spec.constraints,
            "trust": spec.trust,
            "base": self.base(name),
            "resources": files,
            "storage": spec.storage,
            "placement": [],
            "expose": False,
        }
        channel = f" with {spec.channel}" if spec.channel else ""
        line = f"deploy application {name} on {self.base(name)}{channel}"
        return Step(line, "deploy", parameters, [upload])

    def _exposed(self, name: str, spec: ApplicationSpec) -> Step:
        line = "\n- ".join(exposing.lines(name, spec.exposed_endpoints))
        parameters = {"application": name, "endpoints": exposing.settings(spec.exposed_endpoints)}
        return Step(line, "expose", parameters, self._after(name))

    def _annotated(self, name: str, spec: ApplicationSpec) -> Iterator[Step]:
        held = self.live.get(name, {}).get("annotations", {})
        notes = {k: v for k, v in spec.annotations.items() if held.get(k) != v}
        if notes:
            parameters = {"application": name, "annotations": notes}
            line = f"set annotations for {name}"
            yield Step(line, "set_annotations", parameters, self._after(name))

    def _adjusted(self, name: str, spec: ApplicationSpec) -> Iterator[Step]:
        """What differs of an application that is there; its local charm is left as it is."""
        live = self.live[name]
        differing = {k: v for k, v in spec.options.items() if not self._holds(live, k, v)}
        if differing:
            parameters: Json = {"application": name, "values": differing, "reset": []}
            yield Step(f"set application options for {name}", "set_config", parameters)
        if constraints(spec.constraints) != constraints(live["constraints"]):
            line = f'set constraints for {name} to "{spec.constraints}"'
            parameters = {"application": name, "constraints": spec.constraints}
            yield Step(line, "set_constraints", parameters)
        if (spec.expose or spec.exposed_endpoints) and not live["exposed"]:
            yield self._exposed(name, spec)

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

    def relations(self) -> Iterator[Step]:
        """The relations that are missing, as the bundle names their ends."""
        for a, b in self.bundle.relations:
            if not self._related(*self._ends(a, b)):
                needs = self._after(*(end.partition(":")[0] for end in (a, b)))
                yield Step(f"add relation {a} - {b}", "integrate", {"a": a, "b": b}, needs)

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

    def saas(self) -> Iterator[Step]:
        """The offers of other models that are not consumed yet."""
        for name, spec in sorted(self.bundle.saas.items()):
            path = spec.url.rpartition(":")[2].rpartition("/")[2]
            model, _, offer = path.partition(".")
            if name not in self.model["remotes"]:
                parameters = {"source": model, "name": offer, "alias": name}
                step = Step(f"consume offer {name} at {spec.url}", "consume", parameters)
                self.deployed[name] = step
                yield step

    def offers(self) -> Iterator[Step]:
        """The offers to other models that are missing, or offer something else."""
        for name, spec in self.specs.items():
            for offer, body in sorted(spec.offers.items()):
                held = self.model["offers"].get(offer)
                if held and [*held["endpoints"]] == [*body.endpoints]:
                    continue
                ends = [*body.endpoints]
                verb = "update" if held else "create"
                line = f"{verb} offer {offer} using {name}:{','.join(ends)}"
                parameters = {"application": name, "endpoints": ends, "name": offer}
                step = Step(line, "offer", parameters, self._after(name))
                yield step
                for user, access in sorted(body.acl.items()):
                    line = f"grant user {user} {access} access to offer {offer}"
                    yield Step(line, needs=[step])
