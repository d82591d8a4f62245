# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A packed charm is what Juju expects: layout, metadata, modes, and the same bytes each time."""

import stat
import subprocess
import tempfile
import zipfile
from pathlib import Path

import pytest
import yaml

from dataops.passing import digest
from tools import pack

CHARM = "data-access"


@pytest.fixture(scope="module")
def archive() -> Path:
    path, _ = pack.pack(CHARM, "ubuntu@24.04", pack.host_python(), "amd64")
    return path


def test_layout_of_the_uv_plugin(archive: Path) -> None:
    with zipfile.ZipFile(archive) as charm:
        names = set(charm.namelist())
    site = f"venv/lib/python{pack.host_python()}/site-packages"
    assert {"metadata.yaml", "manifest.yaml", "config.yaml", "actions.yaml", "dispatch"} <= names
    assert {"src/charm.py", f"{site}/ops/__init__.py", f"{site}/dataops/__init__.py"} <= names
    assert not {n for n in names if n.endswith("/") or n.startswith(("/", ".."))}
    assert not {n for n in names if "/tests/" in n or n.endswith(".pyi")}


def test_metadata_is_derived_from_charmcraft_yaml(archive: Path) -> None:
    charmcraft = yaml.safe_load((pack.ROOT / "charms" / CHARM / "charmcraft.yaml").read_text())
    with zipfile.ZipFile(archive) as charm:
        metadata = yaml.safe_load(charm.read("metadata.yaml"))
        manifest = yaml.safe_load(charm.read("manifest.yaml"))
        actions = yaml.safe_load(charm.read("actions.yaml"))
    assert metadata["requires"] == charmcraft["requires"]
    assert "parts" not in metadata and "platforms" not in metadata
    assert manifest["bases"] == [
        {"name": "ubuntu", "channel": "24.04", "architectures": ["amd64"]}
    ]
    assert actions == charmcraft["actions"]


def test_metadata_is_written_out() -> None:
    once = {"type": "boolean"}
    assert yaml.safe_load(pack.dump([once, once])) == [once, once]
    assert "&" not in pack.dump([once, once])


def test_a_charm_that_no_machine_of_its_base_can_run_is_told_of() -> None:
    assert "--base ubuntu@24.04 --python 3.12" in pack.only_here(None, "3.11")
    assert "--base ubuntu@22.04 --python 3.10" in pack.only_here("ubuntu@22.04", "3.12")
    assert not pack.only_here("ubuntu@24.04", "3.12")
    assert not pack.only_here("debian@12", "3.11")


def test_dispatch_is_executable_in_the_archive(archive: Path) -> None:
    with zipfile.ZipFile(archive) as charm:
        mode = charm.getinfo("dispatch").external_attr >> 16
    assert stat.S_IMODE(mode) & 0o111


def again() -> bool:
    _, changed = pack.pack(CHARM, "ubuntu@24.04", pack.host_python(), "amd64")
    return changed


def test_packing_again_leaves_the_archive_alone(archive: Path) -> None:
    before = archive.stat()
    assert not again()
    after = archive.stat()
    # Who reads it changes when it was read last.
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_same_sources_give_the_same_bytes(archive: Path) -> None:
    before = archive.read_bytes()
    archive.unlink()
    assert again()
    assert archive.read_bytes() == before


def test_an_archive_that_is_not_what_was_packed_is_made_anew(archive: Path) -> None:
    before = archive.read_bytes()
    archive.write_bytes(before[:-1])
    assert again()
    assert archive.read_bytes() == before


@pytest.mark.parametrize("change", ["own", "made", "mode", "packages"])
def test_whatever_is_packed_counts(tmp_path: Path, change: str) -> None:
    source = tmp_path / "charm.py"
    source.write_text("1")
    before = pack.digest_of_sources({"metadata.yaml": "1"}, {"src/charm.py": source}, Path("a"))
    if change == "own":
        source.write_text("2")
    elif change == "mode":
        source.chmod(0o755)
    made = {"metadata.yaml": "2" if change == "made" else "1"}
    packages = Path("b" if change == "packages" else "a")
    assert pack.digest_of_sources(made, {"src/charm.py": source}, packages) != before


