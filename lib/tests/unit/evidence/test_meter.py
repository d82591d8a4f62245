# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime
import threading
import time

import pytest
from broker_fakes import Cluster
from confluent_kafka import KafkaError

from dataops.evidence import Limits, Phase
from dataops.evidence.meter import meter as module
from dataops.evidence.meter.lane import Lane
from dataops.evidence.meter.ledger import Ledger
from dataops.evidence.meter.meter import Meter, OtherRun
from dataops.evidence.meter.orders import Login, Orders, Report

LOGIN = Login(
    endpoints="a:9093", username="relation-1", password="first", topics="canary-", group="canary-g"
)
SHORT = datetime.timedelta(milliseconds=300)


class Running:
    """A meter in a thread of this process, with its orders and its reports."""

    def __init__(self, directory, cluster, **orders):
        self.directory, self.cluster = directory, cluster
        self.orders = Orders(
            **{
                "run": 7,
                "operation": 3,
                "deadline": time.time() + 600,
                "login": LOGIN,
                "rate": 50,
                "limits": Limits(before=SHORT, after=SHORT, longest_gap=SHORT),
                **orders,
            }
        )
        self.orders.write(directory)
        self.rings = []
        self.begin()

    def begin(self):
        self.meter = Meter(self.directory, ring=self._ring, library=self.cluster.library)
        self.thread = threading.Thread(target=self.meter.run)
        self.thread.start()

    def _ring(self):
        self.rings.append(Report.read(self.directory))

    def order(self, **changes):
        self.orders = self.orders.model_copy(update=changes)
        self.orders.write(self.directory)

    def until(self, look, patience=60.0):
        deadline = time.monotonic() + patience
        while True:
            report = Report.read(self.directory)
            if report is not None and look(report):
                return report
            assert time.monotonic() < deadline, report
            time.sleep(0.01)

    def end(self):
        self.order(ending=True)
        self.thread.join(60)
        assert not self.thread.is_alive()
        return self.until(lambda report: report.ended)

    def leave(self):
        self.meter.leave()
        self.thread.join(60)
        assert not self.thread.is_alive()


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """Report and try again more often than in earnest: tests wait for both."""
    monkeypatch.setattr(module, "_TICK_SECONDS", 0.1)
    monkeypatch.setattr(module, "_RETRY_SECONDS", 0.1)
    monkeypatch.setattr(module, "_GRACE_SECONDS", 0.3)


@pytest.fixture
def cluster():
    return Cluster()


@pytest.fixture
def running(tmp_path, cluster):
    one = Running(tmp_path, cluster)
    yield one
    one.leave()


def test_a_quiet_operation_from_before_to_after(running, cluster):
    running.until(lambda report: report.settled)
    for phase in (Phase.DURING, Phase.AFTER):
        running.order(phase=phase)
        running.until(lambda report, phase=phase: report.phase is phase and report.settled)
    # The last phase ends it: what the charm reads then is final.
    report = running.until(lambda report: report.settled)
    evidence = report.evidence
    assert report.ended and evidence.final and not report.complaint
    assert evidence.sent == evidence.acknowledged == evidence.read > 0
    assert (evidence.failed, evidence.unknown, evidence.lost, evidence.unread) == (0, 0, 0, 0)
    assert (evidence.duplicated, evidence.reordered, evidence.partitions) == (0, 0, 3)
    assert all(evidence.of(phase).sent for phase in Phase)
    assert sum(evidence.of(phase).sent for phase in Phase) == evidence.sent

    # The charm was woken for what it waits for, and for nothing else.
    def told():
        return [(ring.phase.value, ring.settled, ring.ended) for ring in running.rings]

    wanted = [("before", True, False), ("during", True, False), ("after", True, True)]
    wait_for(lambda: [one for one in wanted if one in told()] == wanted)
    assert told()[-1] == wanted[-1]
    assert len(told()) <= 8


def test_every_broker_leads_a_partition_and_nothing_stays_long(running, cluster):
    running.until(lambda report: report.settled)
    (config,) = cluster.topic_configs.values()
    assert config["assignment"] == [[0, 1, 2], [1, 2, 0], [2, 0, 1]]
    assert config["retention.ms"] == "600000"


