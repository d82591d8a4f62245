# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import shutil
import subprocess

import pytest

from plan import duration
from report.performance.gather import expression
from report.performance.panels import PANELS


def test_ids_are_unique_and_every_panel_says_what_it_means():
    assert len({panel.id for panel in PANELS}) == len(PANELS)
    assert all(panel.meaning.endswith(".") for panel in PANELS)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool comes with prometheus")
def test_prometheus_understands_every_question(tmp_path):
    rules = ["groups:", "- name: panels", "  rules:"]
    for panel in PANELS:
        rules += [f"  - record: {panel.id.replace('-', '_')}", "    expr: >-"]
        rules.append(f"      {expression(panel, duration('1h'))}")
    file = tmp_path / "panels.yml"
    file.write_text("\n".join(rules) + "\n")
    found = subprocess.run(["promtool", "check", "rules", file], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
