# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from report.units import count, number, quantity, scale, span


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (5_210_000, "B/s", "5.21 MB/s"),
        (0, "B/s", "0 B/s"),
        (999, "B", "999 B"),
        (2.5e12, "B", "2.5 TB"),
        (12345, "records", "12,345 records"),
        (1_203_000, "rows/s", "1.2 million rows/s"),
        (41.26, "ms", "41.3 ms"),
        (12_000, "ms", "12 s"),
        (0.25, "s", "250 ms"),
        (5, "%", "5%"),
        (0.0123, "cores", "0.012 cores"),
    ],
)
def test_a_figure_has_three_digits_and_its_unit(value, unit, text):
    assert quantity(value, unit) == text


def test_numbers_lose_what_does_not_count():
    assert [number(n) for n in (12345.6, 99.96, 10.0, 1.5, 0)] == [
        "12,346",
        "100",
        "10",
        "1.5",
        "0",
    ]


def test_one_scale_serves_a_whole_figure():
    assert scale("B/s", 3e6) == (1e6, "MB/s")
    assert scale("partitions", 3e6) == (1.0, "partitions")


def test_times_and_counts_in_words():
    assert [span(s) for s in (900, 7200, 86400, 90, 60)] == [
        "15 minutes",
        "2 hours",
        "1 day",
        "90 seconds",
        "1 minute",
    ]
    assert (count(1, "broker"), count(3, "broker")) == ("1 broker", "3 brokers")
