# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps of a model what the selectors of `juju status` name."""

from collections.abc import Sequence

from onebox.render.document import Json


def selected(model: Json, selectors: Sequence[str]) -> Json:
    """The model with only what is named, and what that cannot be shown without.

    As in Juju 4 a selector is the whole name of an application, a unit or a machine, or
    `APP/leader`; neither a pattern nor a status.
    """
    if not selectors:
        return model
    wanted = {_unit_named(model, selector) for selector in selectors}
    machines = {key for key in model["machines"] if _within(key, wanted)}
    matching = {
        key
        for key, unit in model["units"].items()
        if unit["machine"] in machines or wanted & {key, unit["application"]}
    }
    # A principal is shown with its subordinates, and these below it.
    matching |= {model["units"][key]["principal"] for key in matching} - {""}
    units = {
        key: unit
        for key, unit in model["units"].items()
        if key in matching or unit["principal"] in matching
    }
    applications = wanted & {*model["applications"]}
    applications |= {unit["application"] for unit in units.values()}
    machines |= {unit["machine"] for unit in units.values()}
    # Containers are shown inside their machines.
    machines |= {key.partition("/")[0] for key in machines}
    return {
        **model,
        "units": units,
        "applications": _only(model["applications"], applications),
        "machines": _only(model["machines"], machines),
        "storage": {k: s for k, s in model["storage"].items() if s["owner"] in units},
        "remotes": {},
        "offers": {k: o for k, o in model["offers"].items() if o["application"] in applications},
        "relations": {
            key: relation
            for key, relation in model["relations"].items()
            if all(end["application"] in applications for end in relation["endpoints"])
        },
    }


def _only(found: Json, wanted: set[str]) -> Json:
    return {key: value for key, value in found.items() if key in wanted}


def _unit_named(model: Json, selector: str) -> str:
    """The leader's own name for `APP/leader`; anything else as it is."""
    application, _, number = selector.partition("/")
    found = model["applications"].get(application) if number == "leader" else None
    return found["leader"] or selector if found else selector


def _within(machine: str, wanted: set[str]) -> bool:
    """Whether a machine is named, or the one that it is in."""
    return any(f"{machine}/".startswith(f"{name}/") for name in wanted)
