# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""prometheus_api: our two sides with each other, and each with the published shape."""

import ops
import pydantic
import pytest

from dataops.interfaces.prometheus_api import QueryProvider, QueryRequirer
from tests.interface.wire import Bag, Side, talk

URL = "https://10.0.0.9:9090"


class PublishedApplication(pydantic.BaseModel):
    """What a published requirer reads; it passes over what it does not know."""

    direct_url: pydantic.AnyHttpUrl
    ingress_url: pydantic.AnyHttpUrl | None = None


class OurApplication(Bag):
    """What we write."""

    direct_url: pydantic.AnyHttpUrl
    ca: str = ""


class Provider(ops.CharmBase):
    """Has a Prometheus."""

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _):
        QueryProvider(self, "wire").publish(URL, ca="PEM")


class Requirer(ops.CharmBase):
    """Wants to ask."""

    found: list = []  # noqa: RUF012

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _):
        self.found[:] = [QueryRequirer(self, "wire").server()]


@pytest.fixture
def provider():
    return Side(Provider, "provides", "prometheus_api", "prometheus")


@pytest.fixture
def requirer():
    charm = type("ThisRequirer", (Requirer,), {"found": []})
    return Side(charm, "requires", "prometheus_api", "day2"), charm


def test_our_provider_writes_what_a_published_requirer_reads(provider):
    provider.wake()
    bag = provider.relation.local_app_data
    PublishedApplication.model_validate(bag)
    OurApplication.model_validate(bag)


def test_our_requirer_asks_our_provider(provider, requirer):
    talk(provider, requirer[0])
    (server,) = requirer[1].found
    assert (server.url, server.ca) == (URL, "PEM")


def test_our_requirer_asks_a_published_provider(requirer):
    side, charm = requirer
    direct = "http://prometheus-0.prometheus-endpoints.cos.svc.cluster.local:9090/"
    side.hear_bags(
        "prometheus-k8s",
        {"direct_url": direct, "ingress_url": "http://10.0.0.1/cos-prometheus-0"},
        {0: {}},
    )
    side.wake()
    assert charm.found[0].url == direct.rstrip("/")
