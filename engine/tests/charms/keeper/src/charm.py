# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A charm on either side of a secret: it writes down every secret and storage event it gets."""

from __future__ import annotations

import datetime

import ops

OWN, READ = "own", "read"


class Keeper(ops.CharmBase):
    """The leader shares a secret on `shares`; units read it from `reads`."""

    def __init__(self, framework: ops.Framework) -> None:
        super().__init__(framework)
        observe, on = framework.observe, self.on
        observe(on.shares_relation_created, self._on_shares)
        observe(on.reads_relation_changed, self._on_reads)
        observe(on.secret_changed, self._on_secret_changed)
        observe(on.secret_remove, self._on_secret_remove)
        observe(on.secret_expired, self._on_secret_expired)
        observe(on.notes_storage_attached, self._on_attached)
        observe(on.notes_storage_detaching, self._on_detaching)
        observe(on.change_action, self._on_change)
        observe(on.expire_action, self._on_expire)
        observe(on.read_action, self._on_read)
        observe(on.more_notes_action, self._on_more_notes)

    def record(self, *words: object) -> None:
        with (self.charm_dir / "trace").open("a") as file:
            file.write(" ".join(map(str, words)) + "\n")

    def _on_shares(self, event: ops.RelationCreatedEvent) -> None:
        if self.unit.is_leader():
            secret = self.app.add_secret({"word": "first"}, label=OWN)
            secret.grant(event.relation)
            event.relation.data[self.app]["secret"] = str(secret.id)

    def _on_reads(self, event: ops.RelationChangedEvent) -> None:
        uri = event.relation.data[event.app].get("secret")
        if uri:
            secret = self.model.get_secret(id=uri, label=READ)
            self.record("got", secret.get_content()["word"])

    def _on_secret_changed(self, event: ops.SecretChangedEvent) -> None:
        before = event.secret.get_content()["word"]
        after = event.secret.get_content(refresh=True)["word"]
        self.record("secret-changed", event.secret.label, before, after)

    def _on_secret_remove(self, event: ops.SecretRemoveEvent) -> None:
        self.record("secret-remove", event.secret.label, event.revision)
        event.remove_revision()

    def _on_secret_expired(self, event: ops.SecretExpiredEvent) -> None:
        self.record("secret-expired", event.secret.label, event.revision)
        event.secret.set_content({"word": "after expiry"})

    def _on_attached(self, event: ops.StorageAttachedEvent) -> None:
        location = event.storage.location
        (location / "note").write_text("here")
        self.record("attached", event.storage.full_id, location)

    def _on_detaching(self, event: ops.StorageDetachingEvent) -> None:
        text = (event.storage.location / "note").read_text()
        self.record("detaching", event.storage.full_id, text)

    def _on_change(self, event: ops.ActionEvent) -> None:
        self.model.get_secret(label=OWN).set_content({"word": event.params["word"]})

    def _on_expire(self, event: ops.ActionEvent) -> None:
        now = datetime.datetime.now(datetime.timezone.utc)
        expire = now + datetime.timedelta(seconds=1)
        self.model.get_secret(label=OWN).set_info(expire=expire)

    def _on_read(self, event: ops.ActionEvent) -> None:
        event.set_results(self.model.get_secret(label=READ).get_content())

    def _on_more_notes(self, event: ops.ActionEvent) -> None:
        self.model.storages.request("notes")


if __name__ == "__main__":
    ops.main(Keeper)
