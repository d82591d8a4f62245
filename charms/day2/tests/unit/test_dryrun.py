# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from world import plan

from dryrun import preview
from preconditions import Precondition

GUARD = plan({"applications": "self"}, name="look-first")
FULL = plan(
    {"applications": "kafka", "on-failure": {"rollback": "undo"}, "retry": {"attempts": 3}},
    {"applications": {"role": "monitoring"}, "approval": True, "parallel": 2},
    {"applications": {"role": "monitoring", "one": ""}},
    guards=["look-first"],
    canary={},
    rollback=[{"name": "undo"}],
    finally_=[{"name": "tidy"}],
)


def test_everything_that_would_be_done_is_told_in_order():
    told = preview(FULL, {"look-first": GUARD}, [Precondition("leader", True, "day2/0 leads")])
    assert list(told["steps"].values()) == [
        "guard look-first: look on self, within 5m; when it fails: stop",
        "canary: measures for 10s before anything is changed",
        "step step1: look on kafka, within 5m, up to 3 times; when it fails: roll back with undo",
        "step step2: look on every monitoring, after step1, 2 at once, within 5m, once a person "
        "approves; when it fails: stop",
        "step step3: look on one monitoring (the first by name), after step2, within 5m; when it "
        "fails: stop",
        "only to roll back, undo: look on all, within 5m; when it fails: stop",
        "in any case, tidy: look on all, within 5m; when it fails: stop",
        "canary: measures for 10s after it",
    ]
    assert told["ready"] == "true"


def test_what_stands_in_the_way_is_told():
    found = [
        Precondition("step two", False, "Relate it."),
        Precondition("queue", True, "is empty"),
    ]
    told = preview(plan({}), {}, found)
    assert told["ready"] == "false"
    assert told["preconditions"] == {"step-two": "REFUSED: Relate it.", "queue": "ok: is empty"}
