# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reports as they come out of a busy model: for those who look at their pages."""

import datetime
import math

from sample import START, cluster, facts, group, series, topic
from world import NOON

from dataops.evidence import Evidence, Figures, Limits
from report.canonical import canonical, sha256
from report.document import (
    Answer,
    Chain,
    Check,
    Document,
    Failure,
    Link,
    OperationAccount,
    Span,
    StepAccount,
    Toil,
    ToilLine,
)
from report.page import page
from report.performance.load import BrokerLoad, Load, LoadSpec, Measured
from report.performance.page import compose
from signing import SigningKey

KEY = SigningKey.generate()
TOIL = Toil(
    since=NOON - datetime.timedelta(days=41),
    lines=(
        ToilLine(operation="health-check", runs=40, failed=1, seconds=95.2),
        ToilLine(
            operation="rotate-passwords",
            runs=6,
            failed=0,
            seconds=512.0,
            manual_minutes=90,
            minutes_replaced=540,
        ),
    ),
)


def later(seconds: float) -> datetime.datetime:
    """So many seconds after noon."""
    return NOON + datetime.timedelta(seconds=seconds)


def document(operation: OperationAccount, **more) -> Document:
    """A report of the operation."""
    return Document(
        model="pipeline",
        unit="day2/0",
        written=later(120),
        operation=operation,
        toil=TOIL,
        chain=Chain(
            previous=Link(operation=6, sha256="5e" * 32),
            journal_record=214,
            journal_hash="a7" * 32,
            public_key=KEY.public.pem,
            fingerprint=KEY.public.fingerprint,
        ),
        **more,
    )


def pages() -> dict[str, bytes]:
    """Each specimen's page by its name."""
    performance = compose(MEASURED)
    return {
        "rotation": _page(document(ROTATION, evidence=EVIDENCE, limits=Limits())),
        "failed": _page(document(SICK, evidence=WORSE, limits=Limits(), breaches=BREACHES)),
        "performance": _page(
            document(REPORT, performance=performance.performance), performance.html
        ),
    }


def _page(made: Document, fragment: str = "") -> bytes:
    json = canonical(made.model_dump(mode="json", by_alias=True))
    return page(made, sha256(json), KEY.sign(json), fragment)


def _spans(step: str, verb: str, began: float, *works: tuple[str, float, float], **more):
    return [
        Span(
            step=step,
            verb=verb,
            who=who,
            began=later(began + start),
            ended=later(began + end),
            status="completed",
            **more,
        )
        for who, start, end in works
    ]


