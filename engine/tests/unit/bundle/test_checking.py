# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from onebox import bundle


def errors(write, *documents, charms):
    return bundle.verify(bundle.read(write(*documents)), charms)


def test_good_bundle(write, two, charms):
    assert errors(write, two, charms=charms) == []


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"num_units": -1}, 'negative number of units specified on application "well"'),
        (
            {"options": {"depth": None, "odd": 1}},
            'cannot validate application "well": configuration',
        ),
        ({"base": "noble"}, 'application "well" declares an invalid base "noble"'),
        (
            {"constraints": "mem=1G odd=1"},
            'invalid constraints "mem=1G odd=1" in application "well": unknown constraint "odd"',
        ),
        (
            {"options": {"odd": 1}},
            'cannot validate application "well": configuration option "odd" '
            'not found in charm "well"',
        ),
        ({"to": ["0", "0"]}, 'too many units specified in unit placement for application "well"'),
        ({"to": ["Odd"]}, 'invalid placement syntax "Odd"'),
        ({"to": ["7"]}, 'placement "7" refers to a machine not defined in this bundle'),
        (
            {"to": ["lxd:none"]},
            'placement "lxd:none" refers to an application not defined in this bundle',
        ),
        (
            {"to": ["tap/5"]},
            'placement "tap/5" specifies a unit greater than the 1 unit(s) started by the '
            "target application",
        ),
        ({"charm": ""}, "empty charm path"),
        (
            {"charm": "ch:well-3"},
            'cannot specify revision in "ch:well-3", please use revision',
        ),
        ({"charm": "Well"}, 'invalid charm URL in application "well": name "Well" not valid'),
        (
            {"options": {"depth": "deep"}},
            'cannot validate application "well": option "depth" expected int, got "deep"',
        ),
        ({"resources": {"map": 1.5}}, 'resource revision "map" is not int or string'),
        ({"storage": {"basin": "?"}}, 'invalid storage "basin" in application "well": '),
        (
            {"revision": 3},
            'application "well" with a revision requires a channel for future upgrades, '
            "please use channel",
        ),
    ],
)
def test_errors_of_an_application(write, two, charms, change, error):
    two["applications"]["well"] |= change
    found = errors(write, two, charms=charms)
    assert [e for e in found if e.startswith(error)], found


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            {"expose": True, "exposed-endpoints": {"water": {}}},
            'exposed-endpoints cannot be specified together with "exposed:true" in application',
        ),
        ({"offers": {"Odd": {"endpoints": ["water"]}}}, 'invalid offer name "Odd" in application'),
        (
            {"offers": {"odd": {"endpoints": ["none"]}}},
            'invalid endpoint name "none" for offer "odd" in application "well"',
        ),
    ],
)
def test_errors_of_an_overlay(write, two, charms, body, error):
    found = errors(write, two, {"applications": {"well": body}}, charms=charms)
    assert [e for e in found if e.startswith(error)], found


def test_missing_charm_is_named_with_its_path(write, two, charms, tmp_path):
    two["applications"]["well"]["charm"] = "./none.charm"
    path = tmp_path / "none.charm"
    assert errors(write, two, charms=charms) == [
        f'charm path in application "well" does not exist: {path}'
    ]


@pytest.mark.parametrize(
    ("relations", "error"),
    [
        ([["well", "tap", "x"]], 'relation ["well" "tap" "x"] has 3 endpoint(s), not 2'),
        (
            [["well:water", "none:water"]],
            'relation ["well:water" "none:water"] refers to application "none" not defined '
            "in this bundle",
        ),
        ([["well", "well"]], 'relation ["well" "well"] relates an application to itself'),
        (
            [["well:water", "tap:water"], ["tap:water", "well:water"]],
            'relation ["tap:water" "well:water"] is defined more than once',
        ),
        (
            [["well:odd", "tap:water"]],
            'charm "well" used by application "well" does not define relation "odd"',
        ),
        (
            [["well:wells", "tap:water"]],
            'charm "well" used by application "well" does not define relation "wells"',
        ),
        (
            [["tap:water", "tap2:water"]],
            'relation "tap:water" to "tap2:water" relates requirer to requirer',
        ),
        (
            [["well:water", "tap:steam"]],
            'mismatched interface between "well:water" and "tap:steam" ("water" vs "steam")',
        ),
        ([["tap", "tap2"]], "cannot infer endpoint between tap and tap2: no relations found"),
    ],
)
def test_errors_of_relations(write, two, charms, relations, error):
    two["applications"]["tap2"] = {"charm": "./tap.charm"}
    two["relations"] = relations
    assert error in errors(write, two, charms=charms)


def test_machines(write, two, charms):
    two["machines"] = {0: None, "x": {}, 7: {"base": "odd"}}
    two["applications"]["well"]["to"] = [0]
    assert errors(write, two, charms=charms) == [
        'invalid machine id "x" found in machines',
        'invalid base "odd" for machine "7"',
        'machine "x" is not referred to by a placement directive',
        'machine "7" is not referred to by a placement directive',
    ]


def test_empty_and_undefined(write, two, charms):
    two["applications"]["tap"] = None
    two["relations"] = []
    assert errors(write, two, charms=charms) == ['bundle application for key "tap" is undefined']
    assert errors(write, {"applications": {}}, charms={}) == [
        "at least one application must be specified"
    ]


def test_every_error_is_told_at_once(write, two, charms):
    two["default-base"] = "odd"
    two["applications"]["well"] |= {"num_units": -1, "options": {"odd": 1}}
    two["relations"].append(["well", "well"])
    assert len(errors(write, two, charms=charms)) == 4
