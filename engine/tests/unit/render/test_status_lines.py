# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import json

from onebox.render.status_lines import lines, summary


def test_lines(sample):
    assert lines(json.loads(sample("status/two.json"))) == sample("status/two.line.txt")


def test_summary(sample):
    assert summary(json.loads(sample("status/two.json"))) == sample("status/two.summary.txt")


def test_lines_show_ports_as_the_table_does(sample):
    document = json.loads(sample("status/two.json"))
    document["applications"]["prov"]["units"]["prov/0"]["open-ports"] = [
        "80/tcp",
        "81/tcp",
        "icmp",
    ]
    assert lines(document).endswith(" 80-81/tcp icmp\n")


def test_summary_counts_what_is_across(sample):
    document = json.loads(sample("status/two.json"))
    document["application-endpoints"] = {"kafka": {"url": "admin/other.kafka"}}
    last = summary(document).splitlines()[-2:]
    assert last == ["        # Remote:  (1)", "            kafka       admin/other.kafka"]
