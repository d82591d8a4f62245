# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What Juju says, piece by piece."""

import ops
import pytest
from ops import testing

import reading

META = {
    "name": "spark",
    "peers": {"peers": {"interface": "spark_peers"}},
    "provides": {"spark-master": {"interface": "spark_master"}},
    "resources": {"script": {"type": "file", "filename": "script.py"}},
}


@pytest.fixture
def charm(tmp_path):
    """A charm whose peers have said things, and to which a notebook is related."""
    empty = tmp_path / "empty"
    empty.touch()
    bag = {"certificate-end": "200"}
    peers = testing.PeerRelation(
        "peers", local_unit_data={"certificate-end": "100"}, peers_data={1: bag, 2: {}}
    )
    said = {0: {"accepted-users": '["rpc.1"]'}, 1: {}}
    notebook = testing.Relation("spark-master", remote_app_name="notebook", remote_units_data=said)
    state = testing.State(
        relations={peers, notebook}, resources={testing.Resource(name="script", path=empty)}
    )
    context = testing.Context(ops.CharmBase, meta=META)
    with context(context.on.update_status(), state) as manager:
        yield manager.charm


def test_who_says_nothing_is_left_out(charm):
    assert reading.told(charm, "certificate-end") == {"spark/0": "100", "spark/1": "200"}


def test_the_end_of_our_own_certificate_is_that_of_what_we_serve(charm, certificate):
    end = certificate.leaf.not_after.timestamp()
    assert reading.ends(charm, certificate) == {"spark/0": end, "spark/1": 200.0}
    assert reading.ends(charm, None) == {"spark/1": 200.0}


def test_each_unit_that_runs_drivers_elsewhere_says_by_which_secret(charm):
    assert reading.visitors(charm) == {"notebook/0": frozenset({"rpc.1"}), "notebook/1": None}
