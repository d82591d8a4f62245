# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from onebox import bundle
from onebox.errors import Refused
from onebox.flags import UsageError


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
        ({"annotations": {"a": "b"}}, "- set annotations for well"),
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


def test_ends_are_named_as_the_bundle_names_them(lines, two, empty, write, charms):
    two["relations"] = [["tap", "well"]]
    assert "- add relation tap - well" in lines(two, empty)
    assert lines(two, live(empty, write, charms, two)) == []


def units(found):
    return [line for line in found if line.startswith(("- add unit", "- add new machine"))]


def test_machines_of_the_bundle(lines, two, empty):
    two["machines"] = {2: None, 10: {"annotations": {"rack": "a"}}}
    two["applications"]["well"] |= {"num_units": 2, "to": [2, 10]}
    two["applications"]["tap"]["to"] = ["lxd:2"]
    # A container comes after all that waits for nothing, and before who lives in it.
    assert lines(two, empty)[4:] == [
        "- add new machine 0 (bundle machine 2)",
        "- add new machine 1 (bundle machine 10)",
        "- set annotations for new machine 1",
        "- add relation well:water - tap:water",
        "- add unit well/0 to new machine 0",
        "- add unit well/1 to new machine 1",
        "- add lxd container 0/lxd/0 on new machine 0",
        "- add unit tap/0 to 0/lxd/0",
    ]


def test_units_beside_units(lines, two, empty):
    two["applications"]["well"]["num_units"] = 2
    two["applications"]["tap"] |= {"num_units": 3, "to": ["well"]}
    assert units(lines(two, empty)) == [
        "- add unit well/0 to new machine 0",
        "- add unit well/1 to new machine 1",
        "- add unit tap/0 to new machine 0 to satisfy [well]",
        "- add unit tap/1 to new machine 1 to satisfy [well]",
        "- add unit tap/2 to new machine 2",
    ]


def test_last_placement_by_unit_does_not_repeat(lines, two, empty):
    two["applications"]["tap"] |= {"num_units": 2, "to": ["well/0"]}
    assert units(lines(two, empty)) == [
        "- add unit well/0 to new machine 0",
        "- add unit tap/0 to new machine 0 to satisfy [well/0]",
        "- add unit tap/1 to new machine 1",
    ]


def test_new_machines_in_the_order_in_which_units_are_placed(lines, two, empty):
    two["applications"]["well"]["to"] = ["new"]
    two["applications"]["tap"]["to"] = ["lxd:new"]
    assert lines(two, empty)[-4:] == [
        "- add lxd container 0/lxd/0 on new machine 0",
        "- add new machine 1",
        "- add unit tap/0 to 0/lxd/0",
        "- add unit well/0 to new machine 1",
    ]


def test_machines_of_the_model_are_found_by_their_units(lines, two, empty, write, charms):
    two["machines"] = {0: None, 1: None}
    two["applications"]["tap"]["to"] = [1]
    two["applications"]["well"] |= {"num_units": 1, "to": [0]}
    # In the model, tap is on 0 and well is on 1: each takes the machine of its unit.
    model = live(empty, write, charms, two)
    model["machines"] = {"0": {}, "1": {}, "2": {}}
    assert lines(two, model) == []
    two["applications"]["well"] |= {"num_units": 2, "to": [0, "lxd:1"]}
    assert lines(two, model) == ["- add unit well/1 to 0/lxd/0"]


def test_map_of_machines(write, two, charms, empty):
    two["machines"] = {0: None, 3: None}
    two["applications"]["tap"]["to"] = [0]
    two["applications"]["well"]["to"] = [3]
    empty["machines"] = {"0": {}, "1": {}}
    empty["sequences"] = {"machine": 2}
    wanted = bundle.read(write(two))

    def planned(text):
        found = bundle.plan(wanted, charms, empty, bundle.asked_machines(text, empty))
        return units(change.line for change in found)

    assert planned("existing,3=1") == [
        "- add unit tap/0 to existing machine 0",
        "- add unit well/0 to existing machine 1",
    ]
    assert planned("3=1")[0] == "- add new machine 2 (bundle machine 0)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "x",
            'error in --map-machines: expected "existing" or "<bundle-id>=<machine-id>", got "x"',
        ),
        ("a=1", 'error in --map-machines: bundle-id "a" is not a top level machine id'),
        (
            "1=0/lxd/0",
            'error in --map-machines: machine-id "0/lxd/0" is not a top level machine id',
        ),
        ("0=9", 'machine "9" not found'),
    ],
)
def test_map_that_cannot_be(empty, text, message):
    with pytest.raises((Refused, UsageError)) as refused:
        bundle.asked_machines(text, empty)
    assert str(refused.value) == message


def test_machine_that_no_unit_is_left_for(lines, two, empty, write, charms):
    model = live(empty, write, charms, two)
    model["machines"] = {"0": {}, "1": {}, "4": {}}
    two["machines"] = {0: None, 7: None}
    two["applications"]["well"] |= {"to": [0]}
    two["applications"]["tap"] |= {"to": [7]}
    model["units"]["tap/0"]["machine"] = model["units"]["well/0"]["machine"] = "1"
    with pytest.raises(Refused) as refused:
        lines(two, model)
    assert refused.value.message == (
        "bundle and machine mapping are inconsistent: need an explicit entry mapping bundle "
        'machine "7", perhaps to one of model machines ["0", "4"] - the target should host [tap]'
    )


def test_placements_that_go_round(lines, two, empty):
    two["applications"]["tap"]["to"] = ["well"]
    two["applications"]["well"]["to"] = ["tap"]
    with pytest.raises(Refused, match="cycle in placement directives for: tap, well"):
        lines(two, empty)


def test_channel_and_exposed_endpoints_are_said(write, two, charms, empty):
    two["applications"]["well"]["channel"] = "edge"
    exposed = {
        "": {"expose-to-cidrs": ["10.0.0.0/24", "10.0.1.0/24"]},
        "water": {"expose-to-spaces": ["alpha"]},
    }
    overlay = {"applications": {"well": {"exposed-endpoints": exposed}}}
    changes = bundle.plan(bundle.read(write(two, overlay)), charms, empty)
    said = "\n".join(change.line for change in changes)
    assert "for base ubuntu@24.04/stable from channel edge" in said
    assert "- deploy application well on ubuntu@24.04/stable with edge\n" in said
    assert (
        "- expose all endpoints of well and allow access from CIDRs 10.0.0.0/24,10.0.1.0/24\n"
        "- override expose settings for endpoint water of well and allow access from space alpha"
    ) in said


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


def test_what_crosses_models_is_consumed_and_offered(write, two, charms, empty):
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
        "- create offer spring using well:water",
        "- grant user bob consume access to offer spring",
        "- add relation tap:water - lake:water",
        "- add unit tap/0 to new machine 0",
        "- add unit well/0 to new machine 1",
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
