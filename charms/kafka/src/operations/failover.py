# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Others do one broker's work: by agreement, or because its process was killed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pydantic

import turns
from dataops.host.paths import UnitPaths
from dataops.operations import Context, JobVerb, OperationError, Params, Result, Scope, Work
from dataops.rolling import Go, Hold, may_go
from observed import Observed
from workload import Workload

if TYPE_CHECKING:
    from failover import Account

Mode = Literal["planned", "crash", "put-back"]
# What is promised of an idempotent producer's longest wait.
PLANNED_GAP_MS = 1000.0
CRASH_GAP_SESSIONS = 1.5


class FailoverParams(Params):
    """Which broker, and how it fails."""

    unit: str = pydantic.Field(description="Whose broker: kafka/1; other units do nothing.")
    mode: Mode = pydantic.Field(
        default="planned",
        description="planned: others lead what it leads, for a moment. crash: its process is "
        "killed and has to come back. put-back: undo what an interrupted failover left.",
    )
    patience: int = pydantic.Field(
        default=240, ge=10, le=3600, description="Seconds for each change to be seen."
    )


class FailoverResult(Result):
    """What was seen; on other units only who they are.

    Attributes:
        unit: who answers.
        summary: one sentence for the report; None where nothing was done.
        partitions: how many the broker led.
        controller_before, controller_after: nodes that led the controllers.
        killed_pid: of the process that was killed.
        gone_ms: from the kill until the process was gone.
        led_ms: until others led everything that it led.
        recovered_ms: until every copy was in sync and the orders were as before.
        session_timeout_ms: after which the cluster gives a silent broker up.
        gap_limit_ms: how long a producer may wait for an acknowledgement at most; None while the
            session timeout is not known.
    """

    unit: str
    summary: str | None = None
    partitions: int | None = None
    controller_before: int | None = None
    controller_after: int | None = None
    killed_pid: int | None = None
    gone_ms: float | None = None
    led_ms: float | None = None
    recovered_ms: float | None = None
    session_timeout_ms: int | None = None
    gap_limit_ms: float | None = None


class Spec(pydantic.BaseModel):
    """What the work needs to know; `mode` is None on units that have nothing to do."""

    unit: str
    mode: Mode | None
    node: int
    patience: int
    root: Path
    others: tuple[str, ...]
    session_timeout_ms: int = 0


def guard(context: Context[Observed, Workload, FailoverParams]) -> Go | Hold:
    """Only while the cluster can miss the broker; what can never miss it is an error at once."""
    o, params = context.observed, context.params
    names = [peer.unit for peer in o.peers]
    if params.mode == "put-back":
        return Go(o.unit, "nothing is taken down")
    if params.unit.partition("/")[0] == o.app and params.unit not in names:
        raise OperationError(f"{o.app} has no unit {params.unit}; it has {', '.join(names)}")
    if params.unit != o.unit:
        return Go(o.unit, "nothing is taken down")
    if len(names) < 2:
        raise OperationError(
            f"Nothing can take over from the only unit of {o.app}: juju add-unit {o.app} -n 2"
        )
    answer = turns.guard(context)
    if isinstance(answer, Hold) and o.cluster and o.settled:
        interrupting = may_go(turns.state(o, o.cluster, interrupt=True), o.unit)
        if isinstance(interrupting, Go):
            raise OperationError(f"{o.unit} cannot fail over: {answer.because}")
    return answer


def prepare(context: Context[Observed, Workload, FailoverParams]) -> Spec:
    """Who the others are."""
    o, params = context.observed, context.params
    mine = params.unit == o.unit
    timeout = 0
    if mine:
        with context.workload.administrator() as admin:
            timeout = admin.session_timeout(o.node) if admin else 0
    return Spec(
        unit=o.unit,
        mode=params.mode if mine else None,
        node=o.node,
        patience=params.patience,
        root=o.paths.root,
        others=tuple(peer.address for peer in o.peers if peer.unit != o.unit and peer.address),
        session_timeout_ms=timeout,
    )


def work(work: Work[Spec]) -> FailoverResult:
    """Takes the broker's service away and gives it back."""
    # The client that measures is costly to load, and no hook needs it.
    from dataops.host.services import manager
    from failover import Failover, Ledger

    spec = work.spec
    if spec.mode is None:
        return FailoverResult(unit=spec.unit)
    paths = UnitPaths(spec.root)
    ledger = Ledger.read(paths.control / "failover.json")
    with Failover(
        node=spec.node,
        services=manager(paths, spec.unit),
        others=spec.others,
        etc=paths.etc,
        ledger=ledger,
        work=work,
        patience=spec.patience,
    ) as failover:
        if spec.mode == "put-back":
            left = bool(ledger.orders or ledger.killed)
            summary = f"Put {failover.put_back()} partitions of {spec.unit} back" if left else None
            return FailoverResult(unit=spec.unit, summary=summary)
        if ledger.orders:
            work.progress("puts back what an interrupted failover left")
            failover.put_back()
        account = failover.crash() if spec.mode == "crash" else failover.planned()
    return _told(spec, account)


def _told(spec: Spec, account: Account) -> FailoverResult:
    led = None if account.led is None else round(account.led * 1000, 1)
    return FailoverResult(
        unit=spec.unit,
        summary=_summary(spec, account),
        partitions=account.partitions,
        controller_before=account.controllers[0],
        controller_after=account.controllers[1],
        killed_pid=account.pid or None,
        gone_ms=round(account.gone * 1000, 1) if account.pid else None,
        led_ms=led,
        recovered_ms=round(account.recovered * 1000, 1),
        session_timeout_ms=spec.session_timeout_ms or None,
        gap_limit_ms=_gap_limit(spec) or None,
    )


def _gap_limit(spec: Spec) -> float:
    """In ms: whoever leaves in order is hardly missed, whoever dies has to be given up first."""
    planned = spec.mode == "planned"
    return PLANNED_GAP_MS if planned else CRASH_GAP_SESSIONS * spec.session_timeout_ms


def _summary(spec: Spec, account: Account) -> str:
    how = f"killed (process {account.pid})" if account.pid else "relieved"
    parts = [f"{spec.unit} was {how}"]
    if account.led is not None:
        parts.append(f"others led its {account.partitions} partitions after {account.led:.1f} s")
    before, after = account.controllers
    if before != after:
        parts.append(f"controller {before} gave way to {after}")
    return f"{', '.join(parts)}, and all was as before after {account.recovered:.1f} s."


VERB = JobVerb(
    name="failover",
    description="Lets other units do one broker's work: by agreement, or by killing its process.",
    prepare=prepare,
    work=work,
    params=FailoverParams,
    spec=Spec,
    result=FailoverResult,
    scope=Scope.UNIT,
    mutating=True,
    guard=guard,
)