def test_another_python_is_refused_with_the_next_move(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as charm:
        charm.extract("dispatch", tmp_path)
    (tmp_path / "dispatch").chmod(0o755)
    other = tmp_path / "bin" / "python3"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\necho 3.9\n")
    other.chmod(0o755)
    # Only what dispatch needs, so that no other Python is found.
    for tool in ("sh", "dirname", "readlink"):
        (other.parent / tool).symlink_to(f"/usr/bin/{tool}")
    done = subprocess.run(
        [tmp_path / "dispatch"], env={"PATH": str(other.parent)}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"is packed for Python {pack.host_python()}" in done.stderr
    assert "this machine has Python 3.9" in done.stderr
    assert f"tools/pack.py {CHARM} --python" in done.stderr


def test_an_unknown_charm_is_named_with_the_known_ones() -> None:
    with pytest.raises(pack.PackError, match=r"'kafak'.*charms: .*kafka"):
        pack.pack("kafak", None, "3.12", "amd64")


def test_every_module_is_compiled_and_names_no_place_of_ours(archive: Path) -> None:
    with zipfile.ZipFile(archive) as charm:
        compiled = {name: charm.read(name) for name in charm.namelist() if name.endswith(".pyc")}
        sources = [n for n in charm.namelist() if n.endswith(".py") and "/dataops/" in n]
    tag = f"cpython-{pack.host_python().replace('.', '')}"
    for source in ("src/charm.py", *sources):
        folder, _, name = source.rpartition("/")
        assert f"{folder}/__pycache__/{name.removesuffix('.py')}.{tag}.pyc" in compiled
    assert not [name for name, code in compiled.items() if str(pack.ROOT).encode() in code]
    ours = [code for name, code in compiled.items() if "/dataops/" in name or name[:4] == "src/"]
    assert not [code for code in ours if tempfile.gettempdir().encode() in code]


@pytest.fixture
def unpacked(archive: Path, tmp_path: Path) -> Path:
    """A charm of which nothing but its dispatch is real: what it starts writes down the hook."""
    with zipfile.ZipFile(archive) as charm:
        charm.extract("dispatch", tmp_path)
    (tmp_path / "dispatch").chmod(0o755)
    python = tmp_path / "venv" / "bin" / f"python{pack.host_python()}"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$JUJU_DISPATCH_PATH" >> {tmp_path}/ran\n')
    python.chmod(0o755)
    return tmp_path


def ran(charm: Path, *paths: str, unit: str = "", relation: str = "kafka:4") -> list[str]:
    """Which of these hooks and actions reach the charm."""
    (charm / "ran").write_text("")
    environment = {
        "PATH": f"{charm}:{pack.AGENT_PATH}",
        "JUJU_UNIT_NAME": "results/0",
        "JUJU_RELATION_ID": relation,
        "JUJU_REMOTE_APP": "results" if relation.startswith("peers") else "kafka",
        "JUJU_REMOTE_UNIT": unit,
    }
    for path in paths:
        told = {**environment, "JUJU_DISPATCH_PATH": path}
        subprocess.run([charm / "dispatch"], env=told, check=True)
    return (charm / "ran").read_text().split()


CREATED, JOINED, CHANGED = (f"hooks/kafka-relation-{w}" for w in ("created", "joined", "changed"))


def test_a_hook_that_another_one_always_follows_is_left_to_that_one(unpacked: Path) -> None:
    first = ["hooks/data-storage-attached", "hooks/install", "hooks/peers-relation-created"]
    first += ["hooks/leader-elected", "hooks/config-changed"]
    assert ran(unpacked, *first, "hooks/start") == ["hooks/start"]
    assert ran(unpacked, JOINED, *first, "hooks/update-status") == [*first, "hooks/update-status"]


def test_what_an_application_says_is_left_to_its_first_unit(unpacked: Path) -> None:
    assert ran(unpacked, "hooks/install", CREATED, "hooks/start", CHANGED) == ["hooks/start"]
    # Another relation, which had units by then, is none of that.
    assert ran(unpacked, CHANGED, relation="kafka:5") == [CHANGED]
    assert ran(unpacked, JOINED, CHANGED, unit="kafka/0") == [CHANGED]
    assert ran(unpacked, CHANGED) == [CHANGED]


def test_what_peers_have_agreed_on_reaches_even_a_single_one(unpacked: Path) -> None:
    created, changed = "hooks/peers-relation-created", "hooks/peers-relation-changed"
    assert ran(unpacked, created, changed, relation="peers:0") == [changed]


def test_a_relation_that_ends_leaves_nothing_behind(unpacked: Path) -> None:
    broken = "hooks/kafka-relation-broken"
    assert ran(unpacked, CREATED, broken) == [broken]
    assert not list(unpacked.glob(".new-*"))


def test_no_hook_is_passed_over_after_one_that_was_started_in_vain(unpacked: Path) -> None:
    # `juju resolve --no-retry` takes a failed start for done: Juju will not run it again.
    python = unpacked / "venv" / "bin" / f"python{pack.host_python()}"
    works = python.read_text()
    python.write_text("#!/bin/sh\nexit 1\n")
    environment = {"JUJU_DISPATCH_PATH": "hooks/start", "PATH": pack.AGENT_PATH}
    assert subprocess.run([unpacked / "dispatch"], env=environment).returncode == 1
    python.write_text(works)
    assert ran(unpacked, "hooks/config-changed") == ["hooks/config-changed"]


def test_a_charm_that_was_refreshed_gets_every_hook(unpacked: Path) -> None:
    hooks = ["hooks/upgrade-charm", "hooks/config-changed"]
    assert ran(unpacked, *hooks) == hooks


ASKED = "hooks/operations-relation-changed"


def tool(charm: Path, script: str) -> None:
    """A `relation-get` where the charm's dispatch finds it."""
    (charm / "relation-get").write_text(f"#!/bin/sh\n{script}\n")
    (charm / "relation-get").chmod(0o755)


def test_a_hook_that_the_charm_has_said_changes_nothing_is_passed_over(unpacked: Path) -> None:
    (unpacked / ".passed-over").write_text("kafka-relation-changed\n")
    assert ran(unpacked, CHANGED, CHANGED) == []
    # Whatever else wakes the charm, it has its own way, and begins with every hook.
    assert ran(unpacked, "hooks/update-status", CHANGED) == ["hooks/update-status", CHANGED]


def test_a_hook_whose_writes_juju_could_not_keep_runs_again(unpacked: Path) -> None:
    python = unpacked / "venv" / "bin" / f"python{pack.host_python()}"
    says = f'echo kafka-relation-changed > "{unpacked}/.passed-over"'
    python.write_text(f"{python.read_text()}{says}\n")
    assert ran(unpacked, CHANGED, CHANGED, unit="kafka/0") == [CHANGED, CHANGED]
    # Juju has gone on to another one: it has kept what the last one wrote.
    assert ran(unpacked, CHANGED, unit="kafka/1") == []
    assert ran(unpacked, CHANGED, CHANGED, unit="kafka/0") == []


def test_what_an_application_says_is_heard_again_likewise(unpacked: Path) -> None:
    python = unpacked / "venv" / "bin" / f"python{pack.host_python()}"
    says = f'echo kafka-relation-changed > "{unpacked}/.passed-over"'
    python.write_text(f"{python.read_text()}{says}\n")
    assert ran(unpacked, CHANGED, CHANGED) == [CHANGED, CHANGED]


def test_files_of_a_hook_can_be_read_by_the_workload_s_user(unpacked: Path) -> None:
    python = unpacked / "venv" / "bin" / f"python{pack.host_python()}"
    python.write_text(f"#!/bin/sh\numask > {unpacked}/ran\n")
    environment = {"JUJU_DISPATCH_PATH": "hooks/start", "PATH": pack.AGENT_PATH}
    subprocess.run([unpacked / "dispatch"], env=environment, check=True, umask=0o077)
    assert int((unpacked / "ran").read_text(), 8) == 0o022


def test_an_action_begins_with_every_hook(unpacked: Path) -> None:
    (unpacked / ".passed-over").write_text("kafka-relation-changed\n")
    assert ran(unpacked, "actions/rotate", CHANGED) == ["actions/rotate", CHANGED]


def test_a_hook_is_passed_over_unless_the_other_side_has_said_something(unpacked: Path) -> None:
    tool(unpacked, '[ "$*" = "--app task kafka" ] && cat "$(dirname "$0")/said"')
    (unpacked / "said").write_text("")
    (unpacked / ".passed-over").write_text("operations-relation-changed task\n")
    assert ran(unpacked, ASKED) == []
    (unpacked / "said").write_text('{"verb": "snapshot"}')
    assert ran(unpacked, ASKED) == [ASKED]
    # That run has said nothing new.
    (unpacked / "said").write_text("")
    assert ran(unpacked, ASKED) == [ASKED]


def test_what_a_unit_has_said_counts_as_well(unpacked: Path) -> None:
    tool(unpacked, '[ "$1" = --app ] || { [ "$*" = "users kafka/0" ] && echo relation-7; }')
    (unpacked / ".passed-over").write_text("kafka-relation-changed users\n")
    # What the application says comes without a unit.
    assert ran(unpacked, CHANGED) == []
    assert ran(unpacked, CHANGED, unit="kafka/0") == [CHANGED]


def test_while_an_application_says_the_same_its_units_wake_nobody(unpacked: Path) -> None:
    tool(unpacked, '[ "$*" = "--format=json --app - kafka" ] && cat "$(dirname "$0")/said"')
    bag = {"topic": "flights", "extra-user-roles": "<producer> & consumer"}
    (unpacked / "said").write_text(
        '{"extra-user-roles":"\\u003cproducer\\u003e \\u0026 consumer","topic":"flights"}\n'
    )
    heard = f"kafka-relation-changed =3 {digest({})}\nkafka-relation-changed =4 {digest(bag)}\n"
    (unpacked / ".passed-over").write_text(heard)
    assert ran(unpacked, CHANGED, unit="kafka/0") == []
    # Another relation, to which nobody has listened.
    assert ran(unpacked, CHANGED, unit="kafka/0", relation="kafka:5") == [CHANGED]
    (unpacked / ".passed-over").write_text(heard)
    (unpacked / "said").write_text('{"topic":"flights"}\n')
    assert ran(unpacked, CHANGED, unit="kafka/0") == [CHANGED]


def test_a_hook_runs_when_it_cannot_be_known_what_was_said(unpacked: Path) -> None:
    tool(unpacked, "exit 1")
    (unpacked / ".passed-over").write_text("operations-relation-changed task\n")
    assert ran(unpacked, ASKED) == [ASKED]


def test_an_action_is_no_hook_of_that_name(unpacked: Path) -> None:
    assert ran(unpacked, "actions/config-changed") == ["actions/config-changed"]


def test_a_charm_of_others_gets_every_hook() -> None:
    assert "relation-joined" in pack.dispatch("ours", "3.12", reconciles=True)
    assert "relation-joined" not in pack.dispatch("theirs", "3.12", reconciles=False)
