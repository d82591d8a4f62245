# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Subordinates hang below their principals in every format of a status."""

from __future__ import annotations

from typing import Any

import pytest

from onebox.render.status import document
from onebox.render.status_lines import lines, summary
from onebox.render.status_table import tabular


@pytest.fixture
def status(model, world) -> dict[str, Any]:
    """`myreq` as a subordinate of `prov`."""
    model["charms"]["local:req-0"]["subordinate"] = True
    model["units"]["myreq/0"] |= {"principal": "prov/0", "machine": "0"}
    for end in model["relations"]["1"]["endpoints"]:
        end["scope"] = "container"
    return document(model, now=world.NOW, utc=True)


def test_document(status):
    application = status["applications"]["myreq"]
    assert application["subordinate-to"] == ["prov"]
    assert "units" not in application
    [unit] = status["applications"]["prov"]["units"].values()
    below = unit["subordinates"]["myreq/0"]
    assert "machine" not in below
    assert below["public-address"] == unit["public-address"]
    assert below["leader"]


def test_tables(status):
    text = tabular(status)
    rows = [line.rstrip() for line in text.splitlines()]
    start = rows.index(next(row for row in rows if row.startswith("prov/0*")))
    assert rows[start + 1].startswith("  myreq/0*  active    idle            127.0.7.202")
    scales = {
        row.split()[0]: row.split()[3] for row in rows if row.startswith(("myreq ", "prov "))
    }
    assert scales == {"myreq": "1", "prov": "1"}


def test_lines(status):
    assert lines(status).splitlines() == [
        "- prov/0: 127.0.7.202 (agent:idle, workload:active) 8080/tcp",
        "  - myreq/0: 127.0.7.202 (agent:idle, workload:active) 8080/tcp",
    ]
    assert "# Units:  (2)" in summary(status)
