# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from sample import cluster, facts, group, series, topic

from report.performance.cards import cards
from report.performance.lines import lines
from report.performance.panels import PANELS
from report.performance.words import reading, summary

BY_ID = {panel.id: panel for panel in PANELS}


def read(name, *found):
    return reading(BY_ID[name], lines(BY_ID[name], found))


def test_a_summary_says_what_was_measured():
    told = summary(
        facts(
            cluster(topic(), groups=(group(900, 500, 10), group(0, 0, 10))),
            bytes_in=[series([4e6, 6e6], juju_unit=f"kafka/{n}") for n in range(3)],
            bytes_out=[series([1e6], juju_unit="kafka/0")],
            produce_time=[series([80, 20], quantile="0.99")],
            partitions=[series([0, 3, 0], __name__="x")],
            job_rows_in=[series([100], spark_job="j")],
            job_lag=[series([0], spark_job="j")],
        )
    )
    assert "Over 5 minutes, 3 brokers took in 15 MB/s and gave out 1 MB/s on average." in told
    assert "within 20 ms at the end, and within 80 ms at the worst (11:55:00 UTC)" in told
    assert "At the worst, 3 partitions lacked a copy." in told
    assert "1 streaming job read 100 rows/s on average, up to date." in told
    assert "1 of 2 consumer groups behind, most of all billing by 900 records." in told


def test_a_summary_of_nothing_says_so():
    assert summary(facts()) == "Nothing was measured in these 5 minutes."


def test_an_idle_cluster_is_called_idle():
    told = summary(facts(bytes_in=[series([0, 0], juju_unit="kafka/0")], bytes_out=[]))
    assert told == "In these 5 minutes, nothing was written to or read from 1 broker."


def test_the_admin_api_speaks_when_prometheus_is_silent():
    assert "3 partitions lack a copy now" in summary(facts(cluster(topic(in_sync=2))))
    assert "Every partition has all its copies now." in summary(facts(cluster(topic())))


def test_an_alert_is_named():
    firing = facts().model_copy(update={"alerts": ({"alertname": "KafkaDown"},) * 2})
    assert summary(firing) == "1 alert fires: KafkaDown."


def test_a_figure_is_read_out():
    two = [series([1e6, 3e6], juju_unit=f"kafka/{n}") for n in range(2)]
    assert read("bytes-in", *two) == (
        "Highest 3 MB/s (kafka/0) at 11:55:10 UTC; on average 4 MB/s in all."
    )
    assert (
        read("heap", series([40, 60], process="a")) == "Highest 60% at 11:55:10 UTC; lowest 40%."
    )
    assert read("produce-time", series([1, 2], quantile="0.99"), series([1], quantile="0.50")) == (
        "Highest 2 ms (p99) at 11:55:10 UTC."
    )
    assert read("partitions", series([0, 0], __name__="x")) == "Zero throughout."
    assert read("job-batch", series([2, 2.01], spark_job="j")) == "Steady at 2 s."


def test_cards_show_only_what_is_known():
    assert cards(facts()) == ()
    (copies,) = cards(facts(cluster(topic(in_sync=2))))
    assert (copies.value, copies.unit, copies.tone) == ("0", "of 3", "bad")
    (written,) = cards(facts(bytes_in=[series([1e6], juju_unit="a")]))
    assert (written.value, written.unit, written.note) == ("1", "MB/s", "peak 1 MB/s")
