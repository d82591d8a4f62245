# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Machines on this host and the rooms of their units: what lies where."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from onebox import machine
from onebox.home import SOCKET_LIMIT, Home, short_socket
from onebox.rooms import UnitRoom, room_of

if TYPE_CHECKING:
    from conftest import World


@pytest.fixture
def room(world: World, tmp_path: Path) -> UnitRoom:
    world.deploy("app")
    return UnitRoom.of(Home(tmp_path), world.model, "app/0")


def test_a_machine_looks_as_under_juju(room: UnitRoom, tmp_path: Path) -> None:
    root = tmp_path / "models/m-000000/machines/0"
    assert room.charm == root / "var/lib/juju/agents/unit-app-0/charm"
    assert room.tools == root / "var/lib/juju/tools/unit-app-0"
    assert room.log == root / "var/log/juju/unit-app-0.log"
    assert room.machine.path("/srv/data") == root / "srv/data"


def test_sockets_fit_however_long_the_path_is(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 200) / "agent.socket"
    assert len(str(short_socket(long))) <= SOCKET_LIMIT
    assert short_socket(long) == short_socket(long)
    assert short_socket(Path("/a/agent.socket")) == Path("/a/agent.socket")


def test_a_resource_shares_its_bytes(room: UnitRoom, tmp_path: Path) -> None:
    blob = tmp_path / "blob"
    blob.write_text("1")
    path = room.resource("data.txt", blob)
    assert path == room.base / "resources/data.txt"
    assert path.samefile(blob)
    assert room.resource("data.txt", blob) == path
    other = tmp_path / "other"
    other.write_text("2")
    assert room.resource("data.txt", other).read_text() == "2"


def test_a_resource_is_copied_once_to_another_file_system(
    room: UnitRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(Path, "hardlink_to", refused)
    blobs = {text: tmp_path / f"blob-{text}" for text in "12"}
    for text, blob in blobs.items():
        blob.write_text(text)
    first = room.resource("data.txt", blobs["1"]).stat()
    assert os.path.samestat(room.resource("data.txt", blobs["1"]).stat(), first)
    for text in "21":
        assert room.resource("data.txt", blobs[text]).read_text() == text


def test_a_host_without_python_gets_ours_at_the_end(
    room: UnitRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    standard = f"{room.tools}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert room.search_path() == standard
    monkeypatch.setattr(machine.shutil, "which", lambda name, path: None)
    path = room.search_path()
    assert path.startswith(f"{standard}:")
    assert (Path(path.rpartition(":")[2]) / "python3").resolve() == Path(sys.executable).resolve()


def test_directories_go_even_where_writing_was_forbidden(room: UnitRoom) -> None:
    room.prepare()
    (room.base / "closed").mkdir()
    (room.base / "closed/file").touch()
    (room.base / "closed").chmod(0o500)
    room.machine.remove()
    assert not room.machine.root.exists()


def test_rooms_of_containers_have_plain_names(world: World, tmp_path: Path) -> None:
    room = room_of(Home(tmp_path), world.model, "0/lxd/1")
    assert room.root.name == "0-lxd-1"