BROKERS = ("kafka/0", "kafka/1", "kafka/2")
WORKERS = ("spark/0", "spark/1")
_WELL = [
    Check(name="broker-process", ok=True, detail="runs since 3 d 4 h"),
    Check(name="in-sync-replicas", ok=True, detail="all 96 partitions have all their copies"),
    Check(name="certificate", ok=True, detail="serial 4f:1a served on 3 ports, 61 days left"),
    Check(name="disk", ok=True, detail="71% of 200 GB free"),
]
ROTATION = OperationAccount(
    number=7,
    name="rotate-passwords",
    description="Replace every password of the model, each with an overlap of old and new.",
    requested=NOON,
    requested_by="action on day2/0",
    finished=later(92.4),
    status="completed",
    outcome="rotate-passwords #7 ended well after 92 seconds: 11 credentials were replaced, and "
    "every old one is refused.",
    manual_minutes=90,
    timeline=(
        *_spans("health-check.check", "health-check", 1, ("kafka/0", 0, 1.2), ("kafka/1", 0, 1.1),
                ("kafka/2", 0, 1.4), ("spark/0", 0, 0.8), phase="guards"),
        *_spans("issue", "issue-password", 14, ("kafka", 0, 9.4), ("prometheus", 0, 2.2)),
        *_spans("take", "take-password", 25, ("spark/0", 0, 12), ("spark/1", 0.4, 14.2),
                ("day2", 0, 0.2)),
        *_spans("restart", "rolling-restart", 40, ("kafka/0", 0, 11.8), ("kafka/1", 12, 23.4),
                ("kafka/2", 24, 36)),
        *_spans("revoke", "revoke-password", 78, ("kafka", 0, 3.3), phase="finally"),
    ),
    steps=(
        StepAccount(
            name="issue", verb="issue-password", began=later(14),
            answers=(
                Answer(who="kafka", status="completed", results={
                    "summary": "9 users got a second password; the old ones still hold.",
                    "users": ["relation-4", "relation-5", "relation-9"], "slot": "b",
                }),
                Answer(who="prometheus", status="completed",
                       results={"summary": "The web access got a second password."}),
            ),
        ),
        StepAccount(
            name="restart", verb="rolling-restart", began=later(40),
            passed_over=("certificates", "data-access"),
            answers=tuple(
                Answer(who=who, status="completed", checks=tuple(_WELL)) for who in BROKERS
            ),
        ),
    ),
)  # fmt: skip
_QUIET = Figures(
    seconds=10, sent=5_000, acknowledged=5_000, read=5_000, longest_gap_ms=38.2,
    longest_read_gap_ms=51.0, p50_ms=3.1, p99_ms=11.9,
)  # fmt: skip
EVIDENCE = Evidence(
    seconds=103, sent=51_420, acknowledged=51_420, read=51_420, longest_gap_ms=71.5, p50_ms=3.3,
    longest_read_gap_ms=88.0, p99_ms=24.0, partitions=9, before=_QUIET,
    during=Figures(
        seconds=82, sent=41_420, acknowledged=41_420, read=41_420, longest_gap_ms=71.5,
        longest_read_gap_ms=88.0, p50_ms=3.4, p99_ms=26.2,
    ),
    after=_QUIET.model_copy(update={"longest_gap_ms": 41.0, "p99_ms": 12.8}),
)  # fmt: skip
WORSE = EVIDENCE.model_copy(
    update={
        "failed": 12,
        "lost": 0,
        "duplicated": 3,
        "during": EVIDENCE.during.model_copy(
            update={"failed": 12, "duplicated": 3, "longest_gap_ms": 41_200.0, "p99_ms": 900.0}
        ),
    }
)
BREACHES = (
    "12 records failed (Local: Message timed out); the limit is 0.",
    "No acknowledgement for 41.2 s; the limit is 30.0 s.",
)
SICK = ROTATION.model_copy(
    update={
        "number": 8,
        "name": "renew-certificates",
        "description": "Renew every certificate, and prove that each port serves the new one.",
        "status": "failed",
        "outcome": "renew-certificates #8 did not end well after 92 seconds: kafka/1: The new "
        "certificate lacks the name kafka-1.example; the old one stays in force.",
        "not_done": ("revoke",),
        "failures": (
            Failure(
                where="kafka/1, step restart",
                seen="The new certificate lacks the name kafka-1.example; the old one stays.",
                next_move="Add the name, juju config kafka extra-names=kafka-1.example, then "
                "juju run day2/leader resume-operation id=8",
            ),
        ),
        "timeline": (
            *ROTATION.timeline[:-2],
            ROTATION.timeline[-2].model_copy(update={"status": "failed", "ended": None}),
        ),
        "steps": (
            ROTATION.steps[0],
            ROTATION.steps[1].model_copy(
                update={
                    "answers": (
                        *ROTATION.steps[1].answers[:1],
                        Answer(
                            who="kafka/1",
                            status="failed",
                            message="The new certificate lacks the name kafka-1.example.",
                        ),
                    )
                }
            ),
        ),
    }
)
REPORT = OperationAccount(
    number=9,
    name="performance-report",
    description="Put a fixed load on the cluster, compare it with earlier reports, and draw what "
    "the pipeline did.",
    requested=NOON - datetime.timedelta(seconds=64),
    requested_by="schedule: every Monday at 6:00",
    finished=NOON,
    status="completed",
    outcome="performance-report #9 ended well after 64 seconds: Under the fixed load, against "
    "report #5: acknowledged, p99 is worse (+61%, noise ±18%); the rest shows no difference. Over "
    "5 minutes, 3 brokers took in 14.6 MB/s and gave out 29 MB/s on average. 1 streaming job read "
    "9,950 rows/s on average, up to date.",
    timeline=(Span(step="report", verb="performance-report", who="day2",
                   began=NOON - datetime.timedelta(seconds=63), ended=NOON, status="completed"),),
    steps=(
        StepAccount(
            name="report", verb="performance-report", began=NOON - datetime.timedelta(seconds=64),
            answers=(Answer(who="day2", status="completed", results={"summary": "Made."}),),
        ),
    ),
)  # fmt: skip


