# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The canary's meter as a process of its own, and others who count the same."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from dataops.evidence import Evidence, Phase
from dataops.evidence.meter.client import unpack
from dataops.evidence.meter.orders import Login, Orders, Report
from tests.integration.clients import Places
from tests.integration.processes import eventually
from tools.demo.pipeline import Credentials

ROOT = Path(__file__).resolve().parent.parent.parent


def login(access: Credentials) -> Login:
    """A customer's access as the meter takes it."""
    return Login(
        endpoints=access.endpoints,
        username=access.username,
        password=access.password,
        tls=bool(access.ca),
        ca=access.ca,
        topics=access.topic.removesuffix("*"),
        group=f"{access.group}-meter",
    )


class RunningMeter:
    """A meter that runs while the context lasts.

    Attributes:
        orders: what it was told last.
        process: the present process.
    """

    def __init__(self, directory: Path, orders: Orders) -> None:
        self._directory = directory
        self.orders = orders
        orders.write(directory)
        self.start()

    def __enter__(self) -> RunningMeter:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def start(self) -> None:
        """A process, which goes on where an earlier one ended."""
        command = [sys.executable, "-m", "dataops.evidence.meter", str(self._directory)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "lib" / "src")}
        with (self._directory / "meter.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def kill(self) -> None:
        """SIGKILL, and the proof that it is gone."""
        self.process.kill()
        assert self.process.wait(60) == -9
        assert not psutil.pid_exists(self.process.pid)

    def order(self, **changes: object) -> None:
        """Change the orders."""
        self.orders = self.orders.model_copy(update=changes)
        self.orders.write(self._directory)

    def report(self) -> Report:
        """The newest report."""
        found = Report.read(self._directory)
        assert found is not None, "there is no report yet"
        return found

    def evidence(self) -> Evidence:
        """The figures of the newest report."""
        found = self.report().evidence
        assert found is not None
        return found

    def settled(self, patience: float = 60) -> Evidence:
        """The figures once the phase has been measured for long enough."""
        eventually(lambda: self.report().settled, patience, "the canary has measured")
        return self.evidence()

    def enter(self, phase: Phase) -> None:
        """Switch, and wait until the meter has."""
        self.order(phase=phase)
        eventually(lambda: self.report().phase is phase, 60, f"the canary counts in {phase}")

    def progress(self, records: int, patience: float = 120) -> None:
        """Wait until so many more records are acknowledged."""
        goal = self.evidence().acknowledged + records
        eventually(lambda: self.evidence().acknowledged >= goal, patience, f"{records} more")

    def end(self) -> Evidence:
        """The final figures."""
        self.order(ending=True)
        assert self.process.wait(90) == 0
        assert self.report().ended
        return self.evidence()


@dataclass
class Witness:
    """Another writer, to one partition of the canary's topic: sees the same gaps on its own.

    Attributes:
        acknowledged, failed: how many of its records.
        longest_gap: longest time between two acknowledgements, in seconds.
    """

    access: Credentials
    topic: str
    partition: int
    acknowledged: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    longest_gap: float = 0.0
    _last: float = 0.0

    def __enter__(self) -> Witness:
        self._stop = threading.Event()
        self._producer = Producer({**self.access.client(), "enable.idempotence": True})
        self._thread = threading.Thread(target=self._write, name="witness")
        self._thread.start()
        eventually(lambda: self.acknowledged > 20, 60, "the witness writes")
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)
        self._producer.flush(60)

    def _write(self) -> None:
        while not self._stop.is_set():
            # Not what the meter writes: it passes over these.
            self._producer.produce(
                self.topic, b"witness", partition=self.partition, on_delivery=self._delivered
            )
            self._producer.poll(0.02)

    def _delivered(self, error: KafkaError | None, _message: Message) -> None:
        now = time.monotonic()
        if error is not None:
            self.failed[error.name()] += 1
            return
        self.longest_gap = max(self.longest_gap, now - (self._last or now))
        self._last = now
        self.acknowledged += 1


def count(access: Credentials, topic: str, run: int) -> Counter[tuple[int, int, int]]:
    """Every record of a run as it lies in the topic: lane, partition and number, how often."""
    settings = {**access.client(), "group.id": access.group, "enable.auto.commit": False}
    consumer = Consumer({**settings, "enable.partition.eof": True})
    seen: Counter[tuple[int, int, int]] = Counter()
    places = Places()
    try:
        partitions = consumer.list_topics(topic, timeout=20).topics[topic].partitions
        consumer.assign([TopicPartition(topic, p, 0) for p in partitions])
        left = set(partitions)
        while left:
            message = consumer.poll(20)
            assert message is not None, f"partitions {left} of {topic} do not end"
            error, partition = message.error(), message.partition()
            if error is None and partition is not None:
                found = unpack(message, run)
                if found is not None and places.new(message):
                    seen[found[0], partition, found[1]] += 1
            elif error is not None and error.code() == KafkaError._PARTITION_EOF:
                left.discard(partition)
            elif error is not None:
                raise KafkaException(error)
    finally:
        consumer.close()
    return seen


def leaders(access: Credentials, topic: str) -> dict[int, int]:
    """The broker that leads each partition."""
    found = Producer(access.client()).list_topics(topic, timeout=20).topics[topic]
    return {number: partition.leader for number, partition in found.partitions.items()}
