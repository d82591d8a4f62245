# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""How records are written down; what Spark makes of the query, the integration tests show."""

import importlib
import sys
import types

import pytest

from restored_reading import records


@pytest.fixture
def query(monkeypatch):
    """The module, with just enough of pyspark to import it."""
    for name in ("pyspark", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    for name in ("DataFrame", "SparkSession"):
        setattr(sys.modules["pyspark.sql"], name, object)
    yield importlib.import_module("restored_query")
    del sys.modules["restored_query"]


def test_what_is_written_is_what_is_read_again(query, tmp_path):
    rows = [
        {
            "topic": "a", "partition": 1, "offset": 7, "stamp": 12, "key": bytearray(b"k"),
            "value": None, "headers": [{"key": "h", "value": b"x"}, {"key": "h", "value": None}],
        },
        {
            "topic": "a", "partition": 1, "offset": 9, "stamp": -1, "key": None,
            "value": bytearray(b"\x00\xff"), "headers": None,
        },
    ]  # fmt: skip
    query.write(tmp_path / "records", rows)
    with (tmp_path / "records").open() as lines:
        (one_place, one), (_, other) = records(lines)
    assert one_place == ("a", 1)
    assert (one.offset, one.timestamp, one.key, one.value) == (7, 12, b"k", None)
    assert one.headers == ((b"h", b"x"), (b"h", None))
    assert (other.offset, other.timestamp, other.key, other.value) == (9, -1, None, b"\x00\xff")
