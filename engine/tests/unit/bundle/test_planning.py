# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from onebox import bundle


@pytest.fixture
def lines(write, charms):
    def plan(document, model):
        return [c.line for c in bundle.plan(bundle.read(write(document)), charms, model)]

    return plan


def live(empty, write, charms, document):
    """The model in which a bundle has been deployed, as far as a plan looks at it."""
    found = bundle.read(write(document))
    empty["charms"] = {c.url: c.model_dump(mode="json") for c in charms.values()}
    for number, (name, spec) in enumerate(sorted(found.applications.items())):
        empty["applications"][name] = {
            "charm_url": charms[name].url,
            "config": dict(spec.options),
            "constraints": spec.constraints,
            "exposed": spec.expose,
            "trust": spec.trust,
            "next_unit": spec.num_units,
        }
        for index in range(spec.num_units):
            unit = f"{name}/{index}"
            owner = {"name": unit, "application": name, "machine": str(number)}
            empty["units"][unit] = owner
    ends = [{"application": name, "name": "water"} for name in ("well", "tap")]
    empty["relations"] = {"0": {"endpoints": ends}}
    empty["sequences"] = {"machine": len(empty["units"])}
    return empty


def test_lines_of_a_first_deployment(lines, two, empty, tmp_path):
    # The words and their order are those of a real Juju 4.
    assert lines(two, empty) == [
        f"- upload charm {tmp_path}/tap.charm for base ubuntu@24.04/stable",
        "- deploy application tap on ubuntu@24.04/stable",
        f"- upload charm {tmp_path}/well.charm for base ubuntu@24.04/stable",
        "- deploy application well on ubuntu@24.04/stable",
        "- add relation well:water - tap:water",
        "- add unit tap/0 to new machine 0",
        "- add unit well/0 to new machine 1",
    ]


def test_nothing_to_do(lines, two, empty, write, charms):
    assert lines(two, live(empty, write, charms, two)) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"options": {"mood": "sad"}}, "- set application options for well"),
        ({"constraints": "mem=4G"}, '- set constraints for well to "mem=4G"'),
        (
            {"expose": True},
            "- expose all endpoints of well and allow access from CIDRs 0.0.0.0/0 and ::/0",
        ),
        ({"trust": True}, "- set trust for well"),
        ({"num_units": 2}, "- add unit well/1 to new machine 2"),
    ],
)
def test_only_what_differs(lines, two, empty, write, charms, change, line):
    model = live(empty, write, charms, two)
    two["applications"]["well"] |= change
    assert lines(two, model) == [line]


@pytest.mark.parametrize("value", [3, "3"])
def test_default_that_is_asked_for_is_no_difference(lines, two, empty, write, charms, value):
    model = live(empty, write, charms, two)
    two["applications"]["well"]["options"]["depth"] = value
    assert lines(two, model) == []


def test_nothing_is_removed(lines, two, empty, write, charms):
    model = live(empty, write, charms, two)
    del two["applications"]["tap"]
    two["relations"] = []
    two["applications"]["well"]["num_units"] = 0
    assert lines(two, model) == []


def test_charm_of_two_applications_is_uploaded_once(lines, two, empty):
    two["applications"]["tap2"] = {"charm": "./tap.charm"}
    uploads = [line for line in lines(two, empty) if "upload" in line]
    assert len(uploads) == 2


def test_endpoints_are_inferred(lines, two, empty):
    two["relations"] = [["tap", "well"]]
    assert "- add relation tap:water - well:water" in lines(two, empty)


def units(found):
    return [line for line in found if line.startswith(("- add unit", "- add new machine"))]


def test_machines_of_the_bundle(lines, two, empty):
    two["machines"] = {0: None, 1: None}
    two["applications"]["well"] |= {"num_units": 2, "to": [0, 1]}
    two["applications"]["tap"]["to"] = ["lxd:0"]
    assert units(lines(two, empty)) == [
        "- add new machine 0",
        "- add new machine 1",
        "- add unit tap/0 to lxd:0",
        "- add unit well/0 to new machine 0",
        "- add unit well/1 to new machine 1",
    ]


def test_units_beside_units(lines, two, empty):
    two["applications"]["well"]["num_units"] = 2
    two["applications"]["tap"] |= {"num_units": 3, "to": ["well"]}
    assert units(lines(two, empty)) == [
        "- add unit well/0 to new machine 0",
        "- add unit tap/0 to existing machine 0",
        "- add unit well/1 to new machine 1",
        "- add unit tap/1 to existing machine 1",
        "- add unit tap/2 to existing machine 0",
    ]


def test_last_placement_by_unit_does_not_repeat(lines, two, empty):
    two["applications"]["tap"] |= {"num_units": 2, "to": ["well/0"]}
    assert units(lines(two, empty)) == [
        "- add unit well/0 to new machine 0",
        "- add unit tap/0 to existing machine 0",
        "- add unit tap/1 to new machine 1",
    ]


def test_base_of_the_application_counts_first(lines, two, empty):
    two["applications"]["well"]["base"] = "ubuntu@22.04"
    found = lines(two, empty)
    assert "- deploy application well on ubuntu@22.04/stable" in found
    del two["default-base"], two["applications"]["well"]["base"]
    assert "- deploy application well on ubuntu@24.04/stable" in lines(two, empty)


def test_calls_of_the_plan(write, two, charms, empty):
    changes = bundle.plan(bundle.read(write(two)), charms, empty)
    methods = [change.method for change in changes]
    deploy, upload = "deploy", "upload_charm"
    assert methods == [upload, deploy, upload, deploy, "integrate", "add_unit", "add_unit"]
    well = changes[3].parameters
    assert (well["application"], well["units"], well["config"]) == ("well", 0, {"mood": "glad"})


def test_what_crosses_models_is_consumed_before_and_offered_after(write, two, charms, empty):
    overlay = {
        "applications": {
            "well": {"offers": {"spring": {"endpoints": ["water"], "acl": {"bob": "consume"}}}}
        }
    }
    two["saas"] = {"lake": {"url": "admin/far.lake"}}
    two["relations"] = [["tap:water", "lake:water"]]
    wanted = bundle.read(write(two, overlay))
    assert bundle.verify(wanted, charms) == []
    lines = [change.line for change in bundle.plan(wanted, charms, empty)]
    assert lines[-6:] == [
        "- consume offer lake at admin/far.lake",
        "- add relation tap:water - lake:water",
        "- add unit tap/0 to new machine 0",
        "- add unit well/0 to new machine 1",
        "- create offer spring using well:water",
        "- grant user bob consume access to offer spring",
    ]
    ends = [{"application": a, "name": "water"} for a in ("lake", "tap")]
    there = {
        **empty,
        "remotes": {"lake": {}},
        "relations": {"0": {"endpoints": ends}},
        "offers": {"spring": {"endpoints": ["water"]}},
    }
    lines = [change.line for change in bundle.plan(wanted, charms, there)]
    assert not [line for line in lines if "lake" in line or "spring" in line]


def test_annotations_are_set_once(write, two, charms, empty):
    two["applications"]["well"]["annotations"] = {"gui-x": 1}
    wanted = bundle.read(write(two))
    (change,) = [c for c in bundle.plan(wanted, charms, empty) if c.line.startswith("- set")]
    assert change.line == "- set annotations for well"
    assert change.parameters == {"application": "well", "annotations": {"gui-x": "1"}}
