# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

from world import SICK, World, plan

from report.performance.facts import Toil
from report.toil import toil


def test_only_what_ended_counts_and_nothing_is_estimated():
    world = World({"kafka": ["kafka/0"]}, verbs=())
    chosen = plan({"verify": "healthy"}, name="health-check")
    for result in (None, SICK):
        world.request(chosen)
        world.drive()
        world.now += datetime.timedelta(seconds=30)
        world.answer("kafka/0", *([result] if result else []))
        world.drive()
    world.request(chosen)
    world.drive()
    assert toil(world.journal) == (Toil(operation="health-check", runs=2, failed=1, seconds=60),)


def test_minutes_by_hand_are_those_of_the_plan():
    world = World({}, verbs=("look",))
    world.request(plan({}).model_copy(update={"manual_minutes": 20}))
    world.drive()
    assert toil(world.journal)[0].manual_minutes == 20
