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
from dataops import jobs
from dataops.host import services
from dataops.objectstore import Refused


@pytest.fixture
def context(machine, monkeypatch):
    monkeypatch.setattr(services, "manager", lambda *_: machine.services)
    monkeypatch.setattr(jobs, "manager", lambda *_: machine.services)
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


def test_a_rotation_waits_for_who_stores_and_proves_its_end(context, machine, monkeypatch):
    out = context.run(context.on.config_changed(), deployed(kafka()))
    before = keys(out)
    asked = context.run(context.on.action("rotate-passwords", params={"quiet": 0}), out)
    assert context.action_results["status"] == "running"
    during = context.run(context.on.update_status(), asked)
    new, old = keys(during)["relation-7-secret"], before["relation-7-secret"]
    assert new != old
    assert during.get_secret(label="s3.7.extra.secret").latest_content["secret-key"] == new
    assert {new, old} < {one["s3proxy.credential"] for one in machine.settings}
    # The unit works with the old ones; people's go after `quiet`.
    units = {0: {"accepted-users": json.dumps([before["relation-7-access"]])}}
    waits = said(during, units)
    waits = context.run(context.on.update_status(), waits)
    accepted = {one["s3proxy.identity"] for one in machine.settings}
    assert before["relation-7-access"] in accepted and before["admin-access"] not in accepted
    again = context.run(context.on.action("rotate-passwords", params={"quiet": 0}), waits)
    assert "kafka/0 has not taken" in context.action_results["message"]
    units = {0: {"accepted-users": json.dumps([keys(during)["relation-7-access"]])}}
    monkeypatch.setattr("vault.open_store", lambda target, patience: Behaving(machine, target))
    done = context.run(context.on.update_status(), said(again, units))
    assert before["relation-7-access"] not in {one["s3proxy.identity"] for one in machine.settings}
    context.run(context.on.action("rotate-passwords", params={"quiet": 0}), done)
    told = context.action_results
    assert "every old one is refused" in told["summary"] and new not in str(told)


def said(state, units):
    """The state after the other side wrote this."""
    relation = dataclasses.replace(state.get_relation(7), remote_units_data=units)
    return dataclasses.replace(state, relations={relation})


class Behaving:
    """The store as the files of its keys have it."""

    def __init__(self, machine, target):
        self.access = target.access_key.get_secret_value()
        self.accepted = {one["s3proxy.identity"] for one in machine.settings}

    def head(self, key):
        if self.access not in self.accepted:
            raise Refused("The store refuses the keys")


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
