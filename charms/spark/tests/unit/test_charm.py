# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import json
from pathlib import Path

import ops
import pytest
from factory import SAMPLE
from ops import testing

from charm import SparkCharm
from dataops.interfaces.kafka_client import TopicRequest
from dataops.testing import FakePackages, FakeServices

Context = testing.Context[SparkCharm]
REQUESTS = {
    topic: TopicRequest(topic=topic, roles=frozenset({role}))
    for topic, role in (("flights", "consumer"), ("flights-hourly", "producer"))
}


@pytest.fixture
def context(
    charm_dir: Path, fake_services: FakeServices, fake_packages: FakePackages
) -> testing.Context[SparkCharm]:
    return testing.Context(SparkCharm, charm_root=charm_dir)


@pytest.fixture
def state(tmp_path: Path) -> testing.State:
    """A new leader with a declared job, and no Kafka."""
    empty = tmp_path / "empty"
    empty.touch()
    return testing.State(
        leader=True,
        config={"jobs": SAMPLE},
        relations={testing.PeerRelation("peers")},
        storages={testing.Storage("data")},
        resources={testing.Resource(name=name, path=empty) for name in ("spark", "script")},
    )


def agreement(state: testing.State) -> dict:
    (peers,) = (r for r in state.relations if r.endpoint == "peers")
    return json.loads(peers.local_app_data["agreement"])


def with_kafka(state: testing.State, password: str = "first") -> testing.State:
    """Kafka has granted every topic."""
    user = testing.Secret({"username": "u", "password": password}, owner=None)
    answers = [
        {"resource": topic, "request-id": request.request_id, "endpoints": "10.0.0.9:9093"}
        | {"secret-user": user.id}
        for topic, request in REQUESTS.items()
    ]
    bag = {"version": "v1", "requests": json.dumps(answers)}
    kafka = testing.Relation("kafka", remote_app_data=bag)
    return dataclasses.replace(
        state, relations={*state.relations, kafka}, secrets={*state.secrets, user}
    )


def settle(context: Context, state: testing.State) -> testing.State:
    """The state after two hooks: the second sees the secret that the first has made."""
    return context.run(context.on.update_status(), context.run(context.on.start(), state))


def test_a_leader_without_kafka_says_what_to_do(
    context: Context, state: testing.State, fake_services: FakeServices
) -> None:
    out = settle(context, state)
    assert out.unit_status == ops.BlockedStatus(
        "1 job declared, but no Kafka: juju integrate spark:kafka kafka:kafka-client"
    )
    assert {"master", "worker", "history"} <= set(fake_services.running)


def test_the_agreement_holds_no_secret(context: Context, state: testing.State) -> None:
    out = settle(context, state)
    (secret,) = out.secrets
    assert secret.owner == "app"
    assert secret.latest_content is not None
    assert secret.latest_content["secret"] not in json.dumps(agreement(out))
    assert agreement(out)["placements"] == {"flights-hourly": {"unit": "spark/0", "slot": 0}}


def test_asks_for_each_topic_with_its_own_role(context: Context, state: testing.State) -> None:
    kafka = testing.Relation("kafka")
    state = dataclasses.replace(state, relations={*state.relations, kafka})
    asked = json.loads(settle(context, state).get_relation(kafka.id).local_app_data["requests"])
    found = [(a["resource"], a["extra-user-roles"]) for a in asked]
    assert found == [("flights", "consumer"), ("flights-hourly", "producer")]


def test_the_job_runs_once_kafka_has_granted_its_topics(
    context: Context, state: testing.State, fake_services: FakeServices
) -> None:
    out = settle(context, with_kafka(state))
    assert out.unit_status == ops.ActiveStatus("1 job running")
    assert "job-flights-hourly" in fake_services.running