def test_an_outage_is_seen_as_a_gap_and_as_failures(running, cluster):
    running.until(lambda report: report.settled)
    running.order(phase=Phase.DURING)
    running.until(lambda report: report.phase is Phase.DURING)
    cluster.stop()
    # The machine itself may have stood still for a while in the phase before.
    report = running.until(
        lambda report: len(report.breaches) == 2 and gap(report, "during") > gap(report, "before")
    )
    assert "records failed (_MSG_TIMED_OUT)" in report.breaches[0]
    assert "No acknowledgement for" in report.breaches[1]
    wait_for(lambda: running.rings[-1].breaches)
    cluster.go()
    running.until(lambda now: now.evidence.acknowledged > report.evidence.acknowledged)
    evidence = running.end().evidence
    assert evidence.during.failed == evidence.failed > 0
    assert evidence.during.longest_gap_ms >= 400
    assert evidence.during.longest_gap_ms > evidence.before.longest_gap_ms
    assert evidence.sent == evidence.acknowledged + evidence.failed
    assert evidence.lost == 0


def test_one_broker_of_three_is_enough_for_a_gap(running, cluster):
    running.until(lambda report: report.settled)
    running.order(phase=Phase.DURING)
    running.until(lambda report: report.phase is Phase.DURING)
    cluster.stop(1)
    running.until(lambda report: report.breaches and report.evidence.during.acknowledged)
    cluster.go()


def test_what_a_broker_forgets_is_lost_and_what_it_repeats_is_duplicated(running, cluster):
    running.until(lambda report: report.settled)
    lose, repeat = iter([True] * 4), iter([True] * 5)
    cluster.swallow = lambda partition, value: partition == 0 and next(lose, False)
    cluster.twice = lambda partition, value: partition == 1 and next(repeat, False)
    # Live, as soon as a later record has come.
    running.until(lambda report: (report.evidence.lost, report.evidence.duplicated) == (4, 5))
    evidence = running.end().evidence
    assert (evidence.lost, evidence.duplicated, evidence.unread) == (4, 5, 0)


def test_the_end_of_a_topic_that_lost_its_tail_is_seen(running, cluster):
    running.until(lambda report: report.settled)
    cluster.swallow = lambda partition, value: partition == 2
    before = Report.read(running.directory).evidence.acknowledged
    running.until(lambda report: report.evidence.acknowledged > before + 30)
    assert running.end().evidence.lost > 5


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "told"])
def test_the_next_process_goes_on_where_this_one_was(tmp_path, cluster, killed, monkeypatch):
    running = Running(tmp_path, cluster)
    first = running.until(lambda report: report.settled).evidence
    if killed:
        # As SIGKILL: nothing is written any more, whatever the threads still try.
        running.meter._ledger.note = lambda *_: None
        running.meter._ledger.write = lambda: None
        running.meter._ledger.close = lambda: None
        cluster.stop()
    running.leave()
    cluster.go()
    running.begin()
    running.until(lambda report: report.evidence.sent > first.sent + 30)
    evidence = running.end().evidence
    assert evidence.sent == evidence.acknowledged + evidence.failed + evidence.unknown
    assert evidence.acknowledged >= first.acknowledged
    assert (evidence.lost, evidence.duplicated, evidence.reordered) == (0, 0, 0)
    assert evidence.unmeasured_seconds > 0


def test_a_new_password_is_followed_before_the_old_one_dies(running, cluster):
    running.until(lambda report: report.settled)
    cluster.users["relation-1-b"] = "second"
    new = LOGIN.model_copy(update={"username": "relation-1-b", "password": "second"})
    running.order(login=new)
    lane = running.meter._ledger.account.lane
    running.until(lambda report: len(running.meter._lanes) == 1 and lane < current(running).lane)
    running.until(lambda report: running.meter._reader._consumer.config["group.id"] == "canary-g")
    wait_for(lambda: running.meter._reader._consumer.config["sasl.username"] == "relation-1-b")
    del cluster.users["relation-1"]
    sent = Report.read(running.directory).evidence.sent
    running.until(lambda report: report.evidence.sent > sent + 60)
    evidence = running.end().evidence
    assert (evidence.failed, evidence.lost, evidence.duplicated, evidence.reordered) == (0,) * 4
    assert evidence.read == evidence.sent


def test_a_client_library_that_gives_up_is_replaced(running, cluster):
    # What waits is still there when the library gives up, however late the meter hears of it.
    cluster.delivery_seconds = 600
    running.until(lambda report: report.settled)
    lane = running.meter._lanes[-1]
    cluster.stop()
    wait_for(lambda: len(lane._producer) > 3)
    lane._producer.config["error_cb"](KafkaError(KafkaError._FATAL, "no way on", fatal=True))
    wait_for(lambda: running.meter._lanes[-1] is not lane)
    cluster.go()
    sent = Report.read(running.directory).evidence.sent
    running.until(lambda report: report.evidence.sent > sent + 30)
    evidence = running.end().evidence
    assert evidence.reasons["_PURGE_QUEUE"] > 3
    assert evidence.sent == evidence.acknowledged + evidence.failed
    assert evidence.lost == 0


