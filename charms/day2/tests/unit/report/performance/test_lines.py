# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from sample import series

from report.performance.lines import MOST_LINES, lines, total
from report.performance.panels import PANELS

BY_ID = {panel.id: panel for panel in PANELS}


def test_lines_are_named_and_ordered_as_people_count():
    found = lines(BY_ID["bytes-in"], [series([1], juju_unit=f"kafka/{n}") for n in (10, 9, 2)])
    assert [line.name for line in found] == ["kafka/2", "kafka/9", "kafka/10"]
    assert [line.colour for line in found] == [0, 1, 2]


def test_quantiles_are_put_into_words_in_their_order():
    found = lines(BY_ID["produce-time"], [series([1], quantile=q) for q in ("0.99", "0.50")])
    assert [line.name for line in found] == ["p50 (half take less)", "p99 (1% take longer)"]


def test_the_small_ones_are_summed_up_where_a_sum_means_something():
    many = [series([n], topic=f"t{n}") for n in range(MOST_LINES + 3)]
    *kept, others = lines(BY_ID["topic-bytes-in"], many)
    assert len(kept) == MOST_LINES
    assert (others.name, others.series.last) == ("3 others", 0 + 1 + 2)
    assert len(lines(BY_ID["handler-idle"], many)) == MOST_LINES


def test_a_series_without_the_label_is_still_shown():
    assert lines(BY_ID["bytes-in"], [series([1])])[0].name == "other"


def test_a_sum_takes_what_is_there_at_each_time():
    assert total([series([1, 2, 3]), series([10])]).values == (11, 2, 3)
