# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One broker does without, or dies: what it led is led by others, measured, and put back.

Knows no Juju. What has to be put back is in a file, so that whoever comes after a kill finds it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import leadership
from cluster import administrator
from dataops.host.files import ensure_absent, ensure_contents
from dataops.host.processes import Process, identify, kill
from dataops.host.services import ServiceManager
from dataops.operations import OperationError, Work
from facts import ClusterError, ClusterFacts, Partition

if TYPE_CHECKING:
    from admin import Administrator

SERVICE = "broker"
_PAUSE_SECONDS = 0.1
# So many partitions get another leader at a time: a broker begins to lead them one after the
# other, and meanwhile the clients of all of them wait. One that had just started, on a busy
# machine, took six seconds for nineteen.
_AT_ONCE = 2
# Where there are very many, this many times.
_TIMES = 50
_Key = tuple[str, int]
_T = TypeVar("_T")


@dataclasses.dataclass
class Ledger:
    """What an interrupted failover leaves to be done.

    Attributes:
        path: its file.
        orders: the replicas' order of before, of partitions whose order was changed.
        killed: the process that is to be killed; None before.
    """

    path: Path
    orders: tuple[Partition, ...] = ()
    killed: Process | None = None

    @classmethod
    def read(cls, path: Path) -> Ledger:
        """What the file says; nothing when there is none."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls(path)
        orders = (Partition(topic, index, tuple(old), ()) for topic, index, old in found["orders"])
        killed = Process(*found["killed"]) if found["killed"] else None
        return cls(path, tuple(orders), killed)

    def note(
        self, *, orders: Iterable[Partition] | None = None, killed: Process | None = None
    ) -> None:
        """Add to it."""
        self.orders = self.orders if orders is None else tuple(orders)
        self.killed = killed or self.killed
        found = {
            "orders": [(part.topic, part.index, part.replicas) for part in self.orders],
            "killed": dataclasses.astuple(self.killed) if self.killed else None,
        }
        ensure_contents(self.path, json.dumps(found), mode=0o600)

    def close(self) -> None:
        """Nothing is left to be done."""
        self.orders, self.killed = (), None
        ensure_absent(self.path)


@dataclasses.dataclass(frozen=True)
class Account:
    """What was seen.

    Attributes:
        partitions: how many the broker led.
        controllers: the node that led the controllers before, and after.
        pid: of the process that was killed; 0 when none was.
        gone: seconds from the kill until the process was gone.
        led: seconds until others led everything, by agreement also until they acknowledged; None
            when an earlier process began it.
        recovered: seconds until every copy was in sync again.
    """

    partitions: int
    controllers: tuple[int, int]
    pid: int = 0
    gone: float = 0.0
    led: float | None = None
    recovered: float = 0.0


class Failover:
    """Takes a broker's service away and gives it back.

    Args:
        node: the broker's id.
        services: of its unit.
        others: addresses of the other brokers: this one may not answer.
        etc: where its key and trust stores are.
        ledger: its ledger.
        work: says how far it is, and whether to end.
        patience: seconds for each change to be seen.
    """

    def __init__(
        self,
        *,
        node: int,
        services: ServiceManager,
        others: tuple[str, ...],
        etc: Path,
        ledger: Ledger,
        work: Work[Any],
        patience: float,
    ) -> None:
        self._node = node
        self._services = services
        self._others = others
        self._etc = etc
        self._ledger = ledger
        self._work = work
        self._patience = patience
        self._admin: Administrator | None = None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Failover:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def planned(self) -> Account:
        """Lead nothing for a moment, the controllers neither; then as before."""
        before = self._see("the cluster answers", lambda facts: True)
        led = leadership.led_by(before.partitions, self._node)
        begun = time.monotonic()
        try:
            self._hand_over(before)
            passed = time.monotonic() - begun
            after = self._move_controller(before)
        finally:
            self.put_back()
        recovered = time.monotonic() - begun
        return Account(
            len(led), (before.controller, after.controller), led=passed, recovered=recovered
        )

    def crash(self) -> Account:
        """Die, and come back: the process is killed, not asked."""
        before = self._see("the cluster answers", lambda facts: True)
        led = leadership.led_by(before.partitions, self._node)
        keys, begun = _keys(led), time.monotonic()
        process, gone = self._kill()
        passed = None
        if gone is not None:
            self._work.progress(f"process {process.pid} is dead; waits for other leaders", 0.25)
            self._see(
                "others lead what it led", lambda facts: _others_lead(facts, keys, self._node)
            )
            passed = time.monotonic() - begun
            self._work.progress(f"others lead after {passed:.1f} s; waits for its return", 0.5)
        after = self._see("its copies are in sync", self._whole)
        recovered = time.monotonic() - begun
        self.put_back()
        return Account(
            partitions=len(led),
            controllers=(before.controller, after.controller),
            pid=process.pid,
            gone=gone or 0.0,
            led=passed,
            recovered=recovered,
        )

    def put_back(self) -> int:
        """How many partitions got their order of before; the broker runs and leads again."""
        self._services.start(SERVICE)
        facts = self._see("its copies are in sync", self._whole, cancelled=True)
        moves = leadership.back(facts.partitions, self._ledger.orders)
        if moves:
            self._change(lambda admin: admin.move(moves))
        mine = [part for part in facts.partitions if part.replicas[:1] == (self._node,)]
        mine += [part for part, new in moves if new[0] == self._node]
        self._elect(_keys(part for part in mine if part.leader != self._node), cancelled=True)
        self._ledger.close()
        return len(moves)

    def _hand_over(self, before: ClusterFacts) -> None:
        moves = leadership.away(before.partitions, self._node, before.brokers)
        self._ledger.note(orders=[part for part, _ in moves])
        self._work.progress(f"hands {len(moves)} partitions over", 0.1)
        if moves:
            self._change(lambda admin: admin.move(moves))
            self._elect(_keys(part for part, _ in moves))
        self._see(
            "others lead what it led",
            lambda facts: not leadership.led_by(facts.partitions, self._node),
        )

    def _elect(self, keys: frozenset[_Key], *, cancelled: bool = False) -> None:
        """Let the preferred brokers lead, a few partitions at a time, until they acknowledge.

        A second change of leaders before the first has reached all copies makes customers wait for
        both: on a busy machine that came to six seconds, with nobody leading in between.
        """
        left, size = sorted(keys), max(_AT_ONCE, len(keys) // _TIMES)
        while left:
            few, left = frozenset(left[:size]), left[size:]
            self._change(lambda admin, few=few: admin.elect_preferred(few))

            def acknowledge(admin: Administrator, few: frozenset[_Key] = few) -> bool | None:
                there = few & _keys(admin.condition().partitions)
                return admin.acknowledge(there) or None

            self._until("the new leaders acknowledge", acknowledge, cancelled=cancelled)

    def _move_controller(self, before: ClusterFacts) -> ClusterFacts:
        """The cluster with another controller; only a node that ends hands that role over."""
        if before.controller != self._node:
            return before
        self._work.progress("ends in order, to hand the controllers over", 0.4)
        self._services.stop(SERVICE)
        return self._see(
            "another controller leads", lambda facts: facts.controller not in (-1, self._node)
        )

    def _kill(self) -> tuple[Process, float | None]:
        """The process that died, and after how many seconds; None when that was before."""
        process = self._ledger.killed
        if process is None:
            process = identify(self._services.state(SERVICE).pid)
            if process is None:
                raise OperationError("The broker does not run: there is nothing to kill")
            # Noted first: whoever goes on after a kill of this process does not kill another.
            self._ledger.note(killed=process)
        elif not process.alive:
            return process, None
        return process, kill(process)

    def _whole(self, facts: ClusterFacts) -> bool:
        """Whether this broker is back and everything that it holds is in sync."""
        mine = [part for part in facts.partitions if self._node in part.replicas]
        votes = self._node not in facts.voters or self._node in facts.lags
        return self._node in facts.brokers and votes and not any(part.short for part in mine)

    def _change(self, change: Callable[[Administrator], None]) -> None:
        """Do it, and again while the cluster cannot."""
        deadline = time.monotonic() + self._patience
        while (problem := self._try(change)) is not None:
            if time.monotonic() > deadline:
                raise OperationError(str(problem))
            time.sleep(_PAUSE_SECONDS)

    def _try(self, change: Callable[[Administrator], None]) -> ClusterError | None:
        """Why it could not be done; None when it was."""
        try:
            change(self._connected())
        except ClusterError as error:
            self._close()
            return error
        return None

    def _see(
        self, what: str, met: Callable[[ClusterFacts], bool], *, cancelled: bool = False
    ) -> ClusterFacts:
        """The facts, once they meet the condition.

        Raises:
            OperationError: they do not within the patience.
            Cancelled: the work was asked to end, unless the caller goes on regardless.
        """

        def look(admin: Administrator) -> ClusterFacts | None:
            facts = admin.condition()
            return facts if met(facts) else None

        return self._until(what, look, cancelled=cancelled)

    def _until(
        self, what: str, look: Callable[[Administrator], _T | None], *, cancelled: bool = False
    ) -> _T:
        """What the look finds, once it finds anything; raises as `_see` does."""
        deadline, reason = time.monotonic() + self._patience, "they do not"
        while time.monotonic() < deadline:
            if not cancelled:
                self._work.end_if_cancelled()
            try:
                found = look(self._connected())
                if found is not None:
                    return found
            except ClusterError as error:
                reason = str(error)
                self._close()
            time.sleep(_PAUSE_SECONDS)
        raise OperationError(
            f"Waited {self._patience:g} s until {what}: {reason}. "
            "See juju run kafka/leader health-check; failover mode=put-back puts back what it can"
        )

    def _connected(self) -> Administrator:
        if self._admin is None:
            self._admin = self._stack.enter_context(administrator(self._others, self._etc))
        if self._admin is None:
            raise ClusterError(f"None of {', '.join(self._others)} answers")
        return self._admin

    def _close(self) -> None:
        self._admin = None
        with contextlib.suppress(ClusterError):
            self._stack.close()


def _keys(partitions: Iterable[Partition]) -> frozenset[_Key]:
    return frozenset((part.topic, part.index) for part in partitions)


def _others_lead(facts: ClusterFacts, keys: frozenset[_Key], node: int) -> bool:
    found = [part for part in facts.partitions if (part.topic, part.index) in keys]
    return all(part.leader in facts.brokers and part.leader != node for part in found)
