# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Measures: follows its orders, sends, reads, reports, and ends."""

import contextlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from confluent_kafka import KafkaException

from dataops.evidence._figures import Evidence, Phase
from dataops.evidence._limits import breached
from dataops.evidence.meter import topic
from dataops.evidence.meter.client import Library, settings
from dataops.evidence.meter.lane import Lane
from dataops.evidence.meter.ledger import Ledger
from dataops.evidence.meter.orders import Orders, Report
from dataops.evidence.meter.pace import Pace
from dataops.evidence.meter.reader import Reader

_LOOK_SECONDS = 0.1
_TICK_SECONDS = 1.0
_RETRY_SECONDS = 1.0
# A topic that is just made, a user that one broker does not know yet: no reason to complain.
_GRACE_SECONDS = 10.0
# After the last record: as long as the client library tries, and a little more.
_DELIVERY_SECONDS = 35.0
_READING_SECONDS = 20.0
# So often the charm is woken without news, to say whether it still wants this.
_ASK_SECONDS = 300.0
# While two producers are heard in turns, neither waits longer for the other.
_TURN_SECONDS = 0.002


class OtherRun(Exception):  # noqa: N818  it is no error: whoever runs us starts us anew
    """The orders are of another measurement."""


class Meter:
    """One measurement, from its beginning or from where an earlier process left it.

    Args:
        directory: has the orders; gets the account and the reports.
        library: the Kafka client.
        ring: has the charm look.
        clock: seconds that do not jump.
    """

    def __init__(
        self,
        directory: Path,
        *,
        ring: Callable[[], None],
        library: Library | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directory = directory
        self._library = library or Library()
        self._ring = ring
        self._clock = clock
        self._stamp: tuple[int, int] | None = Orders.stamp(directory)
        self._orders = Orders.read(directory)
        self._followed: Orders | None = None
        self._ledger = Ledger(_own_directory(directory, self._orders.run))
        self._lanes: list[Lane] = []
        self._reader = Reader(self._library, self._orders.run, self._ledger, clock)
        self._pace = Pace(self._orders.rate, clock())
        self._reported: tuple[object, ...] = ()
        self._complaint = ""
        self._troubled: float | None = None
        self._leaving = self._measured = False
        self._next_look = self._next_tick = clock()

    @property
    def ended(self) -> bool:
        """Whether nothing more is to come, from any process."""
        return self._ledger.account.ended

    def leave(self) -> None:
        """End soon, without seeing what is under way; the next process goes on."""
        self._leaving = True

    def run(self) -> None:
        """Measure until the orders say that it is over, or until told to leave.

        Raises:
            OtherRun: there are orders for another measurement.
        """
        if self.ended:  # and was killed before it could say so
            self._report()
        else:
            self._measure()
        self._close()

    def _measure(self) -> None:
        """Prepare, send, and see what becomes of it."""
        self._resume()
        ready = self._prepare()
        self._resume()
        if ready:
            self._send()
        if not self._leaving:
            self._end()

    def _resume(self) -> None:
        """Since an earlier process ended, nothing has been measured."""
        if self._ledger.found:
            self._ledger.note("resumed", time.time())

    def _prepare(self) -> bool:
        """Whether the topic and both ends are there and work; tries until it is over."""
        while not self._over():
            try:
                self._begin()
            except (KafkaException, topic.NotReadyError) as error:
                self._complaint = _complaint(self._orders, error)
            else:
                self._complaint = ""
                return self._greet()
            self._report()
            self._pause(_RETRY_SECONDS)
        return False

    def _begin(self) -> None:
        """Find the topic, start to read it, and open a producer."""
        account, login = self._ledger.account, self._orders.login
        if not account.topic:
            chosen = topic.ensure(self._library.admin(settings(login)), login.topics)
            self._ledger.note("chose", chosen.name, chosen.partitions, chosen.uncovered)
        self._reader.start(login)
        self._open()

    def _greet(self) -> bool:
        """Whether the producer is proved; until then nothing is counted."""
        while not self._over():
            lane = self._lanes[-1]
            if lane.proved:
                return True
            self._hear(_LOOK_SECONDS)
            self._tidy()
            self._report_now_and_then()
        return False

    def _open(self) -> None:
        """A new producer; what was the newest goes on until this one is proved."""
        lane = Lane(self._library, self._orders.login, self._orders.run, self._ledger, self._clock)
        self._lanes.append(lane)

    def _send(self) -> None:
        """The measurement proper."""
        self._pace = Pace(self._orders.rate, self._clock())
        while not self._over():
            if self._pace.beat(self._clock()):
                self._sender().send(range(self._ledger.account.partitions))
            self._listen()
            self._tidy()
            self._tick()

    def _listen(self) -> None:
        """Wait for the next beat, and hear meanwhile what becomes of records."""
        now = self._clock()
        until = now + min(self._pace.wait(now), _LOOK_SECONDS)
        while (left := until - self._clock()) > 0:
            self._hear(left)

    def _sender(self) -> Lane:
        """The newest producer that is proved; before there is one, the oldest."""
        proved = [lane for lane in self._lanes if lane.proved]
        return proved[-1] if proved else self._lanes[0]

    def _hear(self, seconds: float) -> None:
        """Wait so long for news of the producers."""
        deadline = self._clock() + seconds
        if len(self._lanes) == 1:
            self._lanes[0].poll(seconds)
            return
        for lane in self._lanes:
            lane.poll(min(max(0.0, deadline - self._clock()), _TURN_SECONDS))

    def _tidy(self) -> None:
        """Prove the newest producer, replace a finished one, and drop those that are done."""
        newest = self._lanes[-1]
        if newest.proved and not newest.fatal and len(self._lanes) == 1:
            return
        if newest.fatal:
            self._lanes.pop().abandon()
            self._open()
        elif not newest.proved:
            newest.greet()
        keep = (self._sender(), self._lanes[-1])
        self._lanes = [lane for lane in self._lanes if lane in keep or not lane.empty]

    def _over(self) -> bool:
        """Whether to send no more; looks at the orders now and then."""
        now = self._clock()
        if now >= self._next_look:
            self._next_look = now + _LOOK_SECONDS
            self._look()
        late = time.time() > self._orders.deadline
        return self._leaving or self._measured or self._orders.ending or late

    def _look(self) -> None:
        """Take the orders as they are now, and follow them."""
        stamp = Orders.stamp(self._directory)
        if stamp is None:
            self.leave()
        elif stamp != self._stamp:
            run = self._orders.run
            self._stamp, self._orders = stamp, Orders.read(self._directory)
            if self._orders.run != run:
                raise OtherRun
        if self._lanes and self._followed is not self._orders:
            self._followed = self._orders
            self._follow()

    def _follow(self) -> None:
        """Go over to the login and the phase of the orders."""
        if self._orders.login != self._lanes[-1].login:
            self._open()
            self._reader.follow(self._orders.login)
        phases = list(Phase)
        wanted, present = self._orders.phase, self._ledger.account.phase
        if phases.index(wanted) > phases.index(present):
            self._ledger.note("switched", wanted.value, self._clock() * 1000, time.time())
            self._report()

    def _tick(self) -> None:
        """Let time pass in the account, and say what is seen."""
        now = self._clock()
        if now < self._next_tick:
            return
        self._next_tick = now + _TICK_SECONDS
        self._ledger.note("ticked", now * 1000, time.time(), self._pace.late())
        self._report()

    def _end(self) -> None:
        """See what becomes of all that is under way, and close the account."""
        if not self._orders.ending and not self._measured:
            self._complaint = (
                f"The canary of operation {self._orders.operation} ended by itself: its time is "
                "over and nobody had asked it to end."
            )
        if self._lanes:
            self._ledger.note("stopped", self._clock() * 1000, time.time())
            self._await_delivery()
            self._read_back()
        elif self._ledger.account.topic:  # an earlier process has sent
            with contextlib.suppress(KafkaException):
                self._reader.start(self._orders.login)
                self._read_back()
        self._ledger.note("closed")
        self._report()

    def _read_back(self) -> None:
        """Read to the end: what is not there is lost."""
        for partition in self._reader.exhausted(_READING_SECONDS):
            self._ledger.note("exhausted", partition)

    def _await_delivery(self) -> None:
        """Until the client library has told the fate of every record."""
        deadline = self._clock() + _DELIVERY_SECONDS
        while not all(lane.empty for lane in self._lanes) and self._clock() < deadline:
            for lane in self._lanes:
                lane.poll(_LOOK_SECONDS)
            self._report_now_and_then()

    def _report_now_and_then(self) -> None:
        """Report while nothing is measured any more."""
        if self._clock() >= self._next_tick:
            self._next_tick = self._clock() + _TICK_SECONDS
            self._report()

    def _close(self) -> None:
        """Leave everything as the next process wants to find it."""
        self._reader.close()
        self._ledger.close()

    def _pause(self, seconds: float) -> None:
        deadline = self._clock() + seconds
        while self._clock() < deadline and not self._over():
            time.sleep(_LOOK_SECONDS)

    def _report(self) -> None:
        """Say what is seen, and have the charm look when it is news."""
        with self._ledger.lock:
            self._ledger.write()
            account = self._ledger.account
            evidence, seconds, ended = account.evidence(), account.seconds(), account.ended
        passed = breached(evidence, self._orders.limits)
        enough = self._enough(evidence, seconds)
        last = account.phase is Phase.AFTER
        self._measured |= last and enough
        report = Report(
            run=self._orders.run,
            phase=account.phase,
            settled=ended if last else enough,
            ended=ended,
            evidence=evidence,
            breaches=tuple(passed.values()),
            complaint=self._complaints(),
        )
        report.write(self._directory)
        asks = int(self._clock() / _ASK_SECONDS)
        news = (report.phase, report.settled, ended, *passed, bool(report.complaint), asks)
        if news != self._reported:
            self._reported = news
            self._ring()

    def _enough(self, evidence: Evidence, seconds: float) -> bool:
        """Whether the present phase has seen something, for as long as the limits ask for."""
        limits = self._orders.limits
        phase = self._ledger.account.phase
        wanted = {Phase.BEFORE: limits.before, Phase.AFTER: limits.after}.get(phase)
        long = wanted is None or seconds >= wanted.total_seconds()
        return long and evidence.of(phase).acknowledged > 0

    def _complaints(self) -> str:
        """Why it cannot measure, everything of it, once it has lasted."""
        told = [self._complaint, self._reader.complaint]
        told += [lane.complaint for lane in self._lanes[-1:]]
        text = " ".join(dict.fromkeys(text.rstrip(".") + "." for text in told if text))
        if not text:
            self._troubled = None
            return ""
        now = self._clock()
        if self._troubled is None:
            self._troubled = now
        return text if self.ended or now - self._troubled >= _GRACE_SECONDS else ""


def _own_directory(directory: Path, run: int) -> Path:
    """Where this measurement's account lies; those of earlier ones are removed."""
    mine = directory / f"run-{run:016x}"
    for other in directory.glob("run-*"):
        if other != mine:
            shutil.rmtree(other, ignore_errors=True)
    mine.mkdir(mode=0o700, exist_ok=True)
    return mine


def _complaint(orders: Orders, error: Exception) -> str:
    """Why nothing can be measured, with the next move."""
    text = str(error)
    with contextlib.suppress(AttributeError, IndexError):
        text = error.args[0].str()
    return (
        f"The canary cannot work with Kafka at {orders.login.endpoints}: {text}. "
        "See juju status of the brokers, and the relation day2:kafka."
    )
