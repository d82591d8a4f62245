# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The figures of a measurement, as they stand in an operation's result."""

import datetime
import enum
from collections.abc import Iterator, Mapping

import pydantic


class Phase(str, enum.Enum):
    """Where an operation is, as the canary counts."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Figures(pydantic.BaseModel):
    """What happened to the records that were sent in some time.

    Every record that was sent is acknowledged, failed or unknown, and is counted in the phase in
    which it was sent. Gaps and delays are counted in the phase in which they were seen.

    Attributes:
        seconds: how long was measured.
        sent: records handed to the client library.
        acknowledged: by all in-sync replicas.
        failed: given up by the client library, with or without an answer of a broker.
        unknown: neither of the two (yet): in flight now, or when the meter was killed.
        read: came back at least once.
        lost: acknowledged, and passed over by the consumer or not there at the end of the topic.
        unread: acknowledged and not read yet; at the end: the consumer could not get that far.
        duplicated: records that lie in the topic more often than once, each time but the first.
        reordered: read, and lying, after a later record of the same partition and producer.
        reread: read again where it was read before: the consumer went back, which is no fault.
        longest_gap_ms: longest time without acknowledgement on any one partition.
        longest_read_gap_ms: longest time without a record read on any one partition.
        p50_ms: median time from sending to acknowledgement, within 2 %; None without any.
        p99_ms: likewise, the time that 99 of 100 stay within.
        own_delay_ms: the longest time the meter itself was late: gaps are known no better.
        reasons: why records failed, each with how many.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    seconds: float = 0.0
    sent: int = 0
    acknowledged: int = 0
    failed: int = 0
    unknown: int = 0
    read: int = 0
    lost: int = 0
    unread: int = 0
    duplicated: int = 0
    reordered: int = 0
    reread: int = 0
    longest_gap_ms: float = 0.0
    longest_read_gap_ms: float = 0.0
    p50_ms: float | None = None
    p99_ms: float | None = None
    own_delay_ms: float = 0.0
    reasons: Mapping[str, int] = pydantic.Field(default_factory=dict[str, int])


class Evidence(Figures):
    """A whole measurement, and the same for each phase of the operation.

    Attributes:
        before: while nothing was changed yet: what to compare with.
        during: while the operation's steps ran.
        after: when they had ended.
        began: when it began (UTC).
        final: it has ended: the figures do not change any more.
        topic: where the records were written and read.
        partitions: how many it has.
        uncovered: brokers that led no partition when the measurement began: trouble of theirs
            shows only where they are followers.
        unmeasured_seconds: how long the meter itself did not run between its first record and
            its last; nothing is known of that time.
        duplicates: where the first few duplicates lie.
    """

    before: Figures = Figures()
    during: Figures = Figures()
    after: Figures = Figures()
    began: datetime.datetime | None = None
    final: bool = False
    topic: str = ""
    partitions: int = 0
    uncovered: tuple[int, ...] = ()
    unmeasured_seconds: float = 0.0
    duplicates: tuple[str, ...] = ()

    def of(self, phase: Phase) -> Figures:
        """The figures of one phase."""
        return {Phase.BEFORE: self.before, Phase.DURING: self.during, Phase.AFTER: self.after}[
            phase
        ]

    @property
    def line(self) -> str:
        """All of it in one line for people."""
        return ", ".join(_words(self))


def _words(evidence: Evidence) -> Iterator[str]:
    yield f"{evidence.sent:,} sent"
    if evidence.sent and evidence.acknowledged == evidence.sent:
        yield "all acknowledged"
    else:
        yield f"{evidence.acknowledged:,} acknowledged"
    if evidence.failed:
        most = max(evidence.reasons, key=lambda text: evidence.reasons[text], default="")
        yield f"{evidence.failed:,} failed" + (f" ({most})" if most else "")
    for name in ("unknown", "lost", "duplicated", "reordered"):
        if count := getattr(evidence, name):
            yield f"{count:,} {name}"
    if evidence.final and evidence.unread:
        yield f"{evidence.unread:,} never read back"
    compare = f" (before {span(evidence.before.longest_gap_ms)})" if evidence.before.sent else ""
    yield f"longest gap {span(evidence.longest_gap_ms)}{compare}"
    if evidence.p99_ms is not None:
        yield f"p99 {span(evidence.p99_ms)}"
    if evidence.unmeasured_seconds:
        yield f"{evidence.unmeasured_seconds:.1f} s not measured"
    if evidence.uncovered:
        yield f"no partition led by broker {', '.join(map(str, evidence.uncovered))}"


def span(milliseconds: float) -> str:
    """A length of time for people: ``3.2 ms``, ``38 ms``, ``12.5 s``."""
    if milliseconds >= 10_000:
        return f"{milliseconds / 1000:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"
