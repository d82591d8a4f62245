# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""When processes may be taken down."""

import pytest
from factory import observed

from dataops.operations import Context, NoParams
from dataops.rolling import Go, Hold
from job_progress import Progress
from turns import idle, turn


class Spark:
    """A workload whose jobs all say the same."""

    def __init__(self, state: str) -> None:
        self.state = state

    def progress(self, _: str) -> Progress:
        return Progress(state=self.state)


@pytest.mark.parametrize(
    ("state", "told"),
    [("running", Go("spark/0", "every job runs")), ("waiting", Hold("flights-hourly is waiting"))],
)
def test_only_while_every_job_runs(state: str, told: Go | Hold) -> None:
    assert turn(Context(observed(), Spark(state), NoParams())) == told


@pytest.mark.parametrize(
    "fields", [{"stopped": frozenset({"flights-hourly"})}, {"kafka_related": False}]
)
def test_a_job_that_should_not_run_is_no_hindrance(fields: dict) -> None:
    assert idle(observed(**fields), Spark("failed")) == ""
