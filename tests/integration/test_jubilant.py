# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What jubilant documents for machine models, as far as no other story here uses it."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import jubilant
import pytest

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@laptop"
PATIENCE = 60.0


@pytest.fixture(scope="module")
def well(juju: jubilant.Juju, charm: Callable[[str], Path]) -> Iterator[jubilant.Juju]:
    """A model with one unit at rest."""
    juju.deploy(charm("well"))
    juju.wait(jubilant.all_active, error=jubilant.any_error, timeout=PATIENCE, delay=0.3)
    juju.wait(jubilant.all_agents_idle, timeout=PATIENCE, delay=0.3)
    return juju


def test_a_model_is_known_by_each_of_its_names(well: jubilant.Juju) -> None:
    info = well.show_model()
    user, _, short = info.name.rpartition("/")
    assert (short, info.short_name, info.is_controller) == (well.model, well.model, False)
    assert info.status.current == "available"
    assert uuid.UUID(info.model_uuid) != uuid.UUID(info.controller_uuid)
    for name in (f"{user}/{short}", f"{info.controller_name}:{user}/{short}"):
        again = jubilant.Juju(model=name, cli_binary=well.cli_binary)
        assert again.show_model().model_uuid == info.model_uuid
        assert again.status().apps.keys() == {"well"}


def test_a_model_of_a_test_goes_with_it(
    well: jubilant.Juju, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(Path(str(well.cli_binary)).parent), prepend=":")
    with jubilant.temp_model(config={"update-status-hook-interval": "1h"}) as model:
        assert model.model_config()["update-status-hook-interval"] == "1h"
        assert jubilant.all_active(model.status())
        name = model.model
    with pytest.raises(jubilant.CLIError, match="not found"):
        well.show_model(name)


def test_options_of_a_model(well: jubilant.Juju) -> None:
    well.model_config({"logging-config": "<root>=DEBUG", "automatically-retry-hooks": False})
    found = well.model_config()
    assert (found["logging-config"], found["automatically-retry-hooks"]) == ("<root>=DEBUG", False)
    assert found["juju-no-proxy"] == "127.0.0.1,localhost,::1"
    well.model_config(reset=["logging-config", "automatically-retry-hooks"])
    assert well.model_config()["automatically-retry-hooks"] is True
    assert not well.model_constraints()
    well.model_constraints({"mem": "1G", "cores": 4})
    assert well.model_constraints() == {"mem": 1024, "cores": 4}


def test_trust_is_part_of_the_applications_options(well: jubilant.Juju) -> None:
    assert well.config("well", app_config=True)["trust"] is False
    well.trust("well")
    assert well.config("well", app_config=True)["trust"] is True
    well.trust("well", remove=True)
    assert well.config("well", app_config=True)["trust"] is False


def test_ssh_keys(well: jubilant.Juju) -> None:
    well.add_ssh_key(KEY)
    assert "me@laptop" in well.cli("ssh-keys")
    well.remove_ssh_key("me@laptop")
    assert "me@laptop" not in well.cli("ssh-keys")


def test_ssh_to_a_unit_and_to_its_machine(well: jubilant.Juju) -> None:
    options = ["-i", "/dev/null", "-o", "BatchMode=yes"]
    assert well.ssh("well/0", "echo", "a  unit", ssh_options=options) == "a unit\n"
    assert well.ssh("well/leader", "echo", "leads") == "leads\n"
    assert well.ssh(0, "echo machine", ssh_options=options) == "machine\n"
    with pytest.raises(jubilant.CLIError) as failure:
        well.ssh("well/0", "exit 7")
    assert failure.value.returncode == 7


def test_files_and_folders_go_there_and_back(well: jubilant.Juju, tmp_path: Path) -> None:
    source, there = tmp_path / "source", f"/tmp/{secrets.token_hex(6)}"
    source.mkdir()
    (source / "file").write_text("x")
    options = ["-r", "-i", "/dev/null"]
    try:
        well.scp(source, f"well/0:{there}", scp_options=options)
        well.scp(f"well/0:{there}", tmp_path / "back", scp_options=options)
        assert (tmp_path / "back" / "file").read_text() == "x"
        well.scp(f"well/0:{there}/file", tmp_path / "one")
        assert (tmp_path / "one").read_text() == "x"
    finally:
        well.ssh("well/0", "rm", "-r", there)


