# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The account of a measurement: events in, figures out. No clock, no file, no client.

A **lane** is one producer's life: within a lane and a partition records are numbered from 0 and
must be read in that order. A new credential or a restart of the meter opens a new lane.
"""

import collections
import datetime
from collections.abc import Iterable
from typing import Any

from dataops.evidence._figures import Evidence, Figures, Phase
from dataops.evidence._places import Places
from dataops.evidence._stream import Stream
from dataops.evidence._tally import Tally, percentiles

# So many duplicates are told with their places.
_TOLD = 5


class Account:
    """Counts what happened to every record.

    Times are milliseconds of a clock that does not jump; ``resumed`` says that it may be another.

    Attributes:
        phase: records that are sent now belong to it.
        topic, partitions, uncovered: what was chosen.
        positions: by partition, where the consumer goes on.
        lane: the newest producer.
        began: when the first tick was (seconds since the epoch).
        ended: nothing more is counted.
    """

    def __init__(self) -> None:
        self.phase = Phase.BEFORE
        self.positions: dict[int, int] = {}
        self.lane = 0
        self.topic = ""
        self.partitions = 0
        self.uncovered: tuple[int, ...] = ()
        self.began: float | None = None
        self.ended = False
        self._streams: dict[tuple[int, int], Stream] = {}
        self._tallies = {phase: Tally() for phase in Phase}
        self._acknowledged_at: dict[int, float] = {}
        self._read_at: dict[int, float] = {}
        self._places = Places()
        self._duplicates: list[str] = []
        self._ticked: float | None = None
        self._wall = 0.0
        self._unmeasured = 0.0

    def chose(self, topic: str, partitions: int, uncovered: Iterable[int] = ()) -> None:
        """This is the topic; some brokers may lead none of its partitions."""
        self.topic, self.partitions, self.uncovered = topic, partitions, tuple(uncovered)

    def opened(self) -> None:
        """A producer begins; records are its own from now on."""
        self.lane += 1

    def reads(self, partition: int, offset: int) -> None:
        """The consumer goes on at this offset."""
        self.positions[partition] = offset

    def sent(self, lane: int, partition: int, number: int, now: float) -> None:
        """A record is about to be handed to the client library."""
        stream = self._streams.get((lane, partition))
        if stream is None:
            stream = self._streams[lane, partition] = Stream(starts={self.phase: 0})
        stream.sent = number + 1
        stream.flying.add(number)
        stream.unread.add(number)
        self._tallies[self.phase].sent += 1
        self._acknowledged_at.setdefault(partition, now)
        self._read_at.setdefault(partition, now)

    def acknowledged(
        self, lane: int, partition: int, number: int, took: float, now: float
    ) -> None:
        """All in-sync replicas have it."""
        stream = self._streams[lane, partition]
        if not stream.flying.discard(number):
            return
        if number in stream.unread:
            stream.owed.add(number)
        tally = self._tallies[stream.phase(number)]
        tally.acknowledged += 1
        tally.took(took)
        present = self._tallies[self.phase]
        if partition in self._acknowledged_at:
            gap = now - self._acknowledged_at[partition]
            present.gap_ms = max(present.gap_ms, gap)
            self._acknowledged_at[partition] = now

    def failed(self, lane: int, partition: int, number: int, reason: str) -> None:
        """The client library has given it up."""
        stream = self._streams[lane, partition]
        if stream.flying.discard(number):
            tally = self._tallies[stream.phase(number)]
            tally.failed += 1
            tally.reasons[reason] += 1

    def read(self, lane: int, partition: int, number: int, offset: int, now: float) -> None:
        """The consumer got it, maybe not for the first time: it goes back where it has to."""
        self.positions[partition] = offset + 1
        stream = self._streams.get((lane, partition))
        if stream is None or number >= stream.sent:
            return  # of a record that nobody remembers to have sent, nothing can be said
        tally = self._tallies[stream.phase(number)]
        again = self._places.read(partition, offset, (lane, number))
        if stream.unread.discard(number):
            stream.owed.discard(number)
            tally.read += 1
            late = number < stream.high
            tally.reordered += late and self._places.overtaken(partition, offset, (lane, number))
        elif again:
            tally.reread += 1
        else:
            tally.duplicated += 1
            self._tell_duplicate(partition, (lane, number))
        stream.high = max(stream.high, number + 1)
        if partition in self._read_at:
            present = self._tallies[self.phase]
            present.read_gap_ms = max(present.read_gap_ms, now - self._read_at[partition])
            self._read_at[partition] = now

    def ticked(self, now: float, wall: float, delay: float = 0.0) -> None:
        """Time passes: gaps that are open grow.

        Args:
            now: milliseconds.
            wall: seconds since the epoch.
            delay: the longest time since the last tick that the meter itself was late, in ms.
        """
        present = self._tallies[self.phase]
        if self.began is None:
            self.began = wall
        if self._ticked is not None:
            present.seconds += (now - self._ticked) / 1000
        self._ticked, self._wall = now, wall
        present.own_delay_ms = max(present.own_delay_ms, delay)
        present.gap_ms = max(present.gap_ms, _open(self._acknowledged_at, now))
        present.read_gap_ms = max(present.read_gap_ms, _open(self._read_at, now))

    def switched(self, phase: str, now: float, wall: float) -> None:
        """Records from now on belong to this phase."""
        self.ticked(now, wall)
        self.phase = Phase(phase)
        for stream in self._streams.values():
            stream.starts.setdefault(self.phase, stream.sent)

    def resumed(self, wall: float) -> None:
        """The meter runs again; of the time since its last tick nothing is known."""
        if self.began is not None:
            self._unmeasured += max(0.0, wall - self._wall)
        self._ticked = None
        self._wall = wall
        self._rest()

    def stopped(self, now: float, wall: float) -> None:
        """No record is sent any more: gaps end here."""
        self.ticked(now, wall)
        self._rest()

    def exhausted(self, partition: int) -> None:
        """The consumer has read this partition to its end: what is owed is lost."""
        for (_, where), stream in self._streams.items():
            if where == partition:
                stream.high = stream.sent

    def closed(self) -> None:
        """Nothing more is counted."""
        self.ended = True

    def evidence(self) -> Evidence:
        """The figures so far."""
        phases = {phase: self._figures((phase,)) for phase in Phase}
        return Evidence(
            **self._figures(tuple(Phase)).model_dump(),
            before=phases[Phase.BEFORE],
            during=phases[Phase.DURING],
            after=phases[Phase.AFTER],
            began=None
            if self.began is None
            else datetime.datetime.fromtimestamp(self.began, datetime.timezone.utc),
            final=self.ended,
            topic=self.topic,
            partitions=self.partitions,
            uncovered=self.uncovered,
            unmeasured_seconds=round(self._unmeasured, 3),
            duplicates=tuple(self._duplicates),
        )

    def seconds(self) -> float:
        """How long the present phase has been measured."""
        return self._tallies[self.phase].seconds

    def dump(self) -> dict[str, Any]:
        """All of it as JSON can hold it."""
        return {
            "phase": self.phase.value,
            "positions": list(self.positions.items()),
            "lane": self.lane,
            "topic": [self.topic, self.partitions, list(self.uncovered)],
            "began": self.began,
            "ended": self.ended,
            "wall": self._wall,
            "unmeasured": self._unmeasured,
            "tallies": {phase.value: tally.dump() for phase, tally in self._tallies.items()},
            "streams": [[*key, *stream.dump()] for key, stream in self._streams.items()],
            "places": self._places.dump(),
            "duplicates": self._duplicates,
            "clocks": [
                self._ticked,
                list(self._acknowledged_at.items()),
                list(self._read_at.items()),
            ],
        }

    @classmethod
    def load(cls, dumped: dict[str, Any]) -> "Account":
        """What ``dump`` gave, also after a way through JSON."""
        account = cls()
        account.phase = Phase(dumped["phase"])
        account.positions = dict(dumped["positions"])
        account.lane = dumped["lane"]
        account.chose(*dumped["topic"])
        account.began, account.ended = dumped["began"], dumped["ended"]
        account._wall, account._unmeasured = dumped["wall"], dumped["unmeasured"]
        account._tallies = {Phase(p): Tally.load(t) for p, t in dumped["tallies"].items()}
        for lane, partition, *stream in dumped["streams"]:
            account._streams[lane, partition] = Stream.load(*stream)
        # An account of an earlier version has none of these.
        account._places = Places(dumped.get("places", ()))
        account._duplicates = list(dumped.get("duplicates", ()))
        account._ticked, acknowledged, read = dumped["clocks"]
        account._acknowledged_at, account._read_at = dict(acknowledged), dict(read)
        return account

    def _tell_duplicate(self, partition: int, record: tuple[int, int]) -> None:
        """Remember where it lies, for whoever looks into the log."""
        if len(self._duplicates) < _TOLD:
            places = " and ".join(map(str, self._places.of(partition, record)))
            self._duplicates.append(f"offset {places} of partition {partition}")

    def _rest(self) -> None:
        """Forget the open gaps."""
        self._acknowledged_at.clear()
        self._read_at.clear()

    def _figures(self, phases: tuple[Phase, ...]) -> Figures:
        """The sums over some phases."""
        tallies = [self._tallies[phase] for phase in phases]
        latencies = collections.Counter[int]()
        reasons = collections.Counter[str]()
        for tally in tallies:
            latencies.update(tally.latencies)
            reasons.update(tally.reasons)
        spans = [(s, s.span(p)) for s in self._streams.values() for p in phases]
        p50, p99 = percentiles(latencies, 0.5, 0.99)
        lost = sum(s.owed.count(start, min(stop, s.high)) for s, (start, stop) in spans)
        return Figures(
            seconds=round(sum(t.seconds for t in tallies), 3),
            sent=sum(t.sent for t in tallies),
            acknowledged=sum(t.acknowledged for t in tallies),
            failed=sum(t.failed for t in tallies),
            unknown=sum(s.flying.count(*span) for s, span in spans),
            read=sum(t.read for t in tallies),
            lost=lost,
            unread=sum(s.owed.count(*span) for s, span in spans) - lost,
            duplicated=sum(t.duplicated for t in tallies),
            reordered=sum(t.reordered for t in tallies),
            reread=sum(t.reread for t in tallies),
            longest_gap_ms=round(max(t.gap_ms for t in tallies), 3),
            longest_read_gap_ms=round(max(t.read_gap_ms for t in tallies), 3),
            p50_ms=p50,
            p99_ms=p99,
            own_delay_ms=round(max(t.own_delay_ms for t in tallies), 3),
            reasons=dict(sorted(reasons.items())),
        )


def _open(since: dict[int, float], now: float) -> float:
    """The longest of the gaps that are open."""
    return now - min(since.values()) if since else 0.0
