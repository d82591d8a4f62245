# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import zipfile

import pytest
import yaml

METADATA = {"name": "web", "summary": "s", "description": "d"}
MANIFEST = {
    "bases": [
        {"name": "ubuntu", "channel": "24.04", "architectures": ["amd64"]},
        {"name": "ubuntu", "channel": "22.04", "architectures": ["amd64"]},
    ]
}


@pytest.fixture
def packed(tmp_path, monkeypatch):
    """A folder with a packed charm in it; the test runs beside the folder."""
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "charmcraft.yaml").touch()
    with zipfile.ZipFile(folder / "web_amd64.charm", "w") as archive:
        archive.writestr("metadata.yaml", yaml.safe_dump(METADATA))
        archive.writestr("manifest.yaml", yaml.safe_dump(MANIFEST))
    monkeypatch.chdir(tmp_path)
    return folder


def deployed(daemon):
    return dict(daemon.asked)["deploy"]


def test_charm(juju, daemon, packed):
    done = juju(
        "deploy", "./web/web_amd64.charm", "shop", "-n", "2", "--config", "a=1", "--to", "0,new"
    )
    assert done.err == (
        'Located local charm "web", revision 1\n'
        'Deploying "shop" from local charm "web", revision 1 on ubuntu@24.04/stable\n'
    )
    asked = deployed(daemon)
    assert (asked["application"], asked["charm_url"], asked["units"]) == ("shop", "local:web-1", 2)
    assert (asked["config"], asked["placement"]) == ({"a": "1"}, ["0", "new"])


def test_folder_with_one_packed_charm_is_taken_with_a_note(juju, daemon, packed):
    done = juju("deploy", "./web")
    assert done.err.startswith('Juju 4 deploys packed charms only: taking "web_amd64.charm"')
    assert deployed(daemon)["application"] == "web"


def test_folder_without_a_packed_charm_says_how_to_pack(juju, daemon, packed):
    (packed / "web_amd64.charm").unlink()
    done = juju("deploy", "./web")
    assert (done.code, daemon.asked) == (1, [])
    assert done.err == (
        'ERROR attempting to deploy "./web": deploying from directory not supported\n'
        "Pack it first: tools/pack.py web\n"
    )


def test_folder_with_several_packed_charms_names_them(juju, packed):
    (packed / "web_arm64.charm").write_bytes((packed / "web_amd64.charm").read_bytes())
    err = juju("deploy", "./web").err
    assert "Name one of the packed charms in it: web/web_amd64.charm, web/web_arm64.charm" in err


def test_bare_name_of_a_file_is_ambiguous(juju, packed):
    err = juju("deploy", "web").err
    assert err.startswith('ERROR The charm or bundle "web" is ambiguous.\n')
    assert "`juju deploy ./web`" in err


def test_file_that_is_no_charm(juju, packed):
    (packed / "text").write_text("hello")
    err = juju("deploy", "./web/text").err
    assert err == 'ERROR invalid charm or bundle provided at "./web/text"\n'


def test_base(juju, daemon, packed):
    juju("deploy", "./web/web_amd64.charm", "--base", "ubuntu@22.04")
    assert deployed(daemon)["base"] == "ubuntu@22.04/stable"
    done = juju("deploy", "./web/web_amd64.charm", "--base", "ubuntu@20.04")
    assert done.err == (
        'ERROR base "ubuntu@20.04/stable" is not supported, '
        "supported bases are: ubuntu@24.04, ubuntu@22.04\n"
    )


def test_unknown_resource(juju, packed):
    done = juju("deploy", "./web/web_amd64.charm", "--resource", "x=y")
    assert (done.code, done.err) == (1, 'ERROR unrecognized resource "x"\n')


def test_flags_of_the_other_kind(juju, packed):
    err = juju("deploy", "./web/web_amd64.charm", "--overlay", "x").err
    assert err == "ERROR options provided but not supported when deploying a charm: --overlay\n"


@pytest.fixture
def bundle(packed):
    document = {
        "applications": {"shop": {"charm": "./web/web_amd64.charm", "num_units": 1, "trust": True}}
    }
    path = packed.parent / "bundle.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def test_base_that_the_model_prefers(juju, daemon, packed):
    daemon.model["config"]["default-base"] = "ubuntu@22.04"
    assert juju("deploy", "./web").err.endswith(" on ubuntu@22.04/stable\n")
    assert deployed(daemon)["base"] == "ubuntu@22.04/stable"
    daemon.model["config"]["default-base"] = "ubuntu@20.04"
    assert juju("deploy", "./web").err.endswith(
        'ERROR base "ubuntu@20.04/stable" is not supported, supported bases are: '
        "ubuntu@24.04, ubuntu@22.04\n"
    )
    assert "ERROR base: ubuntu@14.04/stable not supported" in (
        juju("deploy", "./web", "--base", "ubuntu@14.04").err
    )


