# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Carries out the steps of a plan, with the broker, the cluster and the relations at hand."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import placement
import steps
from broker import Broker, BrokerError
from cluster import administrator
from cluster_id import new_cluster_id
from dataops.certificates.requester import Requester
from dataops.host.packages import PackageError
from dataops.host.services import ServiceError
from dataops.host.wake import juju_exec
from facts import ClusterError, ClusterFacts
from gate import Gate
from observed import Observed
from peers import Peers
from programs import ProgramError

if TYPE_CHECKING:
    from admin import Administrator

logger = logging.getLogger(__name__)

# What only the operator can change, and what may pass by itself.
REFUSALS = (BrokerError, PackageError, ServiceError)
SETBACKS = (ClusterError, ProgramError)

# Steps of every plan, most of which change nothing.
_QUIET = (
    steps.Note, steps.Agree, steps.Configure, steps.Admit, steps.Fetch, steps.Settle,
    steps.KeepShipping,
)  # fmt: skip
# A broker makes its listeners anew one after the other: 0.1 to 1.4 s, on a busy machine up to 6.
_RELOAD_SECONDS = 12
_LOOK_AGAIN_SECONDS, _TRY_AGAIN_SECONDS = 30, 10
_SHORT_PATIENCE = 3.0
_DRAIN_SECONDS = 900
_OTHERS_SECONDS = 60


