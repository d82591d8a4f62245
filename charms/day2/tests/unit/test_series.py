# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from series import Series


def test_what_is_no_number_is_a_gap():
    series = Series.of({"a": "b"}, [[1, "2"], [2, "NaN"], [3, "+Inf"], [4, "6"]])
    assert series.points == ((1, 2), (4, 6))
    assert (series.last, series.mean, series.peak) == (6, 4, (4, 6))
    assert (series.label("a"), series.label("c")) == ("b", "")


def test_an_empty_series_is_zero():
    series = Series()
    assert (series.last, series.mean, series.peak, series.values) == (0, 0, (0, 0), ())
