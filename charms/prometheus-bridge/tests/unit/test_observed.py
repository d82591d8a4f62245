# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the charm reads of Juju, option by option and certificate by certificate."""

import pydantic
import pytest

from observed import Config


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("scrape_interval", "5s"),
        ("scrape_interval", "1m30s"),
        ("retention_time", "1y2w"),
        ("retention_size", ""),
        ("retention_size", "512MB"),
        ("remote_write_url", "https://mimir.example/api/v1/push"),
        ("log_level", "debug"),
        ("port", 65535),
    ],
)
def test_what_prometheus_understands_is_taken(option, value):
    assert getattr(Config.model_validate({option: value}), option) == value


@pytest.mark.parametrize(
    ("option", "value", "advice"),
    [
        ("scrape_interval", "abc", "duration such as 15s"),
        ("scrape_interval", "", "duration such as 15s"),
        ("scrape_interval", "0s", "duration such as 15s"),
        ("scrape_interval", "15", "duration such as 15s"),
        ("retention_time", "1 day", "duration such as"),
        ("retention_size", "20 GB", "size such as"),
        ("remote_write_url", "mimir", "address such as"),
        ("log_level", "loud", "'debug', 'info'"),
        ("port", 0, "greater than or equal to 1"),
    ],
)
def test_what_it_does_not_is_refused_with_advice(option, value, advice):
    with pytest.raises(pydantic.ValidationError, match=advice):
        Config.model_validate({option: value})