class Effects:
    """What can be done now.

    Args:
        observed: the facts that the plan was made from.
        broker: this unit's.
        admin: of the cluster; None while it does not answer.
        peers: the peer relation.
        gate: that clients come and go through.
        requester: of this unit's certificate.
        archive: the resource with Kafka's programs, if one is attached; asked for when needed.
        backup_key: what opens backups, or empty; asked for when needed.
        lasting: what the process of continuous backup is told; asked for when needed.
    """

    def __init__(
        self,
        observed: Observed,
        broker: Broker,
        admin: Administrator | None,
        peers: Peers,
        gate: Gate,
        requester: Requester,
        archive: Callable[[], Path | None],
        backup_key: Callable[[], str],
        lasting: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._observed = observed
        self._broker = broker
        self._admin = admin
        self._peers = peers
        self._gate = gate
        self._requester = requester
        self._archive = archive
        self._backup_key = backup_key
        self._lasting = lasting

    def apply(self, step: steps.Step) -> bool:
        """Whether anything had to change that facts are read from.

        Raises:
            BrokerError, ClusterError, ProgramError, PackageError, ServiceError: it cannot be done.
        """
        if not isinstance(step, _QUIET):
            logger.info("Step: %s", step)
        match step:
            case steps.Note():
                return self._peers.note(step.values)
            case steps.Agree():
                return self._peers.agree(step.values)
            case steps.Found():
                cluster_id = step.cluster_id or new_cluster_id()
                return self._peers.agree({"cluster-id": cluster_id, "first": str(step.first)})
            case steps.LookAgain():
                self._broker.wake_after(self._observed.unit, step.seconds)
                return False
            case steps.KeepShipping():
                return self._broker.shipping.keep(self._lasting, self._observed.now)
            case steps.StopShipping():
                return self._broker.shipping.stop()
            case _:
                return self._apply_to_broker(step)

    def _apply_to_broker(self, step: steps.Step) -> bool:
        match step:
            case steps.Install():
                return self._broker.install(self._archive())
            case steps.Configure():
                return self._broker.configure(step.files, step.secrets)
            case steps.Start():
                return self._start(step)
            case steps.Admission():
                return self._let(step)
            case steps.RequestCertificate():
                self._requester.request(new_key=True)
            case (
                steps.Fetch()
                | steps.TakeOver()
                | steps.PutBack()
                | steps.Settle()
                | steps.Discard()
            ):
                return self._recover(step)
            case steps.Format():
                self._broker.format(step.cluster_id, standalone=step.standalone)
            case steps.Stop():
                self._broker.stop(step.patience)
            case steps.Remove():
                self._broker.remove()
            case _:
                self._apply_to_cluster(step)
        return True

    def _apply_to_cluster(self, step: steps.Step) -> None:
        match step:
            case steps.MoveReplicas():
                self.admin.move(step.moves)
            case steps.AwaitOthers():
                self._await_others(step)
            case steps.Drain():
                self._drain(step)
            case steps.ElectAny():
                self.admin.elect_any(step.partitions)
            case steps.ReloadCertificate():
                self._reload(step)
            case steps.ProvePorts():
                self._prove()
            case _:
                self._apply_with_programs(step)

    def _apply_with_programs(self, step: steps.Step) -> None:
        programs, servers = self._broker.programs, self._observed.internal_endpoints
        match step:
            case steps.ChangeQuorum() if step.change.add:
                cluster, new = self._observed.agreement.cluster_id, step.change
                programs.add_voter(servers, cluster, new.node, step.address, new.directory)
            case steps.ChangeQuorum():
                programs.remove_voter(servers, step.change.node, step.change.directory)
            case steps.SetMinInSync():
                programs.set_min_in_sync(servers, step.copies)
            case steps.Unregister():
                programs.unregister(servers, step.node)
            case _:
                raise NotImplementedError(f"No effect for {step}")

    @property
    def admin(self) -> Administrator:
        """The cluster's administrator; plans ask for it only where the cluster answered."""
        if self._admin is None:
            raise ClusterError("The cluster does not answer")
        return self._admin

    def _start(self, step: steps.Start) -> bool:
        started = self._broker.start(step.heap, step.fingerprint, anew=step.anew)
        # A start takes 4 to 15 s, in which other hooks can do their part: none waits for it.
        self._broker.wake_when_listening(self._observed.unit)
        return started

    def _let(self, step: steps.Admission) -> bool:
        try:
            return self._gate.apply(step, self.admin)
        except ClusterError:
            # A broker that was behind, or away for a moment, wakes nobody when it is back.
            self._broker.wake_after(self._observed.unit, _TRY_AGAIN_SECONDS)
            raise

    def _recover(
        self,
        step: steps.Fetch | steps.TakeOver | steps.PutBack | steps.Settle | steps.Discard,
    ) -> bool:
        restorer, o = self._broker.restorer, self._observed
        if restorer is None:
            return False
        match step:
            case steps.Fetch(recovery):
                restorer.work("place", recovery, o.store, self._told(), self._backup_key)
                return False
            case steps.Settle(recovery):
                restorer.work("finish", recovery, o.store, self._told(), self._backup_key)
                return False
            case steps.TakeOver(recovery):
                # Its data goes aside, and the other brokers end as well: nothing to hand over.
                self._broker.stop(_SHORT_PATIENCE)
                restorer.take_over(recovery)
            case steps.PutBack(name):
                # Nobody was let into the cluster that ends here.
                self._broker.stop(_SHORT_PATIENCE)
                restorer.put_back(name)
            case steps.Discard():
                restorer.discard()
        return True

    def _told(self) -> dict[str, object]:
        """What a restore's process has to know of this unit and the others."""
        o = self._observed
        addresses = [o.address, *(peer.address for peer in o.peers if peer.unit != o.unit)]
        known = [address for address in addresses if address]
        return {
            "unit": o.unit,
            "juju_exec": juju_exec(),
            "node": o.node,
            "addresses": known,
            "programs": self._broker.programs.told(),
        }

    def _reload(self, step: steps.ReloadCertificate) -> None:
        stores = self._broker.stores
        self.admin.reload_certificates(step.node, stores.keystore, stores.truststore)
        self._prove()

    def _prove(self) -> None:
        # The broker says yes to anything: only the ports know.
        if why := self._broker.wait_until_loaded(_RELOAD_SECONDS):
            self._broker.wake_after(self._observed.unit, _LOOK_AGAIN_SECONDS)
            log = self._observed.paths.log / "server.log"
            raise ClusterError(f"the broker does not take its certificate: {why}: see {log}")

    def _await_others(self, step: steps.AwaitOthers) -> None:
        deadline, o = time.monotonic() + _OTHERS_SECONDS, self._observed
        while not step.nodes & self._up():
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"No broker of {o.app} answers that could take over what {o.unit} has: its "
                    f"copies and its vote would be lost. See `juju status {o.app}`; Juju tries "
                    f"again. To lose them: `juju remove-unit --force {o.unit}`"
                )
            time.sleep(1)

    def _up(self) -> frozenset[int]:
        """The brokers that are up now; none while the cluster does not answer."""
        addresses = [peer.address for peer in self._observed.peers if peer.address]
        try:
            with administrator(addresses, self._broker.paths.etc) as admin:
                return admin.facts().brokers if admin else frozenset()
        except ClusterError:
            return frozenset()

    def _drain(self, step: steps.Drain) -> None:
        deadline = time.monotonic() + _DRAIN_SECONDS
        while moves := _left_on(step, self.admin.facts()):
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"{len(moves)} partitions are still on broker {step.node} after "
                    f"{_DRAIN_SECONDS} s, and go on moving: `juju resolve {self._observed.unit}`"
                )
            self.admin.move(moves)
            time.sleep(0.5)


def _left_on(step: steps.Drain, cluster: ClusterFacts) -> tuple[placement.Move, ...]:
    """Where what is still on a broker goes; Kafka refuses to keep a copy on one that is gone."""
    leaving = {step.node, *step.going, *cluster.lost}
    moves = placement.drain(cluster.partitions, leaving, step.live & cluster.brokers)
    return tuple(move for move in moves if step.node in move[0].replicas)
