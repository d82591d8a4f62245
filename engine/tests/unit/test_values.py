# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onebox import values
from onebox.errors import Refused
from onebox.flags import UsageError


def test_parameters_nest_and_are_yaml():
    given_ = ["a.b.c=1", "a.b.d=two", "list=[1, x]", "flag=true", "empty="]
    assert values.parameters(given_) == {
        "a": {"b": {"c": 1, "d": "two"}},
        "list": [1, "x"],
        "flag": True,
        "empty": None,
    }


def test_parameters_as_text():
    assert values.parameters(["a=1", "b=true"], as_text=True) == {"a": "1", "b": "true"}


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("name", 'argument "name" must be of the form key.key.key...=value'),
        ("=1", 'key "" must start'),
        ("Bad=1", 'key "Bad" must start and end with lowercase alphanumeric'),
        ("a.-b=1", 'key "-b" must start'),
    ],
)
def test_bad_parameters(word, reason):
    with pytest.raises(UsageError) as refused:
        values.parameters([word])
    assert reason in str(refused.value)


def test_assignments_mix_files_and_pairs(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text("app: {a: 1, b: 2}\nother: {a: 9}\n")
    text = tmp_path / "t"
    text.write_text("long")
    found = values.assignments([str(file), "b=3", f"c=@{text}"], "app")
    assert found == {"a": 1, "b": "3", "c": "long"}


def test_file_without_the_application(tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text("other: {a: 9}\n")
    with pytest.raises(Refused, match='no settings found for "app"'):
        values.from_file(str(file), "app")


def test_unreadable_file_is_named():
    with pytest.raises(Refused, match="open /nosuch: no such file or directory"):
        values.read_file("/nosuch")
    wanted = 'option from file "/nosuch": stat /nosuch: no such file or directory'
    with pytest.raises(Refused, match=wanted):
        values.assignments(["key=@/nosuch"])


KEYS = st.sampled_from("abc")
TREES = st.recursive(
    st.integers(), lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)
MAPS = st.dictionaries(KEYS, TREES, max_size=3)


@given(MAPS, MAPS)
def test_merging_keeps_every_value_of_the_upper(base, over):
    assert values.merged(base, base) == base
    assert values.merged({}, over) == over
    assert values.merged(values.merged(base, over), over) == values.merged(base, over)


def test_constraints_are_numbers_in_mebibytes():
    found = values.constraints("mem=1.5G cpu-cores=2 arch=arm64 tags=a,b allocate-public-ip=true")
    assert found == {
        "allocate-public-ip": True,
        "arch": "arm64",
        "cores": 2,
        "mem": 1536,
        "tags": ["a", "b"],
    }
    text = "allocate-public-ip=true arch=arm64 cores=2 mem=1536M tags=a,b"
    assert values.constraints_text(found) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("legs=4", 'unknown constraint "legs"'),
        ("mem", 'malformed constraint "mem"'),
        ("cores=4G", 'bad "cores" constraint: must be a non-negative integer'),
        ("mem=-1", 'bad "mem" constraint: must be a non-negative float with optional M/G/T/P'),
    ],
)
def test_constraints_that_are_none(text, reason):
    with pytest.raises(Refused, match=reason):
        values.constraints(text)