def test_base_that_juju_prefers(juju, daemon, packed):
    bases = [{"name": "ubuntu", "channel": number} for number in ("22.04", "24.04")]
    with zipfile.ZipFile(packed / "web_amd64.charm", "w") as archive:
        archive.writestr("metadata.yaml", yaml.safe_dump(METADATA))
        archive.writestr("manifest.yaml", yaml.safe_dump({"bases": bases}))
    juju("deploy", "./web")
    assert deployed(daemon)["base"] == "ubuntu@24.04/stable"


def test_bundle_on_a_base_that_its_charm_does_not_know(juju, daemon, bundle):
    bundle.write_text("default-base: ubuntu@20.04\n" + bundle.read_text())
    done = juju("deploy", str(bundle), "--trust")
    assert done.code == 1
    assert done.out.endswith("- deploy application shop on ubuntu@20.04/stable\n")
    assert done.err.startswith('ERROR base "ubuntu@20.04/stable" is not supported, ')


def test_units_of_a_bundle_go_to_the_machines_there_really_are(juju, daemon, bundle, monkeypatch):
    bundle.write_text(
        "applications:\n  shop: {charm: ./web/web_amd64.charm, num_units: 2, to: [4, 'lxd:7']}\n"
        "machines: {4: {constraints: mem=1G}, 7: }\n"
    )
    # Somebody else makes machines meanwhile.
    made = iter(["11", "12", "12/lxd/3"])
    plain = daemon.call

    def call(method, **parameters):
        answer = plain(method, **parameters)
        return next(made) if method == "add_machine" else answer

    monkeypatch.setattr(daemon, "call", call)
    assert juju("deploy", str(bundle)).code == 0
    asked = [p for method, p in daemon.asked if method in ("add_machine", "add_unit")]
    assert asked[0]["constraints"] == "mem=1G"
    assert [a["placement"] for a in asked if "placement" in a] == [["11"], "lxd:12", ["12/lxd/3"]]


def test_bundle_needs_trust(juju, daemon, bundle):
    done = juju("deploy", str(bundle))
    assert (done.code, daemon.asked) == (1, [])
    assert done.err.startswith("ERROR Bundle cannot be deployed without trusting applications")
    assert done.err.endswith("  - shop\n")


def test_bundle(juju, daemon, bundle, packed):
    done = juju("deploy", str(bundle), "--trust")
    assert done.out == (
        "Executing changes:\n"
        f"- upload charm {packed}/web_amd64.charm for base ubuntu@24.04/stable\n"
        "- deploy application shop on ubuntu@24.04/stable\n"
        "- add unit shop/0 to new machine 1\n"
    )
    assert done.err == "Deploy of bundle completed.\n"
    assert [method for method, _ in daemon.asked] == ["upload_charm", "deploy", "add_unit"]
    assert deployed(daemon)["charm_url"] == "local:web-1"


def test_dry_run_changes_nothing(juju, daemon, bundle):
    done = juju("deploy", str(bundle), "--trust", "--dry-run")
    assert done.out.startswith("Changes to deploy bundle:\n- upload charm ")
    assert daemon.asked == []


def test_bundle_with_errors_changes_nothing(juju, daemon, bundle):
    bundle.write_text("applications: {a: {charm: ./none.charm}, b: }")
    done = juju("deploy", str(bundle))
    assert (done.code, daemon.asked) == (1, [])
    assert done.err == (
        "ERROR cannot deploy bundle: the provided bundle has the following errors:\n"
        f'charm path in application "a" does not exist: {bundle.parent}/none.charm\n'
        'bundle application for key "b" is undefined\n'
    )


def test_refresh(juju, daemon, packed):
    done = juju("refresh", "web", "--path", "./web", "--config", "port=1")
    assert done.err.splitlines()[1:] == [
        'Added local charm "web", revision 1, to the model',
        'no change to endpoints in space "alpha": juju-info',
    ]
    asked = dict(daemon.asked)["refresh"]
    assert (asked["charm_url"], asked["config"], asked["trust"]) == (
        "local:web-1",
        {"port": "1"},
        None,
    )
