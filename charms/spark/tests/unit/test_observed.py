# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
from factory import SAMPLE, observed

from dataops.certificates import Identity, TlsState
from jobs import parse
from observed import requests

TWO = SAMPLE + SAMPLE.replace("name: flights-hourly", "name: other").replace(
    "topic: flights-hourly\n    key: key", "path: other"
)


def test_every_topic_with_the_role_that_its_job_needs() -> None:
    asked = [(r.topic, r.roles_text) for r in requests(parse(SAMPLE))]
    assert asked == [("flights", "consumer"), ("flights-hourly", "producer")]


def test_files_need_no_topic() -> None:
    assert [r.topic for r in requests(parse(TWO))] == ["flights", "flights", "flights-hourly"]


def test_the_ports_of_pages_are_those_where_they_are_served(certificate: Identity) -> None:
    assert observed().pages == (8100, 8080, 18080)
    assert observed(leader=False).pages == (8100,)
    secure = observed(tls=TlsState(wanted=True, kept=certificate))
    assert secure.pages == (8500, 8480, 18480)
    assert secure.page("10.0.0.1", 8080) == "https://10.0.0.1:8480"
    assert secure.ca == certificate.ca