def _wave(height, swing, phase, **labels):
    return series(
        [height + swing * math.sin(i / 3 + phase) + swing * 0.3 * math.sin(i) for i in range(31)],
        **labels,
    )


def _rounds(middle, spread):
    return tuple(round(middle * (1 + spread * step), 4) for step in (0, 1, -1, 0.4, -0.6, 0.2, -2))


def _all(write, read, p50, p99, whole):
    return {
        "write": _rounds(write, 0.04),
        "read": _rounds(read, 0.05),
        "ack-p50": _rounds(p50, 0.03),
        "ack-p99": _rounds(p99, 0.07),
        "end-to-end-p50": _rounds(whole, 0.04),
        "end-to-end-p99": _rounds(3.1 * whole, 0.1),
    }


LOAD = Load(
    spec=LoadSpec(),
    began=START + datetime.timedelta(seconds=228),
    ended=START + datetime.timedelta(seconds=272),
    rounds=_all(31.4e6, 74e6, 2.9, 19.4, 4.4),
    brokers=(
        BrokerLoad(broker=1, records=3_500, p50=2.7, p99=9.4),
        BrokerLoad(broker=2, records=3_500, p50=2.8, p99=10.2),
        BrokerLoad(broker=3, records=3_500, p50=3.3, p99=26.1),
    ),
)
EARLIER = tuple(
    Measured(load=LoadSpec().id, brokers=3, rounds=rounds, operation=number, at=NOON)
    for number, rounds in (
        (2, _all(30.2e6, 71e6, 3.0, 11.8, 4.6)),
        (5, _all(31.0e6, 75e6, 2.9, 12.1, 4.5)),
    )
)
MEASURED = facts(
    cluster(
        topic("flights"),
        topic("delays-by-carrier", partitions=6),
        topic("a-topic-with-a-rather-long-name-that-somebody-chose-in-a-hurry", copies=1),
        groups=(group(900, 500, 10), group(0, 0, 40)),
        disk_bytes=200_000_000_000,
        disk_free_bytes=142_000_000_000,
        log_bytes=9_100_000_000,
    ),
    bytes_in=[_wave(4.9e6, 6e5, n, juju_unit=who) for n, who in enumerate(BROKERS)],
    bytes_out=[_wave(9.8e6, 2e6, n, juju_unit=who) for n, who in enumerate(BROKERS)],
    produce_time=[
        _wave(high, 0.2 * high, 0, quantile=quantile)
        for quantile, high in (("0.50", 3), ("0.95", 14), ("0.99", 38))
    ],
    partitions=[
        series([0] * 31, __name__="kafka_server_replicamanager_underreplicatedpartitions")
    ],
    job_rows_in=[_wave(9_950, 900, 1, spark_job="delays")],
    job_lag=[_wave(400, 380, 1, spark_job="delays")],
    heap=[_wave(44, 14, n, process=who) for n, who in enumerate((*BROKERS, *WORKERS))],
    gc=[_wave(2.2 + n, 1.1, n, process=who) for n, who in enumerate((*BROKERS, *WORKERS))],
    log_size=[_wave(9.1e9, 1e7, n, juju_unit=who) for n, who in enumerate(BROKERS)],
).model_copy(update={"load": LOAD, "earlier": EARLIER, "operation": 9})
