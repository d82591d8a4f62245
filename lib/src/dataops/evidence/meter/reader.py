# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The consumer: reads every partition from where the account stands, in a thread of its own.

Only that thread calls a consumer in use: the library makes all others wait while it polls.
"""

import contextlib
import threading
import time
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from dataops.evidence.meter.client import Library, consuming, unpack
from dataops.evidence.meter.ledger import Ledger
from dataops.evidence.meter.orders import Login

_WAIT = 0.2
_HANDFUL = 500
_ANSWER = 10.0
_PAUSE = 1.0


class Reader:
    """Tells the ledger of every record that comes back.

    Args:
        library: where consumers come from.
        run: whose records count.
        ledger: is told of everything; its account has the topic and the positions.
        clock: seconds that do not jump.

    Attributes:
        complaint: why it cannot read; empty while it can.
    """

    def __init__(
        self,
        library: Library,
        run: int,
        ledger: Ledger,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._library = library
        self._run = run
        self._ledger = ledger
        self._clock = clock
        self._wanted: Login | None = None
        self._ready: Consumer | None = None
        self._consumer: Consumer | None = None
        self._lock = threading.Lock()
        self._leaving = threading.Event()
        self._finishing = False
        self._ends: dict[int, int] = {}
        self._threads: list[threading.Thread] = []
        self.complaint = ""

    def start(self, login: Login) -> None:
        """Begin to read at the end of every partition, or where the account stands.

        Raises:
            KafkaException: the ends cannot be asked for: try again.
        """
        consumer = self._library.consumer(consuming(login))
        try:
            for partition in range(self._ledger.account.partitions):
                _, end = consumer.get_watermark_offsets(self._at(partition), timeout=_ANSWER)
                if partition not in self._ledger.account.positions:
                    self._ledger.note("reads", partition, end)
        except KafkaException:
            consumer.close()
            raise
        self._wanted, self._ready = login, consumer
        self._spawn(self._read)

    def follow(self, login: Login) -> None:
        """Go over to another login as soon as it works; until then read on with the old one."""
        self._wanted = login
        self._spawn(lambda: self._prepare(login))

    def exhausted(self, seconds: float) -> tuple[int, ...]:
        """The partitions that were read to the end they have now, within so many seconds."""
        deadline = self._clock() + seconds
        done: set[int] = set()
        self._finishing = True
        while len(done) < self._ledger.account.partitions and self._clock() < deadline:
            time.sleep(0.02)
            self._ledger.write()
            positions, ends = self._ledger.account.positions, dict(self._ends)
            done = {p for p, end in ends.items() if positions.get(p, 0) >= end}
        return tuple(sorted(done))

    def close(self) -> None:
        """Read no more."""
        self._leaving.set()
        for thread in self._threads:
            thread.join(_ANSWER + _WAIT)

    def _spawn(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="reader", daemon=True)
        self._threads = [t for t in self._threads if t.is_alive()] + [thread]
        thread.start()

    def _at(self, partition: int, offset: int | None = None) -> TopicPartition:
        topic = self._ledger.account.topic
        if offset is None:
            return TopicPartition(topic, partition)
        return TopicPartition(topic, partition, offset)

    def _ask_ends(self) -> None:
        """Learn where the partitions end, those of which it is not known yet."""
        assert self._consumer is not None
        for partition in set(range(self._ledger.account.partitions)) - set(self._ends):
            with contextlib.suppress(KafkaException):
                where = self._at(partition)
                _, self._ends[partition] = self._consumer.get_watermark_offsets(where, timeout=2)

    def _prepare(self, login: Login) -> None:
        """Connect a new consumer to every leader before the old one is left."""
        while self._wanted == login and not self._leaving.is_set():
            consumer = self._library.consumer(consuming(login))
            try:
                for partition in range(self._ledger.account.partitions):
                    consumer.get_watermark_offsets(self._at(partition), timeout=_ANSWER)
            except KafkaException as error:
                self.complaint = error.args[0].str()
                consumer.close()
                self._leaving.wait(_PAUSE)
                continue
            with self._lock:
                self._ready, surplus = consumer, self._ready
            if surplus is not None:
                surplus.close()
            return

    def _read(self) -> None:
        """Until told to leave: take what comes."""
        while not self._leaving.is_set():
            self._change_over()
            if self._finishing:
                self._ask_ends()
            try:
                self._receive()
            except KafkaException as error:
                self.complaint = error.args[0].str()
        assert self._consumer is not None
        self._consumer.close()

    def _receive(self) -> None:
        """Take what a broker has answered, or nothing after a moment."""
        assert self._consumer is not None
        message = self._consumer.poll(_WAIT)
        if message is None:
            return
        self._take(message)
        for one in self._consumer.consume(_HANDFUL, 0):
            self._take(one)

    def _change_over(self) -> None:
        """Take the consumer that is ready, and go on exactly where the old one was."""
        with self._lock:
            ready, self._ready = self._ready, None
        if ready is None:
            return
        old, self._consumer = self._consumer, ready
        self._ledger.write()
        positions = self._ledger.account.positions
        ready.assign([self._at(p, positions[p]) for p in sorted(positions)])
        self.complaint = ""
        if old is not None:
            self._spawn(old.close)

    def _take(self, message: Message) -> None:
        partition, offset = message.partition(), message.offset()
        error = message.error()
        if error is not None:
            self._trouble(error, partition)
            return
        assert partition is not None and offset is not None
        self.complaint = ""
        mine = unpack(message, self._run)
        if mine is None:
            self._ledger.note("reads", partition, offset + 1)
            return
        lane, number = mine
        self._ledger.note("read", lane, partition, number, offset, self._clock() * 1000)

    def _trouble(self, error: KafkaError, partition: int | None) -> None:
        if error.code() != KafkaError._AUTO_OFFSET_RESET or partition is None:
            self.complaint = error.str()
            return
        # The broker no longer has, or never had, what is at our position.
        assert self._consumer is not None
        with contextlib.suppress(KafkaException):
            where = self._at(partition)
            low, high = self._consumer.get_watermark_offsets(where, timeout=_ANSWER)
            self._ledger.write()
            position = min(max(self._ledger.account.positions[partition], low), high)
            self._ledger.note("reads", partition, position)
            self._consumer.seek(self._at(partition, position))