def test_bad_jobs_disturb_nothing(
    context: Context, state: testing.State, fake_services: FakeServices
) -> None:
    good = settle(context, with_kafka(state))
    running = dict(fake_services.running)
    bad = dataclasses.replace(good, config={"jobs": "- name: x\n  sql: SELECT 1\n"})
    out = context.run(context.on.config_changed(), bad)
    assert isinstance(out.unit_status, ops.BlockedStatus)
    assert out.unit_status.message.startswith("option jobs, line ")
    assert fake_services.running == running
    assert agreement(out) == agreement(good)


def test_a_follower_runs_a_worker_once_it_knows_the_master(
    context: Context, state: testing.State, fake_services: FakeServices
) -> None:
    alone = dataclasses.replace(state, leader=False)
    out = context.run(context.on.start(), alone)
    assert out.unit_status == ops.WaitingStatus("Waiting for the leader to name the master")
    assert fake_services.running == {}


def test_declares_its_metrics_and_rules(context: Context, state: testing.State) -> None:
    monitoring = testing.Relation("monitoring")
    state = dataclasses.replace(state, relations={*state.relations, monitoring})
    bag = settle(context, state).get_relation(monitoring.id).local_app_data
    assert {job["job_name"] for job in json.loads(bag["scrape_jobs"])} == {
        *("master", "worker", "driver", "executor", "job")
    }
    rules = [rule for group in json.loads(bag["alert_rules"])["groups"] for rule in group["rules"]]
    assert {"SparkProcessDown", "SparkJobFails", "SparkJobStalled"} <= {r["alert"] for r in rules}


def test_asks_a_related_store_for_a_bucket_and_keeps_its_keys_to_itself(
    context: Context, state: testing.State
) -> None:
    keys = testing.Secret({"access-key": "AKID", "secret-key": "sesame"})
    bag = {"bucket": "b", "endpoint": "http://10.0.0.9:9000", "secret-extra": keys.id}
    store = testing.Relation("s3", remote_app_data=bag)
    related = dataclasses.replace(state, relations={*state.relations, store}, secrets=[keys])
    with context(context.on.update_status(), related) as manager:
        out = manager.run()
        observed = manager.charm._last
    assert out.get_relation(store.id).local_app_data["bucket"] == "dataops"
    assert observed.store.describe() == "s3://b at http://10.0.0.9:9000"
    assert "sesame" not in repr(observed)


def test_without_kafka_any_more_the_job_ends(
    context: Context, state: testing.State, fake_services: FakeServices
) -> None:
    related = settle(context, with_kafka(state))
    (kafka,) = (r for r in related.relations if r.endpoint == "kafka")
    out = context.run(context.on.relation_broken(kafka), related)
    assert "job-flights-hourly" not in fake_services.running
    assert isinstance(out.unit_status, ops.BlockedStatus)


def test_a_unit_that_stops_leaves_no_service(
    context: Context, state: testing.State, fake_services: FakeServices
) -> None:
    running = settle(context, state)
    context.run(context.on.stop(), running)
    assert not fake_services.defined


def test_hooks_after_the_storage_has_gone_start_nothing_on_it(
    context: Context, state: testing.State, fake_services: FakeServices
) -> None:
    out = settle(context, state)
    (data,) = out.storages
    out = context.run(context.on.storage_detaching(data), out)
    assert not fake_services.running
    # Juju still lists the storage for a while.
    out = context.run(context.on.update_status(), out)
    assert not fake_services.running
    context.run(context.on.storage_attached(data), out)
    assert "master" in fake_services.running


def test_an_action_refuses_with_a_reason(context: Context, state: testing.State) -> None:
    running = settle(context, state)
    with pytest.raises(testing.ActionFailed, match="No job 'nope' on spark/0"):
        context.run(context.on.action("stop-job", params={"name": "nope"}), running)
    context.run(context.on.action("list-jobs"), running)
    assert context.action_results is not None
    assert context.action_results["jobs"]["flights-hourly"]["unit"] == "spark/0"
