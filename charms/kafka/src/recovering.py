# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The next steps of a restore of the whole cluster, given the facts. Pure."""

import dataclasses
from collections.abc import Iterator

from facts import ClusterFacts
from observed import Observed
from recovery import Recovery, Share
from steps import Agree, Discard, ElectAny, Fetch, Note, PutBack, Settle, Step, TakeOver


def waits(o: Observed) -> bool:
    """Whether this unit's broker must not run before it has taken its restored data over."""
    recovery = o.agreement.recovery
    if gives_back(o):
        return True
    if recovery is None or recovery.over or o.node not in recovery.members:
        return False
    return recovery.replaces and o.broker.restored != recovery.name


def gives_back(o: Observed) -> bool:
    """Whether the data here is that of a restore that was given up."""
    recovery = o.agreement.recovery
    return bool(recovery and o.broker.restored and o.broker.restored in recovery.given_up)


def stale(o: Observed, cluster: ClusterFacts) -> bool:
    """Whether the cluster that answers is one that a restore has just replaced."""
    # It is up until each of its units has taken its restored data over.
    return cluster.cluster_id not in ("", o.agreement.cluster_id)


def of_unit(o: Observed) -> Iterator[Step]:
    """What this unit does for it."""
    recovery = o.agreement.recovery
    if gives_back(o):
        yield PutBack(o.broker.restored)
        return
    if recovery is None or o.node not in recovery.members:
        return
    if recovery.over:
        if o.broker.leftovers:
            yield Discard()
        yield Note({"recovery": ""})
    elif recovery.stage == "placing":
        yield Fetch(recovery)
        yield Note({"recovery": _mine(o, recovery).to_text()})
    elif waits(o) and o.broker.share.state != "placed":
        yield Fetch(recovery)
    elif waits(o):
        # Two clusters never meet on one disk: the data of the old one goes aside first.
        yield TakeOver(recovery)


def of_leader(o: Observed) -> Iterator[Step]:
    """What the leader does for it while units place their shares: no cluster is needed."""
    recovery = o.agreement.recovery
    if recovery is None or recovery.stage != "placing":
        return
    if frozenset(recovery.members) != o.members:
        gone = f"units came or went meanwhile: {len(recovery.members)} began it"
        yield _agree(recovery.failed(gone, o.now))
        return
    mine = _shares(o, recovery)
    for unit, share in sorted(mine.items()):
        if share.state == "failed":
            yield _agree(recovery.failed(f"{unit}: {share.text}", o.now))
            return
    if len(mine) == len(o.peers) and all(share.state == "placed" for share in mine.values()):
        account = _sum([share.account for share in mine.values()])
        started = dataclasses.replace(
            recovery, stage="starting", account=account, before=_agreed(o)
        )
        fresh = {"cluster-id": recovery.cluster_id, "first": str(min(recovery.members))}
        # The new cluster is founded, and opened to clients, as any other one is.
        forgotten = {"founded": "", "opened": "", "turn": ""}
        yield Agree({**fresh, **forgotten, "recovery": started.to_text()})


def of_cluster(o: Observed, cluster: ClusterFacts) -> Iterator[Step]:
    """What the leader does for it once the new cluster answers."""
    recovery = o.agreement.recovery
    if recovery is None or recovery.over or not recovery.replaces:
        return
    if recovery.stage == "starting":
        if not set(recovery.members) <= cluster.brokers or not o.agreement.founded:
            return
        without = tuple((p.topic, p.index) for p in cluster.partitions if p.leader < 0)
        if without:
            # Every copy was placed whole, so whoever is elected has all of it.
            yield ElectAny(without)
        else:
            yield _agree(dataclasses.replace(recovery, stage="finishing"))
        return
    yield Settle(recovery)
    share = o.broker.share
    if share.name == recovery.name and share.state == "finished":
        account = {**recovery.account, **share.account}
        done = dataclasses.replace(recovery, stage="done", ended=o.now, account=account)
        yield _agree(done)


def closed(o: Observed) -> bool:
    """Whether clients have to wait outside: their groups do not know yet where to go on."""
    recovery = o.agreement.recovery
    return bool(recovery and recovery.replaces and not recovery.over)


def progress(o: Observed) -> str:
    """Where it is, for people; empty when there is none."""
    recovery = o.agreement.recovery
    if recovery is None or recovery.over:
        return ""
    doing = {
        "placing": "placing backup {} beside the data",
        "starting": "starting the cluster restored from backup {}",
        "finishing": "telling groups of backup {} where to go on",
    }
    text = doing[recovery.stage].format(recovery.backup)
    if missing := _awaited(o, recovery):
        text += f", which waits for {', '.join(missing)}"
    share = _mine(o, recovery)
    return f"{text}: {share.text}" if share.text else text


def undone(o: Observed, why: str) -> dict[str, str]:
    """What is agreed on when a restore whose data took its place is given up."""
    recovery = o.agreement.recovery
    assert recovery is not None and recovery.replaces
    return {**recovery.before, "turn": "", "recovery": recovery.undone(why, o.now).to_text()}


def _agreed(o: Observed) -> dict[str, str]:
    """What a restore replaces of that which all units go by."""
    now = o.agreement
    return {
        "cluster-id": now.cluster_id,
        "first": str(now.first),
        "founded": "true" if now.founded else "",
        "opened": "true" if now.opened else "",
    }


def _awaited(o: Observed, recovery: Recovery) -> list[str]:
    """Which units it waits for, once this one has done its part."""
    if recovery.stage == "placing" and _mine(o, recovery).state == "placed":
        shares = _shares(o, recovery)
        done = {unit for unit, share in shares.items() if share.state == "placed"}
        return [peer.unit for peer in o.peers if peer.unit not in done]
    if recovery.stage != "starting":
        return []
    answers = o.cluster is not None and not stale(o, o.cluster)
    up = o.cluster.brokers if o.cluster and answers else frozenset[int]()
    return [f"{o.app}/{node}" for node in sorted(set(recovery.members) - up)]


def _shares(o: Observed, recovery: Recovery) -> dict[str, Share]:
    """How far each unit is that has begun."""
    shares = {peer.unit: peer.share for peer in o.peers}
    shares[o.unit] = o.broker.share
    return {unit: share for unit, share in shares.items() if share.name == recovery.name}


def _mine(o: Observed, recovery: Recovery) -> Share:
    return o.broker.share if o.broker.share.name == recovery.name else Share()


def _agree(recovery: Recovery) -> Agree:
    return Agree({"recovery": recovery.to_text()})


def _sum(accounts: list[dict[str, int]]) -> dict[str, int]:
    # Every copy of a partition counts once: the first unit to have it names it.
    names = sorted({name for account in accounts for name in account})
    return {name: sum(account.get(name, 0) for account in accounts) for name in names}
