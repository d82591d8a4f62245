# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the report plots: `panels.yaml`, read once."""

from __future__ import annotations

from pathlib import Path

import pydantic
import yaml


class Panel(pydantic.BaseModel):
    """One figure.

    Attributes:
        id: its name in the JSON and its anchor in the page.
        section: under which heading it stands.
        title: what it shows, in the reader's words.
        unit: of the values: B/s, B, ms, s, %, records, records/s, rows/s, partitions, cores.
        expression: PromQL, with `{rate}` for the span over which a rate is taken.
        label: which label names a line.
        meaning: how to read it, in one or two sentences.
        absent: what to look at when there is no such series.
        limit: a value above which somebody should look, drawn as a dashed line.
        total: whether the sum of the lines means something.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    id: str
    section: str
    title: str
    unit: str
    expression: str
    label: str
    meaning: str
    absent: str
    limit: float | None = None
    total: bool = False


_FILE = Path(__file__).with_name("panels.yaml")
PANELS = tuple(Panel.model_validate(panel) for panel in yaml.safe_load(_FILE.read_text()))
