# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The whole charm in Juju's hands, on a machine that behaves."""

import dataclasses
import json

import ops
import pytest
from conftest import CHARM
from ops import testing

import charm
from dataops.host import services


@pytest.fixture
def context(machine, monkeypatch):
    monkeypatch.setattr(services, "manager", lambda *_: machine.services)
    monkeypatch.setattr(charm, "Waker", lambda *_: machine.waker)
    monkeypatch.setattr("server._listens", lambda *_: "s3proxy" in machine.services.running)
    monkeypatch.setattr(charm.UnitPaths, "of", lambda _: machine.paths)
    return testing.Context(charm.ObjectStorageCharm, charm_root=CHARM)


def deployed(*relations, **changes):
    given = {
        "leader": True,
        "planned_units": 1,
        "relations": relations,
        "storages": {testing.Storage("data")},
        "resources": {testing.Resource(name="s3proxy", path="/dev/null")},
    }
    return testing.State(**{**given, **changes})


def kafka(**bag):
    asked = {"requested-secrets": '["access-key", "secret-key"]', **bag}
    return testing.Relation("s3", id=7, remote_app_name="kafka", remote_app_data=asked)


def keys(out):
    return out.get_secret(label="keys").latest_content


def test_it_serves_and_gives_keys_and_a_bucket(context, machine):
    out = context.run(context.on.config_changed(), deployed(kafka(bucket="mine")))
    assert out.unit_status == ops.ActiveStatus(
        "http://192.0.2.0:9000 keeps objects of 1 application"
    )
    assert out.workload_version == "4.1.0"
    assert out.opened_ports == {testing.TCPPort(9000)}
    answer = out.get_relation(7).local_app_data
    assert answer["bucket"] == "mine" and answer["endpoint"] == "http://192.0.2.0:9000"
    given = out.get_secret(label="s3.7.extra.secret")
    assert given.latest_content["secret-key"] == keys(out)["relation-7-secret"]
    assert given.remote_grants == {7: {"kafka"}}
    assert keys(out)["relation-7-secret"] not in json.dumps(dict(answer))
    accepted = {one["s3proxy.credential"] for one in machine.settings}
    assert accepted == {keys(out)["relation-7-secret"], keys(out)["admin-secret"]}


def test_a_second_hook_changes_nothing(context, machine):
    out = context.run(context.on.config_changed(), deployed(kafka()))
    before = list(machine.services.journal)
    again = context.run(context.on.update_status(), out)
    assert machine.services.journal == before and keys(again) == keys(out)


def test_keys_go_with_the_relation(context, machine):
    out = context.run(context.on.config_changed(), deployed(kafka()))
    after = context.run(context.on.relation_broken(out.get_relation(7)), out)
    assert "relation-7-secret" not in keys(after)
    assert not [one for one in after.secrets if one.label == "s3.7.extra.secret"]
    assert len(machine.settings) == 1


def test_a_rotation_gives_new_keys_and_keeps_the_old_for_a_while(context, machine):
    out = context.run(context.on.config_changed(), deployed(kafka()))
    rotated = context.run(context.on.action("rotate-passwords", params={"overlap": 60}), out)
    assert context.action_results["applications"] == "1"
    assert machine.waker.asked[-1] < 1
    after = context.run(context.on.update_status(), rotated)
    new, old = keys(after)["relation-7-secret"], keys(out)["relation-7-secret"]
    assert new != old
    assert after.get_secret(label="s3.7.extra.secret").latest_content["secret-key"] == new
    assert {new, old} < {one["s3proxy.credential"] for one in machine.settings}
    with pytest.raises(testing.ActionFailed, match="still accepted until"):
        context.run(context.on.action("rotate-passwords"), after)


def test_only_the_leader_makes_keys(context, machine):
    out = context.run(context.on.config_changed(), deployed(kafka(), leader=False))
    assert not out.secrets and not machine.services.running
    assert "Waiting for the leader" in out.unit_status.message


def test_a_bucket_of_no_store_is_refused_by_name(context):
    out = context.run(context.on.config_changed(), deployed(kafka(bucket="No Bucket")))
    assert "relation 7 with kafka: no store takes bucket" in out.unit_status.message
    assert not out.get_relation(7).local_app_data


def test_an_option_that_does_not_read_blocks_and_touches_nothing(context, machine):
    out = context.run(context.on.config_changed(), deployed())
    before = list(machine.services.journal)
    wrong = dataclasses.replace(out, config={"port": 0})
    after = context.run(context.on.config_changed(), wrong)
    assert "juju config object-storage port=" in after.unit_status.message
    assert machine.services.journal == before


def test_it_retires_with_its_unit(context, machine):
    out = context.run(context.on.config_changed(), deployed())
    context.run(context.on.stop(), out)
    assert not machine.services.running
