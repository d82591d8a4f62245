# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

from dataops.snapshot.restarts import restarts

SUPERVISORD = """\
2026-11-22 18:43:12,001 INFO spawned: 'broker' with pid 12
2026-11-22 18:43:13,123 WARN exited: broker (terminated by SIGKILL; not expected)
2026-11-22 18:43:14,000 INFO exited: work-snapshot (exit status 0; expected)
2026-11-22 18:43:15,000 INFO stopped: broker (terminated by SIGTERM)
"""
JOURNAL = """\
2026-11-22T18:43:13+0000 host systemd[1]: dataops-kafka-0-broker.service: Main process exited, code=killed, status=9/KILL
2026-11-22T18:43:13+0000 host systemd[1]: dataops-kafka-0-broker.service: Failed with result 'signal'.
2026-11-22T18:44:00+0000 host systemd[1]: dataops-kafka-0-wake.service: Main process exited, code=exited, status=143
"""  # noqa: E501


def test_supervisord_says_what_nobody_had_asked_for() -> None:
    (found,) = restarts(SUPERVISORD, local=False)
    assert (found.service, found.how) == ("broker", "terminated by SIGKILL")
    assert f"{found.at:%H:%M:%S}" == "18:43:13"


def test_systemd_says_so_too() -> None:
    (found,) = restarts(JOURNAL, local=False)
    assert (found.service, found.how) == ("broker", "code=killed, status=9/KILL")
