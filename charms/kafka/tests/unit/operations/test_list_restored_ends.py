# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import json

import pytest

from dataops.backup.ends import RESTORED, RestoredEnds, TopicEnds
from dataops.operations import OperationError
from operations.list_restored_ends import VERB

AT = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)


def test_it_tells_what_the_restore_wrote_down(world):
    ends = RestoredEnds(
        id="20261122T110000Z",
        source="old",
        at=AT,
        until=AT,
        topics=(TopicEnds(topic="orders", ends=(10, 4)),),
    )
    world.shelf.write(RESTORED, ends)
    found = world.call(VERB)
    assert (found.backup, found.at) == ("20261122T110000Z", "2026-11-22T12:00:00+00:00")
    assert [(one.topic, one.ends) for one in found.topics] == [("orders", (10, 4))]
    told = json.loads(found.action_results()["topics"])
    assert told == [{"topic": "orders", "ends": [10, 4]}], "as rewind-jobs of Spark takes it"


def test_a_cluster_that_was_never_restored_has_none(world):
    with pytest.raises(OperationError, match="nothing was restored into this cluster"):
        world.call(VERB)
