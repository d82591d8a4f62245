# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One producer's life: it numbers its records, and tells the ledger what became of each."""

import collections
import math
import time
from collections.abc import Callable, Iterable

from confluent_kafka import KafkaError, KafkaException, Message

from dataops.evidence.meter.client import Library, pack, producing, unpack
from dataops.evidence.meter.ledger import Ledger
from dataops.evidence.meter.orders import Login

# Refusals that no patience mends. The names with an underscore are the library's public ones.
_REFUSED = frozenset(
    {
        KafkaError._AUTHENTICATION,
        KafkaError._SSL,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    }
)
_GREETING = b"greeting"
_GREETINGS = 10


class Lane:
    """A producer.

    Args:
        library: where producers come from.
        login: how to reach the cluster.
        run: marks the records.
        ledger: is told of everything; its account has the topic.
        clock: seconds that do not jump.

    Attributes:
        login: how it reaches the cluster.
        proved: whether every partition has acknowledged what it needs of `greet`.
        complaint: why the brokers refuse it; empty while they do not.
        fatal: whether the library will never deliver anything again.
    """

    def __init__(
        self,
        library: Library,
        login: Login,
        run: int,
        ledger: Ledger,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.login = login
        self._run = run
        self._ledger = ledger
        self._clock = clock
        self._next: dict[int, int] = {}
        self._greeted: set[int] = set()
        self._welcomes: collections.Counter[int] = collections.Counter()
        self.proved = False
        self.complaint = ""
        self.fatal = False
        ledger.note("opened")
        self._lane = ledger.account.lane
        self._topic = ledger.account.topic
        self._producer = library.producer({**producing(login), "error_cb": self._on_error})

    def greet(self) -> None:
        """Send what nobody counts, one record at a time, until the producer is proved.

        A producer's first records wait for connections and for its number: that is the cost of
        its beginning and not of an operation.
        """
        for partition in range(self._ledger.account.partitions):
            if self._welcomes[partition] < _GREETINGS and partition not in self._greeted:
                self._greeted.add(partition)
                self._producer.produce(
                    self._topic, _GREETING, partition=partition, on_delivery=self._welcomed
                )

    @property
    def empty(self) -> bool:
        """Whether nothing is in flight."""
        return len(self._producer) == 0

    def send(self, partitions: Iterable[int]) -> None:
        """Send the next record to each; what the library does not take has failed."""
        numbers: dict[int, int] = {}
        for partition in partitions:
            numbers[partition] = self._next.get(partition, 0)
            self._next[partition] = numbers[partition] + 1
            self._ledger.note("sent", self._lane, partition, numbers[partition], self._now())
        # A record that is under way when we are killed must be known.
        self._ledger.write()
        for partition, number in numbers.items():
            self._produce(partition, number)

    def _produce(self, partition: int, number: int) -> None:
        try:
            self._producer.produce(
                self._topic,
                pack(self._run, self._lane, number),
                partition=partition,
                on_delivery=self._delivered,
            )
        except BufferError:
            self._ledger.note("failed", self._lane, partition, number, "_QUEUE_FULL")
        except KafkaException as error:
            self._ledger.note("failed", self._lane, partition, number, error.args[0].name())

    def poll(self, seconds: float) -> None:
        """Hear what became of records; returns at the first news, or after so many seconds."""
        # The library drops what is less than a millisecond: whoever waits for that would spin.
        self._producer.poll(math.ceil(seconds * 1000) / 1000)

    def abandon(self) -> None:
        """Give up what is in flight: each record has failed."""
        self._producer.purge()
        self._producer.flush(1)

    def _now(self) -> float:
        return self._clock() * 1000

    def _welcomed(self, error: KafkaError | None, message: Message) -> None:
        partition = message.partition()
        assert partition is not None
        self._greeted.discard(partition)
        self.complaint = "" if error is None else error.str()
        self._welcomes[partition] += error is None
        partitions = range(self._ledger.account.partitions)
        self.proved = all(self._welcomes[one] >= _GREETINGS for one in partitions)

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        mine = unpack(message, self._run)
        partition = message.partition()
        assert mine is not None and partition is not None
        lane, number = mine
        if error is not None:
            if error.code() in _REFUSED:
                self.complaint = error.str()
            self._ledger.note("failed", lane, partition, number, error.name())
            return
        self.complaint = ""
        took = (message.latency() or 0.0) * 1000
        self._ledger.note("acknowledged", lane, partition, number, took, self._now())

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal():
            self.fatal = True
        if error.fatal() or error.code() in _REFUSED:
            self.complaint = error.str()
