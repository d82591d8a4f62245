# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the charm is made of."""

import json

from ops import testing
from story import Story


def test_it_asks_for_a_certificate_for_its_address(context, bridge):
    story = Story(context, bridge)
    relation = testing.Relation("certificates")
    story.replace(relation)
    story.wake(context.on.relation_created(relation))
    asked = story.state.get_relation(relation.id).local_unit_data["certificate_signing_requests"]
    assert "BEGIN CERTIFICATE REQUEST" in json.loads(asked)[0]["certificate_signing_request"]
