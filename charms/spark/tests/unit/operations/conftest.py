# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A unit whose workload runs without processes, and the context of its verbs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from certificate_story import Site
from factory import observed

from cluster import Spark
from dataops.host.paths import UnitPaths
from dataops.objectstore import Target
from dataops.testing import FakePackages, FakeServices
from job_store import JobStore
from observed import Observed
from plan import plan

Call = Callable[..., Any]


@pytest.fixture
def facts(spark: Spark, data: Path) -> Callable[..., Observed]:
    """The unit's facts as its storage has them now; everything planned runs."""

    def read(**fields: Any) -> Observed:
        store = JobStore(data)
        found = observed(data, stopped=store.stopped(), submitted=store.submitted(), **fields)
        spark.converge(plan(found))
        return found

    return read


@pytest.fixture
def site(
    charm_dir: Path,
    unit_paths: UnitPaths,
    fake_services: FakeServices,
    fake_packages: FakePackages,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    """A unit that serves its first certificate."""
    made = Site(charm_dir, unit_paths, fake_services, tmp_path, monkeypatch)
    made.answered()
    return made


UUID = "12345678-0000-4000-8000-000000000000"
OFFSETS = 'v1\n{}\n{"flights":{"0":120}}\n'


@pytest.fixture
def unit(spark: Spark, facts: Callable[..., Observed], data: Path, tmp_path: Path) -> Call:
    """Calls a verb of spark/0, which has a store and a checkpoint."""
    (tmp_path / "store").mkdir()
    store = Target(kind="local", directory=str(tmp_path / "store"))
    for name, text in (("offsets/3", OFFSETS), ("commits/2", "v1"), ("state/0/0/3.delta", "x")):
        path = data / "checkpoints" / "flights-hourly" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def call(verb: Any, params: dict[str, Any] | None = None, **fields: Any) -> Any:
        fields = {"store": store, "model": "m", "model_uuid": UUID, **fields}
        return verb.call(facts(**fields), spark, params or {})

    return call
