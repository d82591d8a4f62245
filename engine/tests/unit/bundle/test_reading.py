# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import base64

import pytest
import yaml

from onebox import bundle
from onebox.errors import Refused


def test_paths_are_relative_to_the_file(write, two, tmp_path):
    two["applications"]["well"]["resources"] = {"map": "maps/map.txt", "old": 3}
    found = bundle.read(write(two))
    well = found.applications["well"]
    assert well.charm == str(tmp_path / "well.charm")
    assert well.resources == {"map": str(tmp_path / "maps/map.txt"), "old": 3}


def test_an_overlay_names_resources_from_the_bundle_s_folder(write, two, tmp_path):
    (tmp_path / "overlays").mkdir()
    overlay = tmp_path / "overlays" / "more.yaml"
    named = {"charm": "../pit.charm", "resources": {"map": "maps/map.txt"}}
    overlay.write_text(yaml.safe_dump({"applications": {"well": named}}))
    well = bundle.read(write(two), [overlay]).applications["well"]
    assert well.charm == str(tmp_path / "pit.charm")
    assert well.resources == {"map": str(tmp_path / "maps/map.txt")}


def test_folder_with_a_bundle(write, two):
    assert set(bundle.read(write(two).parent).applications) == {"well", "tap"}


def test_includes(write, two, tmp_path):
    (tmp_path / "long.txt").write_text("many words")
    two["applications"]["well"]["options"] = {
        "mood": "include-file://long.txt",
        "depth": "include-base64://long.txt",
    }
    options = bundle.read(write(two)).applications["well"].options
    assert options["mood"] == "many words"
    assert base64.b64decode(options["depth"]) == b"many words"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("include-file://none", '"none": include file "{}/none" not found'),
        ("include-base64://.", '".": include path "{}" resolves to a folder'),
    ],
)
def test_bad_includes(write, two, tmp_path, value, reason):
    two["applications"]["well"]["options"]["mood"] = value
    with pytest.raises(Refused) as refused:
        bundle.read(write(two))
    doing = 'processing option "mood" for application "well": resolving include '
    assert refused.value.message == doing + reason.format(tmp_path)


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("num_units", "many", "applications.well.num_units"),
        ("options", ["a"], "applications.well.options"),
        ("expose", "perhaps", "applications.well.expose"),
    ],
)
def test_wrong_types_are_named(write, two, key, value, place):
    two["applications"]["well"][key] = value
    with pytest.raises(Refused, match=rf"cannot unmarshal bundle contents: {place}: "):
        bundle.read(write(two))


def test_keys_without_a_value_and_numbers_for_texts_are_as_good_as_any(write, two):
    empty = (
        "to",
        "options",
        "annotations",
        "storage",
        "resources",
        "num_units",
        "expose",
        "trust",
    )
    two["applications"]["tap"].update(dict.fromkeys(empty))
    two["applications"]["well"].update(storage={"basin": 1}, channel=8, to=[0])
    two.update(machines={0: {"annotations": None, "constraints": None}}, saas=None)
    found = bundle.read(write(two))
    tap, well = found.applications["tap"], found.applications["well"]
    assert (tap.to, tap.options, tap.num_units, tap.trust) == ((), {}, 0, False)
    assert (well.storage, well.channel, well.to) == ({"basin": "1"}, "8", ("0",))
    assert found.machines["0"].constraints == ""


def test_missing_overlay(write, two, tmp_path):
    overlay = tmp_path / "nosuch.yaml"
    with pytest.raises(Refused) as refused:
        bundle.read(write(two), [overlay])
    assert refused.value.message == f'unable to process overlays: "{overlay}" not found'


@pytest.mark.parametrize("text", ["a: [", "just text", ""])
def test_what_is_no_bundle(tmp_path, text):
    path = tmp_path / "bundle.yaml"
    path.write_text(text)
    with pytest.raises(Refused, match=r"cannot unmarshal bundle contents|is empty"):
        bundle.read(path)


def test_missing_file(tmp_path):
    with pytest.raises(Refused, match="cannot read bundle"):
        bundle.read(tmp_path / "none.yaml")


@pytest.mark.parametrize("key", ["offers", "exposed-endpoints"])
def test_overlay_only_keys_in_the_base(write, two, key):
    two["applications"]["well"][key] = {}
    text = f"applications.well.{key} can only appear in an overlay section"
    with pytest.raises(Refused, match=text):
        bundle.read(write(two))


# -- overlays ----------------------------------------------------------------------------------


def merged(write, base, *overlays):
    return bundle.read(write(base, *overlays))


def test_overlay_takes_an_application_away_with_its_relations(write, two):
    found = merged(write, two, {"applications": {"tap": None}})
    assert set(found.applications) == {"well"}
    assert found.relations == ()


def test_overlay_replaces_scalars_and_merges_maps(write, two):
    overlay = {"applications": {"well": {"num_units": 3, "options": {"depth": 9}}}}
    well = merged(write, two, overlay).applications["well"]
    assert well.num_units == 3
    assert well.options == {"mood": "glad", "depth": 9}


def test_empty_map_clears_and_empty_value_removes(write, two):
    cleared = merged(write, two, {"applications": {"well": {"options": {}}}})
    assert cleared.applications["well"].options == {}
    gone = merged(write, two, {"applications": {"well": {"options": {"mood": None, "depth": 1}}}})
    assert gone.applications["well"].options == {"depth": 1}


def test_empty_text_overwrites(write, two):
    found = merged(write, two, {"applications": {"well": {"options": {"mood": ""}}}})
    assert found.applications["well"].options == {"mood": ""}


def test_relations_are_added(write, two):
    overlay = {
        "applications": {"tap2": {"charm": "./tap.charm"}},
        "relations": [["well", "tap2"]],
    }
    found = merged(write, two, overlay)
    assert found.relations == (("well:water", "tap:water"), ("well", "tap2"))


def test_overlay_files_come_after_the_bundle_and_know_their_own_folder(write, two, tmp_path):
    folder = tmp_path / "overlays"
    folder.mkdir()
    overlay = folder / "small.yaml"
    overlay.write_text("applications: {tap: {charm: ../tap.charm, num_units: 0}}")
    found = bundle.read(write(two), [overlay])
    assert found.applications["tap"].charm == str(tmp_path / "tap.charm")
    assert found.applications["tap"].num_units == 0


def test_old_key_in_an_overlay(write, two):
    with pytest.raises(Refused, match="services"):
        merged(write, two, {"services": {}})
