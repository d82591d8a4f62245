# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Lets clients in and out: users, permissions, and what their relations are told."""

from __future__ import annotations

import dataclasses
import secrets
import time
from typing import TYPE_CHECKING

import arrival
import login
import slots
import steps
from backup_keys import BackupKeys
from dataops.interfaces.kafka_client import Access, KafkaClientProvider
from dataops.rotation import Change
from facts import ClusterError
from listeners import CLIENT_PORT
from observed import Observed
from peers import Peers
from vault import Vault

if TYPE_CHECKING:
    from admin import Administrator

_PASSWORD_BYTES = 24


class Gate:
    """What can be done about clients now.

    Args:
        observed: the facts that the plan was made from.
        peers: the peer relation.
        clients: the relations of clients.
        vault: where passwords of users that are about to go are kept.
        keys: what backups are sealed with.
    """

    def __init__(
        self,
        observed: Observed,
        peers: Peers,
        clients: KafkaClientProvider,
        vault: Vault,
        keys: BackupKeys,
    ) -> None:
        self._observed = observed
        self._peers = peers
        self._clients = clients
        self._vault = vault
        self._keys = keys
        self._new: dict[str, str] = {}

    def apply(self, step: steps.Admission, admin: Administrator) -> bool:
        """Whether anything had to change that facts are read from.

        Raises:
            ClusterError: it cannot be done.
        """
        match step:
            case steps.Grant():
                admin.grant(step.acls)
            case steps.Revoke():
                admin.revoke(step.acls)
            case steps.Admit():
                return self._admit(step)
            case steps.Introduce():
                self._introduce(step, admin)
            case steps.Dismiss():
                admin.drop_user(step.username)
                if step.client:
                    self._clients.withdraw(step.client)
            case steps.Withdraw():
                self._clients.withdraw(step.client)
            case steps.Renew():
                self._renew(step, admin)
            case steps.ProveRefused():
                self._prove_refused(step)
            case _:
                raise NotImplementedError(f"No effect for {step}")
        return True

    def _introduce(self, step: steps.Introduce, admin: Administrator) -> None:
        o = self._observed
        for user in step.users:
            self._new[user] = o.passwords.get(user) or secrets.token_urlsafe(_PASSWORD_BYTES)
            admin.set_password(user, self._new[user])
        up = o.cluster.brokers if o.cluster else frozenset[int]()
        servers = {
            peer.node: f"{peer.address}:{CLIENT_PORT}"
            for peer in o.peers
            if peer.address and peer.node in up
        }
        # A broker that knows the last of them knows all: it follows the others in order.
        last, truststore = step.users[-1], o.paths.etc / "truststore.pem"
        arrival.wait(admin, servers, truststore, last, self._new[last], step.acls)

    def _admit(self, step: steps.Admit) -> bool:
        request, observed = step.request, self._observed
        access = Access(
            topic=request.topic,
            endpoints=step.endpoints,
            username=step.username,
            password=(observed.passwords if step.known else self._new)[step.username],
            tls=True,
            tls_ca=observed.truststore,
            consumer_group_prefix=request.group_prefix,
        )
        self._clients.answer(request, access)
        return not step.known

    def _renew(self, step: steps.Renew, admin: Administrator) -> None:
        observed, now = self._observed, time.time()
        rotation = observed.agreement.rotation
        if rotation is None:
            return
        before = {client: observed.agreement.slots_of(client) for client in step.clients}
        after = {client: one.renewed() for client, one in before.items()}
        changes = {
            client: Change(before[client].user(client), after[client].user(client), seen=now)
            for client in step.clients
        }
        self._vault.keep({one.old: observed.passwords[one.old] for one in changes.values()})
        # From now on the brokers tell which user works with them.
        admin.watch_users()
        notes = self._keys.replace()
        begun = dataclasses.replace(rotation, began=now, changes=changes, notes=notes)
        merged = slots.to_text({**observed.agreement.slots, **after})
        self._peers.agree({"slots": merged, "rotation": begun.to_text()})

    def _prove_refused(self, step: steps.ProveRefused) -> None:
        rotation, passwords = step.rotation, self._vault.kept()
        truststore = self._observed.paths.etc / "truststore.pem"
        for client in rotation.unproved:
            old = rotation.changes[client].old
            servers = self._observed.endpoints.split(",")
            if not login.refused(servers, truststore, old, passwords[old]):
                raise ClusterError(f"The brokers still take the old password of {old}")
            rotation = rotation.proved(client)
        self._peers.agree({"rotation": rotation.to_text()})
        if rotation.finished:
            self._vault.clear()
