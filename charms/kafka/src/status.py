# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the operator is told, from the facts: each line with the next move."""

import datetime
from collections.abc import Iterator

import ops

import recovering
from observed import Observed

# With less, a broker ends at the next roll of a segment's indexes, and again after every start.
_LEAST_FREE = 256 << 20


def statuses(observed: Observed) -> Iterator[ops.StatusBase]:
    """Every status that holds; Juju shows the most urgent."""
    yield from (ops.BlockedStatus(text) for text in _blocked(observed))
    if progress := recovering.progress(observed):
        yield ops.MaintenanceStatus(progress)
    waiting = _waiting(observed)
    if waiting:
        yield ops.WaitingStatus(waiting)
    yield ops.ActiveStatus(_warning(observed))


def _blocked(o: Observed) -> Iterator[str]:
    """What only the operator can change."""
    if o.config_problem:
        yield f"invalid option {o.config_problem}: see `juju config {o.app}`"
    if o.problem:
        yield o.problem
    # A unit without storage is not there yet or on its way out: relations go after the storage.
    if not o.certified and o.storage is not None:
        yield f"no certificates: juju integrate {o.app}:certificates <certificates provider>"
    if o.denied:
        yield f"certificate refused: {o.denied}: see the provider{_still(o)}"
    if o.tls and o.tls.objection and not o.tls.comes(o.now):
        yield f"new certificate not used: {o.tls.objection}{_still(o)}"
    if o.broker.free is not None and o.broker.free < _LEAST_FREE:
        yield (
            f"disk full: {o.broker.free >> 20} MiB left at {o.storage}: grow the volume, or keep "
            "less (retention.ms, retention.bytes)"
        )
    if o.broker.complaint and not o.broker.listening:
        yield o.broker.complaint.replace("<app>", o.app)
    ours, theirs = o.agreement.cluster_id, o.broker.cluster_id
    if ours and theirs not in ("", ours) and not recovering.waits(o):
        yield (
            f"the storage belongs to cluster {theirs}, not {ours}: remove {o.unit} and add a "
            "unit with empty storage"
        )
    if o.leader:
        yield from (f"refused: {reason}" for reason in o.refusals)


def _waiting(o: Observed) -> str:
    """The first thing that is not there yet."""
    founder = f"{o.app}/{o.agreement.first}"
    steps = (
        (o.storage is not None, "waiting for storage"),
        (o.tls is not None, f"waiting for a certificate from the provider{_still(o)}"),
        (bool(o.agreement.cluster_id), "waiting for the leader to found the cluster"),
        (o.broker.listening, "waiting for the broker to start"),
        (o.cluster is not None, f"waiting for the cluster, founded by {founder}, to answer"),
    )
    if o.setback:
        return f"will try again: {o.setback}"
    if o.tls and o.tls.comes(o.now):
        return f"new certificate not used yet: {o.tls.objection}{_still(o)}"
    for done, text in steps:
        if not done:
            return text
    return _incomplete(o)


def _still(o: Observed) -> str:
    """What is served meanwhile."""
    if not o.broker.expires:
        return ""
    until = datetime.datetime.fromtimestamp(o.broker.expires, datetime.timezone.utc)
    return f"; the old one is served until {until:%Y-%m-%d %H:%M}"


def _incomplete(o: Observed) -> str:
    """What a broker that runs still waits for."""
    online = len(o.cluster.brokers & o.members) if o.cluster else 0
    if not o.agreement.opened and online < o.planned:
        return f"waiting for brokers: {online} of {o.planned} are up"
    if o.me.restart and o.broker.started_with != o.fingerprint:
        return "waiting for its turn to restart with the new options"
    return ""


def _warning(o: Observed) -> str:
    """What stops nobody and should be known."""
    if o.cluster is None:
        return ""
    short = sum(part.short for part in o.cluster.partitions)
    down = ", ".join(f"{o.app}/{node}" for node in sorted(o.cluster.fenced & o.members))
    if down:
        return f"{down} down: {short} partitions have a copy less"
    if short:
        return f"{short} partitions have a copy less"
    if o.store_trouble:
        return f"no backups: {o.store_trouble}"
    return _behind(o)


def _behind(o: Observed) -> str:
    """Why backups do not follow each other as they should; empty when they do."""
    minutes = o.config.continuous_backup_minutes if o.config else 0
    if minutes and o.store is None:
        return (
            f"no backups, although continuous-backup-minutes={minutes}: juju integrate {o.app}:s3 "
            "an object store, or set backup-directory"
        )
    if o.broker.shipped is None or not o.broker.shipped.why:
        return ""
    until = datetime.datetime.fromtimestamp(o.broker.shipped.restorable, datetime.timezone.utc)
    return f"no backup since {until:%Y-%m-%d %H:%M}: {o.broker.shipped.why}"
