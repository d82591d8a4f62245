# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A snapshot of a bad night, as its page tells it: long names, long lines, a unit missing."""

import datetime
from pathlib import Path

from world import NOON

from dataops.snapshot.account import Account, Finding, Gap, Piece
from dataops.snapshot.collector import Receipt
from postmortem.errors import Errors
from postmortem.events import grouped
from postmortem.page import Snapshot, page
from postmortem.parts import Part
from postmortem.told import Absent, Ill, Past
from postmortem.troubles import merged, told

_LOG = "logs/server.log"
_LONG = "org.apache.kafka.common.errors.NotLeaderOrFollowerException:" + "x" * 300
_PIECES = [
    Piece(name=_LOG, bytes=3_400_000, cut=True, removed={"password of relation-7": 2}),
    Piece(name="java/Kafka-4711/threads.txt", bytes=61_000),
    Piece(name="spark/event-logs/app-20261122184313-0001/" + "e" * 60 + ".json", bytes=800),
]
_ACCOUNTS = [
    Account(
        unit=f"kafka/{n}",
        summary="broker, controller; 33 partitions, 11 led; heap 44 % of 1 GiB",
        pieces=tuple(_PIECES),
        gaps=(Gap(name="java/Kafka-4711/heap.txt", reason="the process ended meanwhile"),),
        findings=(
            Finding(
                severity="critical",
                title="broker ended by itself",
                detail="signal 9/KILL, 3 times within 10 minutes",
                where=_LOG,
                at=NOON - datetime.timedelta(minutes=7),
            ),
        )
        if n == 1
        else (),
    )
    for n in range(3)
]


_ADDRESSES = {f"10.0.0.{n}": f"kafka/{n}" for n in range(3)} | {"10.0.0.9": "spark/0"}


def _errors():
    found = Errors(_ADDRESSES)
    for minute in range(50):
        at = NOON - datetime.timedelta(minutes=50 - minute)
        head = f"{at:%Y-%m-%dT%H:%M:%S}.000000Z kafka/1 {_LOG}:{minute} | [{at:%F %T},000]"
        lines = [f"{head} ERROR Disk 7 is full {_LONG}"] * (minute % 7)
        lines += [f"{head} WARN It is slow"] * (minute % 3)
        found.count(line.encode() for line in lines)
    at = f"{NOON:%Y-%m-%dT%H:%M:%S}"
    said = ("ERROR Connection to node 1 (10.0.0.1:9094) could not be established",) * 40
    said += ("ERROR 10.0.0.1:9094: ECONNREFUSED " + _LONG,)
    found.count(
        f"{at}.000000Z spark/0 logs/job.log:{n} | {at}Z {text}".encode()
        for n, text in enumerate(said)
    )
    crit = f"{NOON:%Y-%m-%d %H:%M:%S},500 CRIT Supervisor is running as root.  Privileges were"
    found.count([f"{at}.000000Z spark/0 logs/services.log:1 | {crit}".encode()])
    return found


def specimen() -> bytes:
    """Its page."""
    receipts = [
        Receipt(unit=f"kafka-{n}", bytes=1, sha256="0" * 64, received=NOON, clock_ahead=9.0 * n)
        for n in range(3)
    ]
    absent = (Absent(unit="spark/0", reason="No answer", fetch="juju scp spark/0:/x ."),)
    ills = (
        Ill(
            unit="kafka/1",
            name="broker-process",
            detail="nothing runs",
            next_move="juju run kafka/1 health-check; then see journalctl -u " + "long-" * 20,
        ),
        Ill(unit="kafka/1", name="brokers", detail="the cluster does not answer"),
        Ill(unit="spark/0", name="kafka", detail="10.0.0.1:9093: connection refused " + "x" * 200),
    )
    past = [
        Past(title="rotate-passwords #7", requested="18:40:01", state="failed", message=_LONG),
        Past(title="snapshot #8", requested="18:59:58", state="running"),
    ]
    return page(
        Snapshot(
            number=8,
            model="pipeline",
            made=NOON,
            by="day2/0",
            parts=[
                Part(account=account, folder=Path(), receipt=receipt, timeline=None)
                for account, receipt in zip(_ACCOUNTS, receipts, strict=True)
            ],
            absent=absent,
            troubles=merged(grouped(told(_ACCOUNTS, ills, absent, receipts), _ADDRESSES)),
            errors=_errors(),
            past=past,
        )
    )
