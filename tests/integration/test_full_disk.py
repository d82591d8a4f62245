# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A disk that runs full below a cluster in use, and is made room on: the whole of it is small."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jubilant
import psutil
import pytest

from tests.integration import one_broker, whole_bundle
from tests.integration.conftest import OUR_JUJU, engine_in
from tests.integration.processes import eventually, of_unit, one_of_unit, runs

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")

# A broker begins only where there is room for 1 GiB more.
_SIZE = 2500 << 20
_LITTLE = 100 << 20
_CHUNK = bytes(1 << 20)


class Ballast:
    """A file that takes the room of a disk.

    Args:
        disk: where the disk is mounted.
    """

    def __init__(self, disk: Path) -> None:
        self._disk, self._file = disk, disk / "ballast"

    def leave(self, room: int) -> None:
        """Take all but so many bytes, and prove it; others may write meanwhile."""
        with self._file.open("ab", buffering=0) as file:
            try:
                while shutil.disk_usage(self._disk).free > room:
                    file.write(_CHUNK)
            except OSError as error:
                assert "No space left" in str(error), error
        assert shutil.disk_usage(self._disk).free < room + len(_CHUNK)

    def give_back(self) -> None:
        self._file.unlink()


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small one, with nothing on it."""
    mounted = tmp_path_factory.mktemp("disk")
    size = f"size={_SIZE}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", mounted], check=True)
    try:
        yield mounted
    finally:
        subprocess.run(["umount", mounted], check=True)


@pytest.fixture(scope="module")
def model(disk: Path, juju_binary: Path) -> Iterator[jubilant.Juju]:
    """One broker with a customer; engine, charms and records share the small disk."""
    if juju_binary != OUR_JUJU:
        pytest.skip("where the machines of another controller keep their files is its own affair")
    with engine_in(disk, juju_binary):
        juju = jubilant.Juju(cli_binary=os.fspath(juju_binary))
        juju.add_model("small-disk")
        juju.model_config({"update-status-hook-interval": "10s"})
        yield one_broker.deploy(juju)


def kafka(model: jubilant.Juju) -> tuple[str, str]:
    """What the unit says: its workload's status and the message with it."""
    told = model.status().apps["kafka"].units["kafka/0"].workload_status
    return told.current, told.message


def test_a_disk_that_runs_full_is_told_of_before_and_survived(
    model: jubilant.Juju, disk: Path
) -> None:
    ballast = Ballast(disk)
    uuid = model.show_model().model_uuid
    with whole_bundle.writing(whole_bundle.customer(model)) as writer:
        writer.progress()
        ballast.leave(_LITTLE)
        eventually(lambda: "disk full" in kafka(model)[1], 120, "a status that tells of the disk")
        assert kafka(model)[0] == "blocked"
        writer.progress()

        broker = one_of_unit("kafka/0", uuid, "kafka.Kafka")
        eventually(lambda: filled(ballast, broker), 180, "the end of the broker on a full disk")
        ballast.give_back()
        eventually(lambda: of_unit("kafka/0", uuid, "kafka.Kafka"), 120, "a broker again")
        writer.progress()
    model.wait(jubilant.all_active, timeout=300, delay=2)


def filled(ballast: Ballast, broker: psutil.Process) -> bool:
    """Whether the broker has ended; what it gives back before that is taken again."""
    ballast.leave(0)
    return not runs(broker)
