# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
import specimens

from report.performance.adviser import advise
from report.performance.load import BrokerLoad


def found(facts):
    return {advice.finding: advice for advice in advise(facts)}


def brokers(*p99):
    each = (BrokerLoad(broker=i, records=9, p50=1, p99=ms) for i, ms in enumerate(p99, start=1))
    load = specimens.LOAD.model_copy(update={"brokers": tuple(each)})
    return specimens.MEASURED.model_copy(update={"load": load, "earlier": ()})


def test_a_broker_that_takes_longer_than_the_others_is_named_with_the_figures():
    advice = found(brokers(9, 10, 26))["Broker 3 acknowledges later than the others"]
    assert "26 ms against 9.5 ms" in advice.evidence
    assert "juju add-unit kafka" in advice.setting


@pytest.mark.parametrize("p99", [(9, 10, 12), (1, 1, 4), (40,), ()])
def test_even_fast_or_lonely_brokers_are_left_in_peace(p99):
    assert not [finding for finding in found(brokers(*p99)) if "later than" in finding]


def test_what_became_worse_beyond_the_noise_is_told_and_only_that():
    advice = found(specimens.MEASURED)["Slower than in report #5"]
    assert advice.evidence.startswith("acknowledged, p99 +")
    assert ";" not in advice.evidence
    first = specimens.MEASURED.model_copy(update={"earlier": ()})
    assert not [finding for finding in found(first) if finding.startswith("Slower")]
