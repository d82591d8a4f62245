# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import socket
from pathlib import Path

import pytest
from factory import AGREEMENT, observed

from cluster import Spark
from condition import look
from dataops.host.paths import UnitPaths
from dataops.testing import FakePackages, FakeServices
from installation import Installation
from job_progress import Progress
from plan import plan


@pytest.fixture
def spark(
    unit_paths: UnitPaths,
    fake_services: FakeServices,
    fake_packages: FakePackages,
    charm_dir: Path,
) -> Spark:
    return Spark(unit_paths, fake_services, Installation(unit_paths.root / "spark", charm_dir))


def test_sees_what_runs_and_how_far_it_is(
    spark: Spark, tmp_path: Path, fake_services: FakeServices
) -> None:
    facts = observed(tmp_path)
    spark.converge(plan(facts))
    Progress(state="running", batch=4).save(spark.progress_file("flights-hourly"))
    fake_services.crash("worker")
    found = look(spark, facts)
    assert found.daemons == {"master": True, "worker": False, "history": True}
    assert found.jobs == {"flights-hourly": True}
    assert found.progress["flights-hourly"].batch == 4
    assert found.free and found.free > 0


def test_before_anything_is_known(spark: Spark) -> None:
    found = look(spark, observed(None, secret=""))
    assert (found.daemons, found.taken, found.free, found.version) == ({}, (), None, "")


def free(other: socket.socket, port: int) -> bool:
    """Whether the port could be taken; it then is."""
    try:
        other.bind(("127.0.0.1", port))
    except OSError:
        return False
    other.listen()
    return True


def test_a_taken_port_matters_only_while_our_process_is_absent(
    spark: Spark, tmp_path: Path, fake_services: FakeServices
) -> None:
    with socket.socket() as other:
        offset = next(n for n in range(15000, 16000) if free(other, 7077 + n))
        agreement = AGREEMENT.model_copy(update={"port_offset": offset, "master": "127.0.0.1"})
        facts = observed(tmp_path, address="127.0.0.1", agreement=agreement)
        other.close()
        spark.converge(plan(facts))
    with socket.socket() as other:
        assert free(other, 7077 + offset)
        assert look(spark, facts).taken == ()
        fake_services.crash("master")
        assert look(spark, facts).taken == (7077 + offset,)
