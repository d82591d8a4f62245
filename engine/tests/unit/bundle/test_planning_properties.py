# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Whatever a bundle says of machines: what it made is no difference any more."""

from __future__ import annotations

import copy

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from onebox import bundle
from onebox.errors import Refused

from .conftest import TAP, WELL

CHARMS = {"well": WELL, "tap": TAP, "tap2": TAP}
PLACES = ["0", "1", "new", "lxd:0", "lxd:new", "well", "tap/0", "lxd:well", "lxd:tap"]


@st.composite
def bundles(draw):
    """Three applications whose units are placed anyhow, on machines of the bundle or beside."""
    applications = {}
    for name in CHARMS:
        count = draw(st.integers(0, 3))
        to = draw(st.lists(st.sampled_from(PLACES), max_size=count))
        applications[name] = {
            "charm": f"./{CHARMS[name].name}.charm",
            "num_units": count,
            "to": to,
        }
    named = {place.rpartition(":")[2] for a in applications.values() for place in a["to"]}
    machines = {key: None for key in ("0", "1") if key in named}
    return {"applications": applications, "machines": machines}


def made(model, changes):
    """The snapshot once the changes were made, by a daemon that numbers as ours does."""
    model = copy.deepcopy(model)

    def number(key):
        model["sequences"][key] = model["sequences"].get(key, 0) + 1
        return model["sequences"][key] - 1

    def machine(directive):
        kind, _, parent = directive.rpartition(":")
        if not kind and directive not in ("", "new"):
            return directive
        if parent in ("", "new"):
            parent = str(number("machine"))
            model["machines"][parent] = {}
        name = f"{parent}/{kind}/{number(f'machine-{parent}/{kind}')}" if kind else parent
        model["machines"][name] = {}
        return name

    real = {}
    for change in changes:
        given = change.parameters
        if change.method == "deploy":
            model["applications"][given["application"]] = {
                "charm_url": f"local:{given['application']}-0",
                "config": {},
                "constraints": "",
                "exposed": False,
                "annotations": {},
                "next_unit": 0,
            }
        elif change.method in ("add_machine", "add_unit"):
            asked = given.get("placement", "")
            asked = asked if isinstance(asked, str) else "".join(asked)
            kind, colon, where = asked.rpartition(":")
            name = real[change.machine] = machine(f"{kind}{colon}{real.get(where, where)}")
            if change.method == "add_unit":
                owner = model["applications"][given["application"]]
                unit = f"{given['application']}/{owner['next_unit']}"
                owner["next_unit"] += 1
                about = {"name": unit, "application": given["application"], "machine": name}
                model["units"][unit] = about
    return model


@settings(deadline=None)
@given(bundles())
def test_what_was_made_is_no_difference(document):
    wanted = bundle.Bundle.model_validate(document)
    model = {"applications": {}, "units": {}, "machines": {}, "relations": {}}
    model |= {"charms": {}, "sequences": {}, "offers": {}, "remotes": {}}
    try:
        changes = bundle.plan(wanted, CHARMS, model)
    except Refused as refused:
        assert refused.message.startswith("cycle in placement directives for: ")
        assume(False)
    after = made(model, changes)
    for name, body in document["applications"].items():
        units = [u for u in after["units"].values() if u["application"] == name]
        assert len(units) == body["num_units"]
        assert all(unit["machine"] in after["machines"] for unit in units)
    said = [change.line.split()[3] for change in changes if change.method == "add_unit"]
    assert said == [*after["units"]]
    assert bundle.plan(wanted, CHARMS, after) == []
