# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What customers run beside a producer in Python: one in Java, and a job of Spark.

The one in Java is Kafka's own verifiable producer; the job writes again what it reads.
"""

from __future__ import annotations

import datetime
import itertools
import json
import signal
import subprocess
import tempfile
import threading
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.integration.clients import records
from tests.integration.plain_broker import libraries
from tests.integration.processes import eventually
from tools.demo.pipeline import Credentials

#: What the job of Spark does: every record of one topic once more into another one.
JOB = """
- name: echo
  input:
    topic: orders
    schema: id STRING, at TIMESTAMP
    event-time: at
    watermark: 1 minute
  sql: SELECT id AS key, id FROM input
  output: {topic: echo, key: key}
  trigger: 1 second
"""
_PROGRAM = "org.apache.kafka.tools.VerifiableProducer"
_JVM = ("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


def as_json(key: str) -> bytes:
    """A record's value, as the job reads it."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return json.dumps({"id": key, "at": now.isoformat(timespec="milliseconds")}).encode()


class JavaWriter:
    """Writes numbered records with Kafka's own client, as `Writer` does with another one.

    Args:
        access: the credentials; they stand in a file that nobody else may read.
        turn: of the writer: what its records begin with.
        rate: records a second.

    Attributes:
        acknowledged: value to the number of acknowledgements.
        failed: value to the reason that it was not acknowledged.
        longest_gap: longest time between two acknowledgements, in seconds.
        latencies: none: the program does not tell when it sent a record.
    """

    def __init__(self, access: Credentials, turn: int, rate: float) -> None:
        self._access, self._turn, self._rate = access, turn, rate
        self.acknowledged: Counter[str] = Counter()
        self.failed: dict[str, str] = {}
        self.longest_gap = 0.0
        self.latencies: list[float] = []
        self._last = 0
        self._said: list[str] = []

    def __enter__(self) -> JavaWriter:
        self._directory = tempfile.TemporaryDirectory(prefix="java-writer-")
        config = Path(self._directory.name) / "client.properties"
        # The directory is its owner's alone.
        config.write_text(self._settings(Path(self._directory.name) / "ca.pem"))
        what = ["--topic", self._access.topic, "--bootstrap-server", self._access.endpoints]
        how = ["--throughput", str(round(self._rate)), "--value-prefix", str(self._turn)]
        self._process = subprocess.Popen(
            [
                "java",
                *_JVM,
                "-cp",
                f"{libraries()}/*",
                _PROGRAM,
                *what,
                *how,
                "--acks",
                "-1",
                "--command-config",
                str(config),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._thread = threading.Thread(target=self._listen, name="java-writer")
        self._thread.start()
        self.progress()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            # It then sends what is under way, and says so.
            self._process.send_signal(signal.SIGTERM)
        self._process.wait(120)
        self._thread.join(30)
        self._directory.cleanup()

    def progress(self, records: int = 50, patience: float = 120) -> None:
        """Wait until the brokers acknowledge so many more records."""
        goal = len(self.acknowledged) + records

        def reached() -> bool:
            assert self._process.poll() is None, "\n".join(self._said[-20:])
            return len(self.acknowledged) >= goal

        eventually(reached, patience, f"{records} acknowledgements")

    def _settings(self, authority: Path) -> str:
        access = self._access
        lines = ["enable.idempotence=true", "retries=2147483647", "linger.ms=5"]
        lines += ["delivery.timeout.ms=120000"]
        if access.username:
            module = "org.apache.kafka.common.security.scram.ScramLoginModule"
            login = f'username="{access.username}" password="{access.password}"'
            lines += ["sasl.mechanism=SCRAM-SHA-512"]
            lines += [f"sasl.jaas.config={module} required {login};"]
            lines += [f"security.protocol={'SASL_SSL' if access.ca else 'SASL_PLAINTEXT'}"]
        if access.ca:
            authority.write_text(access.ca)
            lines += ["ssl.truststore.type=PEM", f"ssl.truststore.location={authority}"]
        return "\n".join(lines) + "\n"

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                told: dict[str, Any] = json.loads(line)
            except ValueError:
                self._said.append(line.rstrip())
                continue
            if told["name"] == "producer_send_success":
                now = int(told["timestamp"])
                self.longest_gap = max(self.longest_gap, (now - (self._last or now)) / 1000)
                self._last = now
                self.acknowledged[told["value"]] += 1
            elif told["name"] == "producer_send_error":
                self.failed[told["value"]] = told.get("message", "")


def written(access: Credentials, patience: float = 120) -> list[tuple[float, str]]:
    """When each record of a topic was written, Unix seconds, and its key; in order of time."""
    found = records(access, patience)
    return sorted((one.timestamp()[1] / 1000, (one.key() or b"").decode()) for one in found)


def gap_within(times: list[float], begun: float, ended: float) -> float:
    """The longest time without a record between two moments, in seconds."""
    inside = [begun, *(moment for moment in times if begun <= moment <= ended), ended]
    return max(later - earlier for earlier, later in itertools.pairwise(inside))
