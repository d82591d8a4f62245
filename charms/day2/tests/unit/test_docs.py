# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The plans and schedules that the documentation shows are ones, and every key is described."""

import re
from pathlib import Path

import pytest

import schedule
from library import FOLDER, known
from plan import Plan, Step
from reading import load

DOCS = Path(__file__).parents[4] / "docs"
PAGES = ("reference/plans.md", "how-to/write-a-plan.md")


def blocks(page: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_every_example_can_be_used(page):
    written = blocks(page)
    plans = "\n---\n".join(text for text in written if "steps:" in text)
    times = "".join(text for text in written if "steps:" not in text)
    library = known(load(FOLDER), plans, times)
    assert library.reasons == ()
    assert len(library.sources) > len(load(FOLDER))
    assert library.schedule.entries


@pytest.mark.parametrize("model", [Plan, Step, schedule.Entry])
def test_every_key_is_described(model):
    text = (DOCS / PAGES[0]).read_text()
    for name, field in model.model_fields.items():
        key = field.alias or name.replace("_", "-")
        assert f"| `{key}` |" in text, key


def test_the_example_shows_every_key():
    (example,) = (text for text in blocks(PAGES[0]) if "move-away\ndesc" in text)
    for model in (Plan, Step):
        for name, field in model.model_fields.items():
            assert f"{field.alias or name.replace('_', '-')}:" in example
