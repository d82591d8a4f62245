# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A deployment over several hooks, as the whole charm sees it."""

import dataclasses
import json

from ops import testing

from plan import Admit

UUID = "12345678-0000-4000-8000-000000000000"


def state(**kwargs):
    defaults = {
        "leader": True,
        "storages": {testing.Storage("data")},
        # Nothing attached: Juju then hands out an empty file.
        "resources": {testing.Resource(name="prometheus", path="/dev/null")},
        "model": testing.Model(name="m", uuid=UUID),
    }
    return testing.State(**{**defaults, **kwargs})


class Story:
    """A deployment with one application that asks, and its day2."""

    def __init__(self, context, bridge, units=1):
        self.context, self.bridge = context, bridge
        self.query = testing.Relation("query", remote_app_name="day2", remote_units_data={0: {}})
        peers = {number: {} for number in range(1, units)}
        self.peers = testing.PeerRelation("peers", peers_data=peers)
        self.state = state(relations=[self.query, self.peers])
        self.wake()

    def wake(self, event=None):
        self.state = self.context.run(event or self.context.on.update_status(), self.state)

    def ask(self, **params):
        """What the action says: its message while it waits, else its results."""
        action = self.context.on.action("rotate-passwords", params=params)
        self.state = self.context.run(action, self.state)
        results = self.context.action_results
        return results.get("message") or results

    def accept(self, *users):
        relation = self.state.get_relation(self.query.id)
        said = {0: {"accepted-users": json.dumps(users)}}
        self.replace(dataclasses.replace(relation, remote_units_data=said))

    def replace(self, relation):
        others = {one for one in self.state.relations if one.id != relation.id}
        self.state = dataclasses.replace(self.state, relations=others | {relation})

    def told(self):
        """The user that the related application was told."""
        uri = self.state.get_relation(self.query.id).local_app_data["secret-user"]
        return self.state.get_secret(id=uri).latest_content["username"]

    @property
    def users(self):
        return set(self.bridge.last(Admit).users)
