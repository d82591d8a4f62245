# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""spark_master: our two sides with each other, and each with what is documented."""

import json
from pathlib import Path

import jsonschema
import ops
import pytest

from dataops.interfaces.spark_master import (
    ProviderData,
    RpcSecret,
    SparkMasterProvider,
    SparkMasterRequirer,
)
from tests.interface.wire import Side, talk
from tools import interfaces

DATA = ProviderData(
    master_url="spark://10.0.0.1:7077",
    version="4.2.0",
    python_version="3.12",
    web_url="https://10.0.0.1:8480",
    history_url="https://10.0.0.1:18480",
    ca="PEM",
)
V0 = Path(__file__).resolve().parents[2] / "docs/reference/interfaces/spark_master/v0"


class Provider(ops.CharmBase):
    """Has a cluster."""

    secret = RpcSecret(secret="first", name="rpc.1")
    seen: dict = {}  # noqa: RUF012

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _):
        side = SparkMasterProvider(self, "wire")
        side.publish(DATA, self.secret)
        self.seen.clear()
        self.seen.update(side.accepted())


class Requirer(ops.CharmBase):
    """Runs drivers."""

    found: list = []  # noqa: RUF012

    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        framework.observe(self.on.update_status, self._reconcile)

    def _reconcile(self, _):
        side = SparkMasterRequirer(self, "wire")
        found = side.cluster()
        self.found[:] = [found]
        if found:
            side.accept([found.secret_name])


@pytest.fixture
def provider():
    charm = type("ThisProvider", (Provider,), {"seen": {}})
    return Side(charm, "provides", "spark_master", "spark"), charm


@pytest.fixture
def requirer():
    charm = type("ThisRequirer", (Requirer,), {"found": []})
    return Side(charm, "requires", "spark_master", "notebook"), charm


def schema(side):
    return jsonschema.Draft202012Validator(
        json.loads((V0 / "schemas" / f"{side}.json").read_text())
    )


def test_a_requirer_learns_all_that_a_driver_needs(provider, requirer):
    talk(provider[0], requirer[0])
    (cluster,) = requirer[1].found
    assert cluster.properties() == {
        "spark.master": "spark://10.0.0.1:7077",
        "spark.authenticate": "true",
        "spark.authenticate.secret": "first",
        "spark.network.crypto.enabled": "true",
    }
    assert (cluster.version, cluster.python_version, cluster.ca) == ("4.2.0", "3.12", "PEM")
    assert (cluster.web_url, cluster.history_url) == (DATA.web_url, DATA.history_url)
    assert "first" not in repr(cluster)


def test_the_secret_is_in_no_databag_and_what_is_there_is_as_documented(provider, requirer):
    talk(provider[0], requirer[0])
    told, said = provider[0].relation.local_app_data, requirer[0].relation.local_unit_data
    schema("provider").validate(dict(told))
    schema("requirer").validate({"accepted-users": said["accepted-users"]})
    assert "first" not in json.dumps([dict(told), dict(said)])
    (secret,) = provider[0].secrets
    schema("secret").validate(secret.latest_content)


def test_another_secret_is_another_revision_that_a_requirer_says_it_has_taken(provider, requirer):
    talk(provider[0], requirer[0])
    uri = provider[0].relation.local_app_data["secret-rpc"]
    provider[1].secret = RpcSecret(secret="second", name="rpc.2")
    provider[0].wake()
    assert provider[1].seen == {"notebook/0": frozenset({"rpc.1"})}
    talk(provider[0], requirer[0])
    assert requirer[1].found[0].secret == "second"
    assert provider[1].seen == {"notebook/0": frozenset({"rpc.2"})}
    assert provider[0].relation.local_app_data["secret-rpc"] == uri


def test_equal_facts_are_equal_bytes(provider, requirer):
    talk(provider[0], requirer[0])
    before = dict(provider[0].relation.local_app_data)
    provider[0].wake()
    assert dict(provider[0].relation.local_app_data) == before


def test_a_cluster_that_is_not_there_yet_or_whose_secret_is_not_granted_is_none(requirer):
    side, charm = requirer
    for bag in ({}, {"master-url": "spark://x:1", "secret-rpc": "secret:d93kusvmp25c766aheug"}):
        side.hear_bags("spark", bag, {0: {}})
        side.wake()
        assert charm.found == [None]


def test_a_cluster_without_a_secret_lets_everybody_in(requirer):
    side, charm = requirer
    side.hear_bags("spark", {"master-url": "spark://x:1", "unheard-of": "x"}, {0: {}})
    side.wake()
    assert charm.found[0].properties() == {"spark.master": "spark://x:1"}


def test_the_documented_schemas_are_those_of_the_code():
    for path, text in interfaces.files().items():
        assert path.read_text() == text, f"Run tools/interfaces.py: {path.name} is old"


@pytest.mark.parametrize("side", ["provider", "requirer", "secret"])
def test_the_samples_are_as_documented(side):
    schema(side).validate(json.loads((V0 / "samples" / f"{side}.json").read_text()))
