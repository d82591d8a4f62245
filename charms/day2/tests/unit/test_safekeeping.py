# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""When the keeper is begun."""

import dataclasses
import json
import stat

import pytest
from pydantic import SecretStr
from world import NOON

from archive import Archive
from dataops.host.paths import UnitPaths
from dataops.objectstore import Target
from dataops.testing import FakeServices
from journal import Kind, append
from keeper import Charge, Kept
from observed import Observed
from safekeeping import NAME, Safekeeping

JOURNAL = append((), NOON, Kind.REQUESTED, 1, {})
STORE = Target(
    kind="s3",
    bucket="b",
    path="team",
    access_key=SecretStr("AKID"),
    secret_key=SecretStr("a-secret-key"),
)


@pytest.fixture
def services():
    return FakeServices()


@pytest.fixture
def keeping(tmp_path, services):
    return Safekeeping(UnitPaths(tmp_path / "workload"), services)


@pytest.fixture
def observed():
    return Observed(
        unit="day2/0", model="m", leader=True, journal=JOURNAL, store=STORE, model_uuid="uuid"
    )


def test_news_begin_it_with_what_nobody_else_may_read(keeping, observed, services, tmp_path):
    assert keeping.tend(observed, Archive(tmp_path / "data"))
    command = services.running[NAME].command
    path = keeping.state.with_name("keeper.json")
    assert command[-1] == str(path) and "a-secret-key" not in " ".join(command)
    assert "a-secret-key" not in json.dumps(dict(services.running[NAME].environment))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    charge = Charge.model_validate_json(path.read_text())
    assert charge.store.describe().startswith("s3://b/team/day2/uuid/day2 at")
    assert charge.store.secret_key.get_secret_value() == "a-secret-key"
    assert charge.journal == tmp_path / "data" / "journal.jsonl"


def test_it_is_begun_once_and_not_for_nothing(keeping, observed, services, tmp_path):
    archive = Archive(tmp_path / "data")
    keeping.tend(observed, archive)
    assert not keeping.tend(observed, archive)
    services.stop(NAME)
    keeping.state.write_text(Kept(number=1).model_dump_json())
    assert not keeping.tend(observed, archive)
    assert keeping.problem == ""
    keeping.state.write_text(Kept(number=1, problem="no answer").model_dump_json())
    assert keeping.problem == "no answer"
    assert keeping.tend(observed, archive)


def test_another_store_has_nothing_yet(keeping, observed, services, tmp_path):
    archive = Archive(tmp_path / "data")
    keeping.tend(observed, archive)
    services.stop(NAME)
    keeping.state.write_text(Kept(number=1).model_dump_json())
    other = STORE.model_copy(update={"bucket": "other"})
    assert keeping.tend(dataclasses.replace(observed, store=other), archive)


@pytest.mark.parametrize("changes", [{"leader": False}, {"store": None}])
def test_who_has_no_store_or_does_not_lead_keeps_no_keys(
    keeping, observed, services, tmp_path, changes
):
    keeping.tend(observed, Archive(tmp_path / "data"))
    services.stop(NAME)
    assert not keeping.tend(dataclasses.replace(observed, **changes), Archive(tmp_path / "data"))
    assert not keeping.state.with_name("keeper.json").exists()
