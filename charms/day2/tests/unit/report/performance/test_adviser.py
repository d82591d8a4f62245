# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from sample import cluster, facts, group, series, topic

from report.performance.adviser import advise
from report.performance.panels import PANELS

QUEUE = "kafka_network_request_requestqueuetimems"
REMOTE = "kafka_network_request_remotetimems"


def test_a_healthy_cluster_gets_no_advice():
    healthy = cluster(topic(), groups=(group(20, 20, 10),), disk_bytes=1000, disk_free_bytes=800)
    quiet = {
        "handler_idle": [series([95] * 20, juju_unit="kafka/0")],
        "gc": [series([1] * 20, process="kafka/0")],
        "heap": [series([40, 80] * 10, process="kafka/0")],
        "job_lag": [series([5, 0] * 10, spark_job="j")],
        "produce_time": [series([20] * 20, quantile="0.99")],
        "produce_parts": [series([19] * 20, __name__=REMOTE)],
    }
    assert advise(facts(healthy, **quiet)) == ()


def test_nothing_measured_is_nothing_advised():
    assert advise(facts()) == ()


CASES = {
    "lack a copy": facts(cluster(topic(in_sync=2))),
    "single copy": facts(cluster(topic(copies=1, minimum=1), brokers=3)),
    "may be away": facts(cluster(topic(minimum=3))),
    "disk of broker 1 fills up": facts(
        cluster(topic(), brokers=1, disk_bytes=1000, disk_free_bytes=100)
    ),
    "billing falls behind on orders": facts(cluster(topic(), groups=(group(900, 500, 10),))),
    "billing does not read orders": facts(cluster(topic(), groups=(group(900, 900, 0),))),
    "Broker 1 leads more": facts(cluster(topic(partitions=12, leader=1))),
    "wait for a handler": facts(handler_idle=[series([50, 10], juju_unit="kafka/1")]),
    "spend their time in one place": facts(
        produce_time=[series([100] * 9, quantile="0.99")],
        produce_parts=[series([80] * 9, __name__=REMOTE), series([5] * 9, __name__=QUEUE)],
    ),
    "garbage collection": facts(gc=[series([9, 8], process="kafka/1")]),
    "hardly empties": facts(heap=[series([90] * 12, process="kafka/1")]),
    "streaming job flights falls behind": facts(
        job_lag=[series(range(10, 400, 10), spark_job="flights")]
    ),
}


@pytest.mark.parametrize(("finding", "given"), CASES.items(), ids=CASES)
def test_each_finding_names_its_evidence_and_a_setting(finding, given):
    (advice,) = advise(given)
    assert finding in advice.finding
    assert any(letter.isdigit() for letter in advice.evidence) or "equals" in advice.evidence
    assert advice.setting
    assert advice.why
    assert advice.panel in {"", *(panel.id for panel in PANELS)}


def test_more_handlers_are_not_advised_when_they_are_idle():
    slow = {
        "produce_time": [series([100] * 9, quantile="0.99")],
        "produce_parts": [series([80] * 9, __name__=QUEUE)],
    }
    (known,) = advise(facts(**slow, handler_idle=[series([98] * 9, juju_unit="kafka/0")]))
    assert "processor time" in known.setting
    (unknown,) = advise(facts(**slow))
    assert "num.io.threads" in unknown.setting


def test_the_setting_is_the_one_of_that_process():
    driver = series([90] * 12, process="spark/0 flights", spark_job="flights")
    (advice,) = advise(facts(heap=[driver]))
    assert advice.setting == "juju config spark driver-memory=..."


def test_what_threatens_data_comes_first():
    both = facts(cluster(topic(in_sync=2)), gc=[series([9], process="kafka/1")])
    assert [advice.grave for advice in advise(both)] == [True, False]


def test_a_single_broker_cannot_have_more_copies():
    assert advise(facts(cluster(topic(copies=1, minimum=1), brokers=1))) == ()
