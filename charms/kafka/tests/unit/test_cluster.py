# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import subprocess
import sys
from pathlib import Path

import cluster

SOURCES = Path(cluster.__file__).parent
ASK = """
import sys
sys.path.insert(0, {sources!r})
import charm, cluster
with cluster.administrator(["127.45.200.9"], None) as found:
    assert found is None
print(*sys.modules)
"""


def test_nobody_is_asked_where_nothing_listens(tmp_path):
    with cluster.administrator(["127.45.200.9"], tmp_path) as admin:
        assert admin is None


def test_a_hook_without_a_broker_does_not_pay_for_the_client_of_one():
    argv = [sys.executable, "-c", ASK.format(sources=str(SOURCES))]
    loaded = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split()
    assert "charm" in loaded and "admin" not in loaded and "kafka" not in loaded
