# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from onebox.render.selectors import selected


@pytest.mark.parametrize(
    ("patterns", "units", "machines"),
    [
        (["prov"], ["prov/0"], ["0"]),
        (["prov/0"], ["prov/0"], ["0"]),
        (["prov/leader"], ["prov/0"], ["0"]),
        (["1"], ["myreq/0"], ["1"]),
        (["1", "prov/0"], ["myreq/0", "prov/0"], ["0", "1"]),
        (["my*"], [], []),
        (["active"], [], []),
        (["8080/tcp"], [], []),
        (["nosuch"], [], []),
        (["nosuch/leader"], [], []),
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


def test_a_relation_is_shown_with_both_of_its_applications(model):
    assert not any(
        len(r["endpoints"]) > 1 for r in selected(model, ["prov"])["relations"].values()
    )
    assert selected(model, ["prov", "myreq"])["relations"] == model["relations"]


@pytest.mark.parametrize("pattern", ["prov", "lid", "lid/0"])
def test_principal_and_subordinate_are_shown_together(model, pattern):
    model["applications"]["lid"] = {**model["applications"]["prov"], "name": "lid"}
    below = {"name": "lid/0", "application": "lid", "principal": "prov/0"}
    model["units"]["lid/0"] = {**model["units"]["prov/0"], **below}
    assert sorted(selected(model, [pattern])["units"]) == ["lid/0", "prov/0"]
