# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from factory import AGREEMENT
from hypothesis import given
from hypothesis import strategies as st

from agreement import Agreement, Placement, number, place

names = st.lists(st.sampled_from("abcdefgh"), unique=True)
units = st.lists(st.integers(0, 12).map("spark/{}".format), unique=True, min_size=1)


def test_survives_the_databag() -> None:
    assert Agreement.read(AGREEMENT.write()) == AGREEMENT
    assert Agreement.read({}) == Agreement()


def test_tells_what_runs_where() -> None:
    ((job, slot),) = AGREEMENT.homes("spark/0")
    assert (job.name, slot) == ("flights-hourly", 0)
    assert AGREEMENT.homes("spark/1") == ()


def test_an_older_revisions_jobs_that_we_do_not_understand_run_nowhere() -> None:
    assert Agreement(jobs="- name: x\n  magic: 1\n").declared == ()


def test_units_sort_by_number() -> None:
    assert number("spark/10") == 10
    placed = place(["a", "b"], ["spark/10", "spark/9"], {})
    assert (placed["a"].unit, placed["b"].unit) == ("spark/9", "spark/10")


@given(names, units, names, units)
def test_a_job_stays_while_its_unit_does(
    jobs: list[str], before: list[str], later: list[str], after: list[str]
) -> None:
    first = place(jobs, before, {})
    second = place(later, after, first)
    assert set(second) == set(later)
    assert all(placement.unit in after for placement in second.values())
    for name in set(jobs) & set(later):
        if first[name].unit in after:
            assert second[name] == first[name]


@given(names, units)
def test_slots_are_different_and_units_evenly_loaded(jobs: list[str], where: list[str]) -> None:
    placed = place(jobs, where, {})
    assert sorted(p.slot for p in placed.values()) == list(range(len(jobs)))
    loads = [sum(p.unit == unit for p in placed.values()) for unit in where]
    assert max(loads) - min(loads) <= 1


def test_a_job_of_a_unit_that_went_moves() -> None:
    known = {"a": Placement(unit="spark/0", slot=3)}
    assert place(["a"], ["spark/1"], known) == {"a": Placement(unit="spark/1", slot=0)}


def test_the_last_unit_that_leaves_takes_every_job_along() -> None:
    known = {"a": Placement(unit="spark/0", slot=0)}
    assert place(["a", "b"], [], known) == {}
