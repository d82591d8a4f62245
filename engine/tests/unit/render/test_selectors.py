# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from onebox.render.selectors import selected


@pytest.mark.parametrize(
    ("patterns", "units", "machines"),
    [
        (["prov"], ["prov/0"], ["0"]),
        (["prov/0"], ["prov/0"], ["0"]),
        (["my*"], ["myreq/0"], ["1"]),
        (["1"], ["myreq/0"], ["1"]),
        (["active"], ["myreq/0", "prov/0"], ["0", "1"]),
        (["8080/tcp"], ["myreq/0", "prov/0"], ["0", "1"]),
        (["8000-9000/tcp"], ["myreq/0", "prov/0"], ["0", "1"]),
        (["8080/udp"], [], []),
        (["exposed"], [], []),
        (["not", "exposed"], ["myreq/0", "prov/0"], ["0", "1"]),
        (["127.0.7.180"], ["myreq/0"], ["1"]),
        (["127.0.7.180/32"], ["myreq/0"], ["1"]),
        (["127.0.0.0/8"], ["myreq/0", "prov/0"], ["0", "1"]),
        (["nosuch"], [], []),
        ([], ["myreq/0", "prov/0"], ["0", "1"]),
    ],
)
def test_keeps_what_matches(model, patterns, units, machines):
    found = selected(model, patterns)
    assert sorted(found["units"]) == units
    assert sorted(found["machines"]) == machines
    assert sorted(found["applications"]) == sorted({u.partition("/")[0] for u in units})


def test_application_without_units_is_found_by_name(model):
    model["units"] = {}
    assert list(selected(model, ["prov"])["applications"]) == ["prov"]


def test_failed_hook_is_found_as_error(model, world):
    model["units"]["prov/0"]["agent"] = world.as_json(world.status("error", "13:00:00"))
    assert list(selected(model, ["error"])["units"]) == ["prov/0"]


@pytest.mark.parametrize("pattern", ["prov", "lid", "lid/0"])
def test_principal_and_subordinate_are_shown_together(model, pattern):
    model["applications"]["lid"] = {**model["applications"]["prov"], "name": "lid"}
    below = {"name": "lid/0", "application": "lid", "principal": "prov/0"}
    model["units"]["lid/0"] = {**model["units"]["prov/0"], **below}
    assert sorted(selected(model, [pattern])["units"]) == ["lid/0", "prov/0"]
