# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from pathlib import Path

import pytest

import authority
import login
from facts import ClusterError


def test_a_broker_that_is_out_of_reach_proves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(login, "_TRIES", 1)
    trust = Path(tmp_path, "truststore.pem")
    trust.write_text(str(authority.certificate()[0]))
    with pytest.raises(ClusterError, match=r"Cannot try a login at 127.45.200.9:9093"):
        login.refused(["127.45.200.9:9093"], trust, "relation-7", "hush")