def test_a_secret_of_the_user(well: jubilant.Juju) -> None:
    uri = well.add_secret("token", {"word": "one"}, info="for the test")
    well.update_secret(uri, {"word": "two"}, info="changed")
    well.grant_secret(uri, "well")
    shown = well.show_secret("token", reveal=True)
    assert (shown.revision, shown.content) == (2, {"word": "two"})
    assert (shown.owner, shown.description) == ("<model>", "changed")
    assert well.show_secret(uri, reveal=True, revision=1).content == {"word": "one"}
    assert [r.revision for r in well.show_secret(uri, revisions=True).revisions] == [1, 2]
    assert well.exec(f"secret-get {uri} word", unit="well/0").stdout == "two\n"
    assert "token" in {found.name for found in well.secrets()}
    well.remove_secret(uri)
    assert "token" not in {found.name for found in well.secrets()}


def test_a_unit_is_shown(well: jubilant.Juju) -> None:
    info = well.show_unit("well/0")
    assert (info.charm, info.leader, info.life, info.machine) == (
        "local:well-0",
        True,
        "alive",
        "0",
    )
    (peers,) = info.relation_info
    assert (peers.endpoint, peers.related_endpoint) == ("bucket-chain", "bucket-chain")


def test_waiting_ends_when_something_fails(well: jubilant.Juju) -> None:
    with pytest.raises(TimeoutError):
        well.run("well/0", "pump", {"strokes": 1}, wait=0.001)
    with pytest.raises(ValueError, match="not defined"):
        well.run("well/0", "no-such-action")
    with pytest.raises(ValueError, match="well/42"):
        well.run("well/42", "greet", {"name": "x"})
    with pytest.raises(jubilant.WaitError):
        well.wait(lambda status: False, error=lambda status: True, timeout=PATIENCE)


def test_machines_and_units_come_and_go(well: jubilant.Juju) -> None:
    before = set(well.status().machines)
    well.add_machine()
    status = well.wait(lambda s: len(s.machines) == len(before) + 1, timeout=PATIENCE, delay=0.3)
    (machine,) = set(status.machines) - before
    well.add_unit("well", to=machine)
    well.wait(
        lambda s: jubilant.all_active(s) and s.get_units("well")["well/1"].machine == machine,
        timeout=PATIENCE,
        delay=0.3,
    )
    assert well.exec("hostname", machine=machine).success
    well.remove_unit("well/1")
    well.wait(lambda s: set(s.get_units("well")) == {"well/0"}, timeout=PATIENCE, delay=0.3)


def test_storage_that_outlives_its_unit_goes_to_the_next(
    well: jubilant.Juju, charm: Callable[[str], Path]
) -> None:
    well.deploy(charm("well"), "spring", storage={"basin": "lxd,1"})
    wait_until(well, lambda s: s.apps["spring"].is_active)
    [basin] = well.status().storage.storage
    well.exec(f"echo deep > $(storage-get -s {basin} location)/depth", unit="spring/0")
    well.remove_unit("spring/0")
    wait_until(well, lambda s: s.storage.storage[basin].status.current == "detached")
    wait_until(well, lambda s: not s.apps["spring"].units)
    well.add_unit("spring", attach_storage=basin)
    wait_until(well, lambda s: "spring/1" in s.apps["spring"].units and jubilant.all_active(s))
    read = well.exec(f"cat $(storage-get -s {basin} location)/depth", unit="spring/1")
    assert read.stdout == "deep\n"
    well.remove_application("spring", destroy_storage=True)
    wait_until(well, lambda s: "spring" not in s.apps)
    assert not well.status().storage.storage


def wait_until(juju: jubilant.Juju, ready: Callable[[jubilant.Status], bool]) -> None:
    juju.wait(ready, timeout=PATIENCE, delay=0.3, successes=1)


def test_the_version_is_one_of_jujus(well: jubilant.Juju) -> None:
    assert well.version().tuple >= (3, 6, 0)
    assert well.debug_log(limit=5).count("\n") == 5
