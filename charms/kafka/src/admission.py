# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Users and permissions: those that relations ask for, also while credentials change. Pure."""

import dataclasses
from collections.abc import Iterator, Mapping

import slots
from access import acls_for
from dataops.interfaces.kafka_client import ClientRequest
from dataops.rotation import Change, Rotation, Sight, obstacle, seen_again
from facts import Acl, ClusterFacts
from observed import Observed
from slots import Slots, client_of
from steps import (
    Admit,
    Agree,
    Dismiss,
    Grant,
    Introduce,
    ProveRefused,
    Renew,
    Revoke,
    Step,
    Withdraw,
)

# How soon after a change began its clients follow, and how many of them are a crowd.
_SOON_SECONDS, _CROWD = 60.0, 3


def steps_of(o: Observed, cluster: ClusterFacts) -> Iterator[Step]:
    """What is to be changed about users and permissions now."""
    wanted = {request.username: request for request in o.requests}
    users = {
        user: request
        for client, request in wanted.items()
        for user in o.agreement.slots_of(client).users(client)
    }
    grants = frozenset(acl for user, request in users.items() for acl in acls_for(request, user))
    ours = {acl for acl in cluster.acls if client_of(acl.principal.partition(":")[2])}
    if ours - grants:
        # First the permissions: that ends what live sessions can do.
        yield Revoke(frozenset(ours - grants))
    gone = {user: client for user in cluster.users - set(users) if (client := client_of(user))}
    for username, client in sorted(gone.items()):
        yield Dismiss(username, "" if client in wanted else client)
    # A hook that died after it had dropped them has told Juju nothing of it.
    for client in sorted(o.answered - set(wanted) - set(gone.values())):
        yield Withdraw(client)
    if not _open(o, cluster):
        return
    yield Agree({"opened": "true"})
    if grants - cluster.acls:
        yield Grant(grants - cluster.acls)
    yield from _admit(o, cluster, wanted)
    yield from _rotate(o, cluster, _known(o))


def _admit(
    o: Observed, cluster: ClusterFacts, wanted: Mapping[str, ClientRequest]
) -> Iterator[Step]:
    """Give every client its user of now."""
    users = {client: o.agreement.slots_of(client).user(client) for client in sorted(wanted)}
    known = cluster.users & set(o.passwords)
    new = {client: user for client, user in users.items() if user not in known}
    if new:
        grants = [acls_for(wanted[client], user) for client, user in new.items()]
        yield Introduce(tuple(new.values()), frozenset[Acl]().union(*grants))
    for client, user in users.items():
        yield Admit(wanted[client], user, o.endpoints, client not in new)


def _rotate(o: Observed, cluster: ClusterFacts, rotation: Rotation | None) -> Iterator[Step]:
    """Move a change of all clients' credentials on, each client as far as it is."""
    if rotation is None or rotation.finished:
        return
    clients = [request.username for request in o.requests]
    if not rotation.began:
        given = [one for one in clients if o.agreement.slots_of(one).user(one) in o.passwords]
        yield Renew(tuple(given))
        return
    changes = {name: change for name, change in rotation.changes.items() if name in clients}
    kept = slots.only(o.agreement.slots, clients)
    for name, change in changes.items():
        if kept.get(name, Slots()).old:
            changes[name] = seen_again(change, sight_of(o, name, change), o.now)
            if rotation.force or not _obstacle(o, rotation, name, changes[name]):
                kept[name] = kept[name].settled()
        elif change.old not in cluster.users and not change.gone:
            changes[name] = dataclasses.replace(change, gone=True)
    told = dataclasses.replace(rotation, changes=changes)
    yield Agree({"slots": slots.to_text(kept), "rotation": told.to_text()})
    if told.unproved or told.finished:
        # Finished: by the last client's leaving; then the old passwords are forgotten with it.
        yield ProveRefused(told)


def released(o: Observed) -> Iterator[Step]:
    """Note that nobody holds a client's old credentials any more: Juju says so once."""
    known = _known(o)
    if known and known != o.agreement.rotation:
        yield Agree({"rotation": known.to_text()})


def _known(o: Observed) -> Rotation | None:
    """The change of credentials, with what this event tells of it."""
    rotation = o.agreement.rotation
    change = rotation.changes.get(o.released or "") if rotation else None
    # Before the new user is handed out, what nobody holds is older than the change.
    if rotation and change and o.released and change.new in o.passwords:
        return rotation.released(o.released)
    return rotation


def settled(o: Observed) -> bool:
    """Whether every client has what it asks for: then what its units accept decides nothing."""
    clients = [one.username for one in o.requests]
    given = all(o.agreement.slots_of(one).user(one) in o.passwords for one in clients)
    return given and not o.agreement.turning


def crowded(o: Observed) -> bool:
    """Whether many clients are about to say, one hook each, that they follow a change."""
    rotation = o.agreement.rotation
    if not o.leader or rotation is None or not rotation.began:
        return False
    behind = [one for one in rotation.changes if o.agreement.slots_of(one).old]
    return len(behind) > _CROWD and o.now - rotation.began < _SOON_SECONDS


def obstacles(o: Observed, rotation: Rotation) -> dict[str, str]:
    """By client, why its old user has to stay."""
    waiting = {
        client: _obstacle(o, rotation, client, change)
        for client, change in rotation.changes.items()
        if o.agreement.slots_of(client).old
    }
    return {client: why for client, why in waiting.items() if why}


def sight_of(o: Observed, client: str, change: Change) -> Sight:
    """What is seen of a client whose credentials change."""
    busy = None if o.traffic is None else o.traffic.get(change.old, 0.0)
    return Sight(o.accepted.get(client, {}), busy, held=not change.released)


def _obstacle(o: Observed, rotation: Rotation, client: str, change: Change) -> str:
    return obstacle(change, sight_of(o, client, change), rotation.quiet, o.now)


def _open(o: Observed, cluster: ClusterFacts) -> bool:
    """Whether clients may come in.

    The first client makes Kafka create its own topics, with as many copies as there are brokers:
    so the first deployment has to be complete.
    """
    return o.agreement.opened or len(cluster.brokers & o.members) >= o.planned
