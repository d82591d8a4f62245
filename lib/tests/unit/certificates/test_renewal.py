# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest

from dataops.certificates.renewal import Ledger, Renewal
from dataops.host.processes import Process


@pytest.mark.parametrize("process", [None, Process(7, 42)])
def test_a_renewal_outlives_the_hook_until_it_is_proved(tmp_path, process):
    ledger, renewal = Ledger(tmp_path), Renewal("7/renew/1", "ab", "PEM", process)
    assert ledger.read() is None
    ledger.write(renewal)
    assert ledger.read() == renewal
    ledger.clear()
    assert ledger.read() is None