def test_a_password_that_dies_too_early_is_failures_and_a_complaint(running, cluster):
    running.until(lambda report: report.settled)
    cluster.users.clear()
    report = running.until(lambda report: report.evidence.failed)
    assert "wrong password" in report.complaint
    assert "first" not in report.model_dump_json()


def test_a_cluster_that_does_not_answer_is_a_complaint_and_no_figure(tmp_path, cluster):
    cluster.stop()
    running = Running(tmp_path, cluster)
    try:
        report = running.until(lambda report: report.complaint)
        assert "a:9093" in report.complaint and "juju status" in report.complaint
        assert not report.settled and report.evidence.sent == 0
        cluster.go()
        running.until(lambda report: report.settled and not report.complaint)
    finally:
        running.leave()


def test_what_passes_by_itself_is_no_complaint(tmp_path, cluster):
    running = Running(tmp_path, cluster)
    try:
        running.until(lambda report: report.settled)
        # It saw a topic that was not there, and one that was just made.
        assert not any(ring.complaint for ring in running.rings)
        new = LOGIN.model_copy(update={"username": "relation-1-b", "password": "second"})
        running.order(login=new)
        wait_for(lambda: running.meter._lanes[-1].complaint)
        cluster.users["relation-1-b"] = "second"
        wait_for(lambda: running.meter._lanes[0].login == new)
        assert not any(ring.complaint for ring in running.rings)
    finally:
        running.leave()


def test_killed_after_the_end_it_still_says_so(running, cluster):
    running.until(lambda report: report.settled)
    evidence = running.end().evidence
    Report(run=running.orders.run).write(running.directory)
    running.begin()
    report = running.until(lambda report: report.ended)
    running.thread.join(60)
    assert report.evidence == evidence


def test_it_ends_by_itself_when_nobody_asks_for_it(running):
    running.until(lambda report: report.settled)
    running.order(deadline=time.time() - 1)
    running.thread.join(60)
    report = Report.read(running.directory)
    assert report.ended and "nobody had asked" in report.complaint
    assert report.evidence.acknowledged > 0


def test_orders_for_another_run_begin_anew(tmp_path, cluster):
    running = Running(tmp_path, cluster)
    running.until(lambda report: report.settled)
    running.leave()
    present = Meter(tmp_path, ring=lambda: None, library=cluster.library)
    running.order(run=8)
    with pytest.raises(OtherRun):
        present.run()
    present.leave()
    Meter(tmp_path, ring=lambda: None, library=cluster.library)._close()
    assert [path.name for path in tmp_path.glob("run-*")] == [f"run-{8:016x}"]


def test_without_orders_it_leaves(tmp_path, cluster):
    running = Running(tmp_path, cluster)
    running.until(lambda report: report.settled)
    (tmp_path / "orders.json").unlink()
    running.thread.join(60)
    assert not running.thread.is_alive()
    assert not Report.read(tmp_path).ended


def test_a_reader_behind_a_topic_that_was_cut_goes_on_at_its_end(running, cluster):
    running.until(lambda report: report.evidence and report.evidence.read > 60)
    with cluster.lock:
        for log in cluster.logs.values():
            del log[0][-5:]
            del log[1][:]
    before = Report.read(running.directory).evidence.read
    running.until(lambda report: report.evidence.read > before + 60)
    assert running.end().evidence.unread == 0


def test_a_leader_that_lags_is_read_again_and_that_is_no_duplicate(running, cluster):
    running.until(lambda report: report.settled)
    with running.meter._ledger.lock:
        at = current(running).positions[0] - 3
        cluster.shown = {0: at}
    wait_for(lambda: current(running).positions[0] == at)
    cluster.shown = {}
    running.until(lambda report: report.evidence.reread)
    evidence = running.end().evidence
    assert (evidence.duplicated, evidence.reordered, evidence.lost) == (0, 0, 0)
    assert evidence.read == evidence.sent


def test_it_never_waits_for_less_than_the_library_can(tmp_path, cluster):
    lane, asked = Lane(cluster.library, LOGIN, 7, Ledger(tmp_path)), []
    lane._producer.poll = asked.append
    for seconds in (0.0, 0.0002, 0.0131, 0.1):
        lane.poll(seconds)
    assert asked == [0.0, 0.001, 0.014, 0.1]


def gap(report, phase):
    return getattr(report.evidence, phase).longest_gap_ms


def current(running):
    return running.meter._ledger.account


def wait_for(look, patience=60.0):
    deadline = time.monotonic() + patience
    while not look():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nobody_else_can_read_the_login(running):
    path = running.directory / "orders.json"
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert Orders.read(running.directory).login.password == "first"
    assert "first" not in repr(running.orders)
