# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest
import yaml
from factory import SAMPLE
from hypothesis import given
from hypothesis import strategies as st

from jobs import Job, JobsError, parse

GOOD = """\
- name: clicks
  input:
    topic: clicks
    schema: user STRING, at TIMESTAMP
    event-time: at
    watermark: 10 minutes
  sql: SELECT user AS key, count(*) AS n FROM input GROUP BY user, window(at, '1 minute')
  output:
    topic: counts
    key: key
"""

# What is wrong: the text, and what its one problem says.
BAD = {
    "a missing field": (GOOD.replace("    topic: clicks\n", ""), "line 2, clicks.input.topic: "),
    "an unknown field": (GOOD + "  sqll: x\n", "line 11, clicks.sqll: there is no such field"),
    "a bad duration": (
        GOOD.replace("10 minutes", "soon"),
        "line 6, clicks.input.watermark: give a number and a unit",
    ),
    "no column for the event time": (
        GOOD.replace("event-time: at", "event-time: when"),
        "line 5, clicks.input.event-time: the schema has no column 'when TIMESTAMP'",
    ),
    "a column that is no time": (
        GOOD.replace("at TIMESTAMP", "at STRING"),
        "line 5, clicks.input.event-time: the schema has no column 'at TIMESTAMP'",
    ),
    "a query over something else": (
        GOOD.replace("FROM input", "FROM clicks"),
        "line 7, clicks.sql: the query has to read the view 'input'",
    ),
    "two outputs": (
        GOOD + "    path: here\n",
        "line 8, clicks.output: give either a topic (with its key) or a path",
    ),
    "no key": (GOOD.replace("    key: key\n", ""), "line 8, clicks.output: a topic needs a key"),
    "an unknown format": (
        GOOD.replace("  sql:", "    format: avro\n  sql:"),
        "line 7, clicks.input.format: Input should be 'json'",
    ),
    "no list": ("name: clicks\n", "line 1, jobs: give a list"),
    "plain text": ("flights", "line 1, jobs: give a list"),
    "broken YAML": ("- name: a\n  input: b: c\n", "line 2: "),
    "a tab": ("- name: a\n\tinput: b\n", "line 2: "),
    "a field given twice": (GOOD + "  name: other\n", "line 11, name: this field is given twice"),
    "a name given twice": (GOOD + GOOD, "line 11, clicks.name: another job has this name"),
    "a name that is none": (GOOD.replace("name: clicks", "name: My Job"), "line 1, My Job.name: "),
    "a job that is none": ("- 5\n", "line 1, job 0: "),
    "a climbing path": (
        GOOD.replace("    topic: counts\n    key: key\n", "    path: ../../etc\n"),
        "line 8, clicks.output: a path must not climb",
    ),
    "updates of files": (
        GOOD.replace("    topic: counts\n    key: key\n", "    path: out\n")
        + "  output-mode: update\n",
        "line 1, clicks: files can only be appended to",
    ),
}


def test_the_demos_jobs() -> None:
    (job,) = parse(SAMPLE)
    assert (job.name, job.input.topic, job.output.topic) == (
        "flights-hourly",
        "flights",
        "flights-hourly",
    )
    assert job.output_mode == "append"


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n", "[]"])
def test_no_jobs(text: str) -> None:
    assert parse(text) == ()


@pytest.mark.parametrize(("text", "problem"), BAD.values(), ids=BAD.keys())
def test_names_line_and_field(text: str, problem: str) -> None:
    with pytest.raises(JobsError) as caught:
        parse(text)
    (found,) = caught.value.problems
    assert found.startswith(problem)


def test_names_every_problem() -> None:
    text = GOOD.replace("10 minutes", "soon").replace("topic: counts", "topic: a b")
    with pytest.raises(JobsError) as caught:
        parse(text)
    assert [problem.partition(",")[0] for problem in caught.value.problems] == ["line 6", "line 9"]


def test_files_need_no_key() -> None:
    (job,) = parse(GOOD.replace("    topic: counts\n    key: key\n", "    path: counts\n"))
    assert job.output.path == "counts"


@given(st.text(max_size=200))
def test_any_text_is_jobs_or_a_problem(text: str) -> None:
    try:
        assert all(isinstance(job, Job) for job in parse(text))
    except JobsError as error:
        assert error.problems


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["name", "input", "sql", "output", "topic", "x"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=15,
    )
)
def test_any_yaml_is_jobs_or_a_problem_with_a_line(data: object) -> None:
    text = yaml.safe_dump(data)
    try:
        parse(text)
    except JobsError as error:
        assert all(problem.startswith("line ") for problem in error.problems)
