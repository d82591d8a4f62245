# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What other applications are told, and what is loaded only for who is related."""

import dataclasses
import json
import subprocess
import sys

import pytest
from factory import SAMPLE
from ops import testing
from waking import Waking

from charm import Jobs, SparkCharm
from installation import Installation


@pytest.fixture
def context(charm_dir, fake_services, fake_packages, monkeypatch):
    monkeypatch.setattr(Installation, "version", "4.2.0")
    monkeypatch.setattr(Jobs, "of", lambda _: Waking())
    return testing.Context(SparkCharm, charm_root=charm_dir)


@pytest.fixture
def state(tmp_path):
    """A leader to whom a notebook is related."""
    empty = tmp_path / "empty"
    empty.touch()
    return testing.State(
        leader=True,
        config={"jobs": SAMPLE},
        relations={
            testing.PeerRelation("peers"),
            testing.Relation("spark-master", remote_app_name="notebook"),
        },
        storages={testing.Storage("data")},
        resources={testing.Resource(name=name, path=empty) for name in ("spark", "script")},
    )


def settle(context, state):
    for _ in range(2):
        state = context.run(context.on.update_status(), state)
    return state


def told(state):
    (relation,) = state.get_relations("spark-master")
    return dict(relation.local_app_data)


def test_an_application_learns_where_to_run_drivers(context, state):
    bag = told(settle(context, state))
    uri = bag.pop("secret-rpc")
    host = bag["master-url"].removeprefix("spark://").partition(":")[0]
    assert bag["master-url"] == f"spark://{host}:7077"
    assert bag["web-url"] == f"http://{host}:8080"
    assert bag["history-url"] == f"http://{host}:18080"
    assert bag["version"] == "4.2.0"
    assert uri.startswith("secret:")


def test_the_secret_is_shared_with_who_is_related_alone(context, state):
    out = settle(context, state)
    (relation,) = out.get_relations("spark-master")
    shared = out.get_secret(label="spark-master-rpc")
    assert set(shared.remote_grants) == {relation.id}
    (own,) = (one for one in out.secrets if one.label != "spark-master-rpc")
    assert shared.latest_content == {"secret": own.latest_content["secret"], "name": "rpc.1"}
    assert own.latest_content["secret"] not in json.dumps(told(out))


def test_a_change_of_the_secret_waits_for_who_still_has_the_old_one(context, state):
    out = settle(context, state)
    (relation,) = out.get_relations("spark-master")
    said = {0: {"accepted-users": json.dumps(["rpc.1"])}}
    others = {one for one in out.relations if one.id != relation.id}
    heard = dataclasses.replace(relation, remote_units_data=said)
    out = dataclasses.replace(out, relations=others | {heard})
    out = context.run(context.on.action("rotate-passwords"), out)
    out = settle(context, out)
    assert out.get_secret(label="spark-master-rpc").latest_content["name"] == "rpc.2"
    context.run(context.on.action("rotate-passwords"), out)
    assert "notebook/0 has not taken its new credentials" in context.action_results["message"]


def test_the_secret_goes_with_the_last_who_had_it(context, state):
    out = settle(context, state)
    (relation,) = out.get_relations("spark-master")
    out = context.run(context.on.relation_broken(relation), out)
    assert not [one for one in out.secrets if one.label == "spark-master-rpc"]


def test_without_a_provider_nothing_of_certificates_is_loaded():
    # Every hook is a new process: what it imports is what it costs.
    source = SparkCharm.__module__
    program = f"import sys; import {source}; print('charmlibs.interfaces' in str(sys.modules))"
    path = f"import sys; sys.path[:0] = {sys.path!r}; "
    found = subprocess.run(
        [sys.executable, "-c", path + program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
