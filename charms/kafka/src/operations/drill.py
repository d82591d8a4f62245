# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Rehearses the loss of everything: the newest backup, restored beside the cluster."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pydantic

from backups import access
from dataops.backup.rehearsed import READER, Readable, ReadablePortion
from dataops.host.paths import UnitPaths
from dataops.objectstore import Target
from dataops.operations import Context, JobVerb, OperationError, Params, Result, Scope, Work
from drill_checks import Policy, broken, told
from observed import Observed
from workload import Workload

if TYPE_CHECKING:
    from dataops.backup.manifest import Manifest
    from dataops.backup.restoration import Pieces
    from dataops.backup.scratch import Scratch
    from dataops.host.services import ServiceManager
    from drill import Drilled
    from drill_cluster import DrillCluster

PLACE = "rehearsal"


class DrillParams(Params):
    """Which backup, and for whom."""

    backup: str = pydantic.Field(default="", description="Its id; empty: the newest good one.")
    reader: str = pydantic.Field(
        default="",
        description="The public key, PEM, of whoever reads from the rehearsal's cluster "
        "afterwards: it stands until clear-rehearsal.",
    )


class DrillResult(Result):
    """What was found.

    Attributes:
        summary: one sentence for the report.
        backup: its id.
        rto_seconds: until a new record was acknowledged and an old one read.
        produce_seconds, consume_seconds: each of them.
        rpo_records: acknowledged records that the backup does not have.
        rpo_ms: how old the first of them was.
        partitions, bytes: compared byte by byte with what was backed up.
        sampled_records: compared with the live cluster's, as a client reads both.
        hashed_records: that a client read back to the hash in the manifest.
        topics, acls, groups: compared.
        resumed: where a group of the backup went on reading.
        readable: what the reader needs, if there is one.
    """

    summary: str
    backup: str | None = None
    rto_seconds: float | None = None
    produce_seconds: float | None = None
    consume_seconds: float | None = None
    rpo_records: int | None = None
    rpo_ms: int | None = None
    partitions: int | None = None
    bytes: int | None = None
    sampled_records: int | None = None
    hashed_records: int | None = None
    topics: int | None = None
    acls: int | None = None
    groups: int | None = None
    resumed: str | None = None
    readable: Readable | None = None


class Spec(pydantic.BaseModel):
    """What the work is told; its ticket alone has the store's keys."""

    unit: str
    app: str
    root: Path
    storage: Path
    user: str | None
    backup: str = ""
    sources: tuple[str, ...] = ()
    target: Target | None = None
    key: str = pydantic.Field(default="", repr=False)
    addresses: tuple[str, ...] = ()
    own: str = ""
    reader: str = ""
    rto: float = 0
    rpo: float = 0


def prepare(context: Context[Observed, Workload, DrillParams]) -> Spec:
    """Where everything is."""
    o, params = context.observed, context.params
    if o.storage is None:
        raise OperationError(f"{o.unit} has no storage yet: see juju status {o.app}")
    where = access(o, context.workload)
    if o.cluster is None or o.config is None:
        raise OperationError(f"The cluster of {o.app} does not answer: see juju status {o.app}")
    recovery = o.agreement.recovery
    return Spec(
        unit=o.unit,
        app=o.app,
        root=o.paths.root,
        storage=o.storage,
        user=context.workload.broker.user,
        backup=params.backup,
        # A cluster that was restored may have no backups of its own yet.
        sources=(o.agreement.cluster_id, *([recovery.source] if recovery else [])),
        target=where.target,
        key=where.key,
        addresses=tuple(peer.address for peer in o.peers if peer.address),
        own=context.workload.broker.address,
        reader=_public(params.reader),
        rto=o.config.drill_rto_seconds,
        rpo=o.config.drill_rpo_seconds,
    )


def work(work: Work[Spec]) -> DrillResult:
    """Rehearses, writes what was found beside the backup, and leaves nothing behind."""
    from dataops.backup.scratch import Scratch
    from dataops.host.services import manager

    spec = work.spec
    services = manager(UnitPaths(spec.root), spec.unit)
    scratch = Scratch(spec.storage / PLACE, spec.user, services)
    began = datetime.datetime.now(datetime.timezone.utc)
    manifest, pieces = _newest(spec)
    with scratch:
        cluster = _cluster(spec, scratch, services)
        done = _drilled(work, manifest, pieces, cluster)
        problems = [*done.problems, *broken(Policy(spec.rto, spec.rpo), done.measured)]
        _note(spec, pieces, done, problems, began)
        if problems:
            what = f"The rehearsal with backup {done.backup} failed"
            raise OperationError(f"{what}: {told(problems)}")
        readable = _readable(cluster, done)
        if readable:
            scratch.stay()
    return _result(done, readable)


