# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import datetime

import pytest
from fakes import prometheus
from world import NOON

from dataops.interfaces.prometheus_api import QueryServer
from dataops.operations import OperationError
from prometheus_queries import Prometheus

MINUTE = datetime.timedelta(minutes=1)


def connect(url, ca=""):
    return Prometheus.connect(QueryServer.model_validate({"direct_url": url, "ca": ca}))


def test_a_range_comes_back_in_an_order_of_its_own():
    asked = {}

    def answers(path, query):
        asked.update(query, path=path)
        lines = [({"u": "b"}, [[1, "2"]]), ({"u": "a"}, [[1, "3"], [2, "NaN"]])]
        return {"result": [{"metric": m, "values": v} for m, v in lines]}

    with prometheus(answers) as url:
        first, second = connect(url).range("up", NOON - MINUTE, NOON, MINUTE / 4)
    assert (first.label("u"), second.label("u")) == ("a", "b")
    assert first.points == ((1, 3),)
    assert (asked["path"], asked["query"], asked["step"]) == ("query_range", "up", "15.0")
    assert float(asked["end"]) - float(asked["start"]) == 60


def test_an_instant_has_one_point_each():
    def answers(path, query):
        return {"result": [{"metric": {}, "value": [7, "1"]}]}

    with prometheus(answers) as url:
        (series,) = connect(url).instant("up")
    assert series.points == ((7, 1),)


def test_only_what_fires_and_what_is_down_is_told():
    def answers(path, query):
        if path == "alerts":
            return {
                "alerts": [{"state": s, "labels": {"alertname": s}} for s in ("pending", "firing")]
            }
        up = {"health": "up", "labels": {}, "scrapeUrl": "http://a", "lastError": ""}
        unit = {**up, "health": "down", "labels": {"juju_unit": "kafka/0"}, "lastError": "refused"}
        return {"activeTargets": [up, unit, {**unit, "labels": {}}]}

    with prometheus(answers) as url:
        server = connect(url)
        assert server.alerts() == ({"alertname": "firing"},)
        assert server.down() == (("kafka/0", "refused"), ("http://a", "refused"))


def test_a_refusal_is_told_in_prometheus_own_words():
    with (
        prometheus(lambda path, query: "parse error at char 3") as url,
        pytest.raises(OperationError, match="parse error at char 3"),
    ):
        connect(url).instant("up(")


def test_silence_names_the_address_and_the_next_move():
    with prometheus(lambda path, query: {}) as url:
        pass
    with pytest.raises(OperationError, match="juju run prometheus/leader health-check") as error:
        connect(url).alerts()
    assert url in str(error.value)
