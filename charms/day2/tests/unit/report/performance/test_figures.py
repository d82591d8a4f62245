# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import re
import xml.etree.ElementTree as ET

import pytest
from sample import START, series
from world import NOON

from report.performance.figures import figure
from report.performance.lines import lines
from report.performance.panels import PANELS

BY_ID = {panel.id: panel for panel in PANELS}


def draw(name, *found):
    panel = BY_ID[name]
    return figure(panel, lines(panel, found), START, NOON, 10)


def test_a_plot_is_one_svg_that_needs_nothing_else():
    svg = draw("bytes-in", series(range(30), juju_unit="kafka/0"))
    assert svg.startswith("<svg ")
    root = ET.fromstring(svg.replace("&nbsp;", " "))
    assert root.get("aria-hidden") == "true"
    links = set(re.findall(r'href="([^"]*)"', svg))
    assert all(link.startswith("#") for link in links)
    assert "<script" not in svg
    assert "font-family" not in svg


def test_colours_are_those_of_the_style_sheet():
    svg = draw("bytes-in", series([1] * 9, juju_unit="a"), series([2] * 9, juju_unit="b"))
    assert "var(--line-0)" in svg
    assert "var(--line-1)" in svg
    assert not re.findall(r"#[0-9a-f]{6}\b", svg)


def test_the_same_facts_give_the_same_bytes_and_two_figures_share_no_id():
    found = series(range(30), juju_unit="kafka/0")
    assert draw("bytes-in", found) == draw("bytes-in", found)
    one, other = draw("bytes-in", found), draw("bytes-out", found)
    ids = [set(re.findall(r' id="([^"]*)"', svg)) for svg in (one, other)]
    assert not ids[0] & ids[1]


def test_the_peak_carries_its_figure_and_the_axis_its_unit():
    svg = draw("bytes-in", series([1e6, 5e6, 2e6], juju_unit="kafka/0"))
    assert ">5 MB/s<" in svg
    assert ">MB/s<" in svg


def test_the_time_before_the_first_sample_is_marked():
    late = series(range(30), juju_unit="kafka/0")
    late = late.model_copy(update={"points": late.points[15:]})
    assert "no samples" in draw("bytes-in", late)
    assert "no samples" not in draw("bytes-in", series(range(30), juju_unit="kafka/0"))


def test_nothing_is_drawn_across_a_gap():
    whole = series([1] * 30, juju_unit="kafka/0")
    gap = whole.model_copy(update={"points": whole.points[:10] + whole.points[20:]})
    moves = [len(re.findall(r"[ML] ", draw("handler-idle", s))) for s in (whole, gap)]
    assert draw("handler-idle", gap) != draw("handler-idle", whole)
    assert moves[0] > 0


@pytest.mark.parametrize("values", [[0], [0, 0, 0], [1e-9], [1e15], [3]])
def test_few_and_strange_values_make_a_plot_all_the_same(values):
    assert "var(--line-0)" in draw("partitions", series(values, __name__="x"))


def test_a_limit_is_drawn_where_there_is_one():
    assert "var(--limit)" in draw("gc", series([6, 7], process="kafka/0"))
    assert "var(--limit)" not in draw("heap", series([6, 7], process="kafka/0"))
