# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pydantic
import pytest

from options import Config


@pytest.mark.parametrize(
    "values",
    [
        {"worker_memory": "lots"},
        {"worker_cores": 0},
        {"log_level": "LOUD"},
        {"driver_memory": "511m"},
        {"executor_memory": "256m"},
    ],
)
def test_refuses_an_unusable_option(values: dict) -> None:
    with pytest.raises(pydantic.ValidationError):
        Config.model_validate(values)


def test_takes_the_smallest_heap_that_spark_starts_with() -> None:
    config = Config.model_validate({"driver_memory": "512m", "executor_memory": "1g"})
    assert (config.driver_memory, config.executor_memory) == ("512m", "1g")