def _public(key: str) -> str:
    """The reader's key; raises `OperationError` when it is none."""
    if not key:
        return ""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    try:
        serialization.load_pem_public_key(key.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise OperationError(
            f"reader: {key[:40]!r} is no public key in PEM: give what query-restored of Spark "
            f"answers, or nothing ({error})"
        ) from None
    return key


def _newest(spec: Spec) -> tuple[Manifest, Pieces]:
    """The backup to rehearse with."""
    from dataops.backup import catalogue
    from dataops.backup.manifest import Manifest, manifest_key
    from dataops.backup.restoration import Pieces
    from dataops.backup.sealed import Key
    from dataops.backup.shelf import Shelf
    from dataops.objectstore import open_store

    assert spec.target is not None
    store = open_store(spec.target)
    for source in spec.sources:
        shelf = Shelf(store, source)
        newest = None if spec.backup else catalogue.newest_good(shelf)
        name = spec.backup or (newest.id if newest else "")
        manifest = shelf.read(Manifest, manifest_key(name)) if name else None
        if manifest:
            return manifest, Pieces(shelf, Key.of(spec.key) if spec.key else None)
    what = f"finished backup {spec.backup}" if spec.backup else "good backup"
    raise OperationError(
        f"{spec.target.describe()} has no {what} of {spec.app}: juju run day2/leader create-backup"
    )


def _cluster(spec: Spec, scratch: Scratch, services: ServiceManager) -> DrillCluster:
    from dataops.backup import scratch as places
    from dataops.host.ports import free_port
    from drill_cluster import Door, DrillCluster
    from listeners import PORTS

    door = None
    if spec.reader:
        door = Door(spec.own, free_port(spec.own), spec.reader, READER)
    return DrillCluster(
        scratch=scratch,
        address=places.address(PORTS),
        app=spec.app,
        bin=UnitPaths(spec.root).bin,
        services=services,
        user=spec.user,
        door=door,
    )


def _drilled(
    work: Work[Spec], manifest: Manifest, pieces: Pieces, cluster: DrillCluster
) -> Drilled:
    from drill import Drill, Live

    live = Live(work.spec.addresses, UnitPaths(work.spec.root).etc)

    def tell(text: str) -> None:
        work.end_if_cancelled()
        work.progress(text)

    return Drill(manifest, pieces, live, cluster, tell).run()


def _readable(cluster: DrillCluster, done: Drilled) -> Readable | None:
    if cluster.door is None:
        return None
    return Readable(
        server=cluster.door.server,
        authority=cluster.authority,
        certificate=cluster.certificate,
        portions=tuple(
            ReadablePortion(
                topic=one.place[0],
                partition=one.place[1],
                start=one.start,
                end=one.end,
                sha256=one.sha256,
            )
            for one in done.readable
        ),
    )


def _note(
    spec: Spec, pieces: Pieces, done: Drilled, problems: list[str], began: datetime.datetime
) -> None:
    """Beside the backup, so that a list of backups tells which of them is proved."""
    from dataops.backup.catalogue import Verdict, drill_key

    now = datetime.datetime.now(datetime.timezone.utc)
    facts = {
        "rto_seconds": round(done.measured.rto, 1),
        "rpo_records": done.measured.lost_records,
        "rpo_ms": done.measured.lost_ms,
    }
    verdict = Verdict(
        id=done.backup,
        at=now,
        by=spec.unit,
        well=not problems,
        problems=tuple(problems),
        seconds=round((now - began).total_seconds(), 1),
        facts=facts,
    )
    pieces.shelf.write(drill_key(done.backup), verdict)


def _result(done: Drilled, readable: Readable | None) -> DrillResult:
    measured = done.measured
    consumed = measured.consumed
    return DrillResult(
        summary=(
            f"Backup {done.backup} restores: {done.partitions} partitions of "
            f"{done.bytes / 1e6:.1f} MB, {done.topics} topics, {done.acls} permissions and "
            f"{done.groups} groups are as they were backed up. RTO {measured.rto:.1f} s; RPO "
            f"{measured.lost_records} records, {measured.lost_ms / 1000:.1f} s."
            f"{'' if readable else ' No Spark query was asked for.'}"
        ),
        backup=done.backup,
        rto_seconds=round(measured.rto, 2),
        produce_seconds=round(measured.produced, 2),
        consume_seconds=None if consumed is None else round(consumed, 2),
        rpo_records=measured.lost_records,
        rpo_ms=measured.lost_ms,
        partitions=done.partitions,
        bytes=done.bytes,
        sampled_records=done.sampled,
        hashed_records=done.hashed,
        topics=done.topics,
        acls=done.acls,
        groups=done.groups,
        resumed=done.resumed or None,
        readable=readable,
    )


VERB = JobVerb(
    name="drill",
    description="Restores the newest backup beside the cluster, compares it, and measures.",
    prepare=prepare,
    work=work,
    params=DrillParams,
    spec=Spec,
    result=DrillResult,
    scope=Scope.LEADER,
)
