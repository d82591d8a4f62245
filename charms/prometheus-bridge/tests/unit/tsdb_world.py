# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A unit with a store, and a real Prometheus on its storage; promtool is the judge."""

import contextlib
import shutil
import subprocess
import time

from factory import observed

from condition import Condition
from dataops.objectstore import Target

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

    def write(self, path, content):
        """A file of Prometheus'."""
        place = self.data / "prometheus" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_bytes(content)

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
