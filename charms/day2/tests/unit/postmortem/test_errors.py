# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Errors of a timeline: what is one event is one, and what is harmless is none."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.errors import Errors

NOON = datetime.datetime(2026, 11, 22, 12, 0)
ADDRESSES = {"10.0.0.1": "kafka/1", "10.0.0.10": "kafka/10"}
ROOT = "CRIT Supervisor is running as root.  Privileges were not dropped because no user is set"
SOCKET = "CRIT Server 'unix_http_server' running without any HTTP authentication checking"


def line(seconds, text, unit="spark/0", file="logs/job.log", number=1):
    at = f"{NOON + datetime.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S.%f}Z"
    return f"{at} {unit} {file}:{number} | {at} {text}\n".encode()


def counted(*lines):
    errors = Errors(ADDRESSES)
    errors.count(lines)
    return errors


def test_what_supervisord_says_of_itself_is_told_apart():
    services = {"file": "logs/services.log"}
    errors = counted(
        line(0, ROOT, **services),
        line(0, SOCKET, **services),
        line(1, ROOT, unit="kafka/1", **services),
        line(2, "CRIT could not write pidfile", **services),
        line(3, ROOT, file="logs/job.log"),
    )
    assert [(kind.text, kind.times) for kind in errors.harmless.values()] == [
        (ROOT.removeprefix("CRIT "), 2),
        (SOCKET.removeprefix("CRIT "), 1),
    ]
    # The same words of anybody else are as grave as they sound.
    assert [kind.times for kind in errors.often()] == [1, 1]
    assert errors.units == {"spark/0": 2}
    assert sum(bad for bad, _ in errors.minutes.values()) == 2


def test_a_line_in_a_programs_log_and_its_output_is_one():
    errors = counted(
        line(0, "ERROR full", file="logs/broker.log"),
        line(0, "ERROR full", file="logs/server.log"),
        line(0, "ERROR full", file="logs/server.log", unit="kafka/1"),
        line(0, "ERROR twice", number=1),
        line(0, "ERROR twice", number=2),
    )
    assert {kind.text: kind.times for kind in errors.often()} == {"full": 2, "twice": 2}


def test_what_a_charm_raised_stands_with_the_line_that_says_that_it_did():
    def tail(seconds, *texts):
        at = f"{NOON + datetime.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S.%f}Z"
        heads = (f"{at} kafka/0 logs/unit.log:{n} | " for n in range(2, 99))
        return [f"{head}{text}\n".encode() for head, text in zip(heads, texts, strict=False)]

    charm = {"unit": "kafka/0", "file": "logs/unit.log"}
    frames = ("Traceback (most recent call last):", '  File "charm.py", line 3, in run')
    errors = counted(
        line(0, "ERROR Uncaught exception while in charm code:", **charm),
        *tail(0, *frames, "OSError: [Errno 28] No space left"),
        line(1, "ERROR Uncaught exception while in charm code:", **charm),
        *tail(1, *frames, "KeyError: 'a'", "", "During handling of the above exception, another:"),
        *tail(1, "", *frames, "ops.model.ModelError: secret not found", "next: look"),
        line(2, "ERROR a dump of threads:", **charm),
        *tail(2, "main:", "  at Broker.run"),
        line(3, "INFO well", **charm),
    )
    assert [burst.first.said for burst in reversed(errors.last())] == [
        "Uncaught exception while in charm code: OSError: [Errno 28] No space left",
        "Uncaught exception while in charm code: ops.model.ModelError: secret not found",
        "a dump of threads:",
    ]
    assert errors.lines == 1 + 3 + 1 + 5 + 5 + 1 + 2 + 1
    assert len(errors.often()) == 3


def test_everybody_who_cannot_reach_a_unit_is_one_event():
    errors = counted(
        line(0, "ERROR Connection to 10.0.0.1:9094 refused: ECONNREFUSED"),
        line(1, "ERROR disk 7 is full", unit="kafka/1"),
        line(4, "ERROR 10.0.0.1: Connection refused", unit="data-access/0"),
        line(5, "ERROR Connection to node 1 (/10.0.0.1:9094) could not be established."),
        line(6, "ERROR 10.0.0.10: Connection refused"),
    )
    ten, one, disk = errors.last()
    assert (one.silent, one.times, one.seconds) == ("kafka/1", 3, 5.0)
    assert list(one.units) == ["spark/0", "data-access/0"]
    assert one.first.at.endswith("12:00:00.000000Z")
    assert len(one.lines) == 3, "no wording is hidden"
    assert (ten.silent, ten.times) == ("kafka/10", 1)
    assert "full" in disk.first.text


def test_after_a_quiet_time_it_is_another_event():
    errors = counted(*(line(at, "ERROR try 5 failed") for at in (0, 8, 16, 40, 41)))
    assert [(burst.times, burst.seconds) for burst in errors.last()] == [(2, 1.0), (3, 16.0)]
    assert [kind.times for kind in errors.often()] == [5]


def test_only_the_newest_events_are_kept():
    errors = counted(*(line(20 * n, f"ERROR {'x' * n} broke") for n in range(100)))
    last = errors.last()
    assert len(last) == 30
    assert [burst.first.text.count("x") for burst in last[:2]] == [99, 98]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 100), st.sampled_from(["a broke", "10.0.0.1: ECONNREFUSED", "b lost"])
        ),
        max_size=25,
    )
)
def test_every_error_is_in_one_event(said):
    errors = counted(
        *(line(at, f"ERROR {text}", number=n) for n, (at, text) in enumerate(sorted(said)))
    )
    assert sum(burst.times for burst in errors.last()) == len(said) == errors.units["spark/0"]
    ends = [burst.until for burst in errors.last()]
    assert ends == sorted(ends, reverse=True)


@pytest.mark.parametrize("text", ["WARN slow", "INFO up", "nothing"])
def test_what_is_no_error_is_no_event(text):
    assert counted(line(0, text)).last() == []
