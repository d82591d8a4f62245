# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import json

from onebox.render.status_lines import lines, summary


def test_lines(sample):
    assert lines(json.loads(sample("status/two.json"))) == sample("status/two.line.txt")


def test_summary(sample):
    assert summary(json.loads(sample("status/two.json"))) == sample("status/two.summary.txt")
