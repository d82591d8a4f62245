# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Samples of a Prometheus that runs, there and back; promtool is the judge."""

import contextlib
import shutil
import subprocess
import time

import pytest
from factory import observed

from condition import Condition
from dataops.host import services
from dataops.host.services import Service
from dataops.objectstore import Target
from dataops.operations import OperationError
from dataops.testing import FakeServices
from operations.create_backup import VERB as CREATE
from operations.list_backups import VERB as LIST
from operations.restore import VERB as RESTORE
from operations.verify_backup import VERB as VERIFY

ADDRESS = "127.47.9.61:9190"
CONFIG = f"""
global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}
scrape_configs: [{{job_name: own, static_configs: [{{targets: ["{ADDRESS}"]}}]}}]
"""
OLD = '# TYPE sold counter\nsold_total{{shop="a"}} 42 {at}\n# EOF\n'


class Bridge:
    """The workload, as far as these verbs ask it."""

    user = None

    def condition(self, url, data, user):
        return Condition(version="2.42.0")


class Unit:
    """A unit with a store and a storage."""

    def __init__(self, root, promtool):
        self.root, self.data, self._promtool = root, root / "data", promtool
        (root / "store").mkdir()
        self.data.mkdir()
        self._store = Target(kind="local", directory=str(root / "store"))

    def call(self, verb, params=None, **changes):
        facts = observed(self.root, data=self.data, **{"store": self._store, **changes})
        return verb.call(facts, Bridge(), params or {})

    def logged(self):
        """Bytes in the write-ahead log."""
        return sum(path.stat().st_size for path in self.data.glob("prometheus/wal/[0-9]*"))

    def dump(self, name="prometheus"):
        """Every sample, as promtool reads them from the disk."""
        done = subprocess.run(
            [str(self._promtool), "tsdb", "dump", str(self.data / name)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return set(done.stdout.splitlines())

    @contextlib.contextmanager
    def prometheus(self):
        """It runs, with a block from long ago and a scrape every now and then."""
        (self.root / "old.txt").write_text(OLD.format(at=int(time.time()) - 5 * 3600))
        subprocess.run(
            [str(self._promtool), "tsdb", "create-blocks-from", "openmetrics",
             str(self.root / "old.txt"), str(self.data / "prometheus")],
            capture_output=True, check=True,
        )  # fmt: skip
        (self.root / "prometheus.yml").write_text(CONFIG)
        with (self.root / "log").open("w") as log:
            process = subprocess.Popen(
                [shutil.which("prometheus") or "", f"--config.file={self.root}/prometheus.yml",
                 f"--storage.tsdb.path={self.data}/prometheus",
                 f"--web.listen-address={ADDRESS}"],
                stderr=log,
            )  # fmt: skip
            try:
                yield
            finally:
                process.terminate()
                process.wait(60)


@pytest.fixture
def unit(tmp_path, promtool, monkeypatch):
    fake = FakeServices()
    fake.ensure(Service(name="prometheus", command=("/usr/bin/prometheus",)))
    fake.start("prometheus")
    monkeypatch.setattr(services, "manager", lambda paths, unit: fake)
    made = Unit(tmp_path, promtool)
    made.services = fake
    return made


def test_every_sample_before_the_backup_comes_back(unit):
    with unit.prometheus():
        end = time.monotonic() + 60
        while unit.logged() < 40_000:
            assert time.monotonic() < end, (unit.root / "log").read_text()
            time.sleep(0.05)
        began = time.time() * 1000
        made = unit.call(CREATE)
        then = unit.logged()
        while unit.logged() == then:
            assert time.monotonic() < end
            time.sleep(0.05)
    live = unit.dump()
    assert "every hash" in unit.call(VERIFY).summary
    assert unit.call(LIST).backups[0].files == made.files
    restored = unit.call(RESTORE, {"confirm": "prometheus/0"})
    assert restored.id == made.id
    assert unit.services.journal[-2:] == [("stop", "prometheus"), ("restart", "prometheus")]
    back = unit.dump()
    (aside,) = unit.data.glob("replaced-*")
    assert unit.dump(aside.name) == live
    assert back < live
    # A scrape that was under way at the cut may be in it or not.
    assert {line for line in live if int(line.rpartition(" ")[2]) < began - 1000} <= back
    assert any("sold_total" in line for line in back)


def test_it_has_to_be_meant(unit):
    with pytest.raises(OperationError, match="confirm=prometheus/0"):
        unit.call(RESTORE, {"confirm": "yes"})


def test_without_a_store_it_says_how_to_get_one(unit):
    with pytest.raises(OperationError, match="backup-directory"):
        unit.call(CREATE, store=None)
