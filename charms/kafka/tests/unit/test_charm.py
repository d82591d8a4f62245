# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The charm as a whole, with processes and the cluster replaced by what behaves like them."""

import contextlib
import dataclasses
import json
from pathlib import Path

import ops
import pytest
from builders import CLUSTER_ID
from ops import testing
from test_admin import FakeClient

import arrival
import authority
import broker as broker_module
import pem
import programs
import stores
import wiring
import workload
from admin import Administrator
from charm import KafkaCharm
from dataops import jobs
from dataops.certificates import Served, parse, requester
from dataops.testing import FakePackages, FakeServices
from operations import renew_certificates


@dataclasses.dataclass
class Provided:
    certificate: str
    ca: str
    chain: tuple[str, ...] = ()


class Machine:
    """One machine with a cluster of one broker, which answers while its service runs."""

    def __init__(self, monkeypatch):
        self.services = FakeServices()
        self.packages = FakePackages().patch(monkeypatch)
        self.root = authority.certificate("root")
        self.certificate, self.key = self.issued()
        self.client = OneBroker(self.reloaded)
        # What the process has read: the file may be newer.
        self.chain = ()
        monkeypatch.setattr(wiring.services, "manager", lambda paths, unit: self.services)
        monkeypatch.setattr(jobs, "manager", lambda paths, unit: self.services)
        monkeypatch.setattr(broker_module, "shown", self.shown)
        monkeypatch.setattr(stores, "ask_port", self.ask)
        monkeypatch.setattr(broker_module, "_started_with", self.started_with)
        monkeypatch.setattr(programs.Programs, "format", format_storage)
        monkeypatch.setattr(workload, "administrator", self.administrator)
        monkeypatch.setattr(arrival.login, "taken", lambda *told: told[2] in self.client.users)
        monkeypatch.setattr(
            requester.TLSCertificatesRequiresV4,
            "get_assigned_certificate",
            lambda requirer, wanted: self.assigned(requirer),
        )
        note_start = stores.Stores.note_start
        monkeypatch.setattr(
            stores.Stores, "note_start", lambda one: (self.reloaded(one.keystore), note_start(one))
        )
        install = broker_module.Broker.install

        def with_jars(broker, archive):
            installed = install(broker, archive)
            for libraries in broker.paths.bin.glob("kafka-*/libs"):
                (libraries / "jmx_prometheus_javaagent-1.0.1.jar").touch()
                (libraries / "kafka_2.13-4.3.1.jar").touch()
            return installed

        monkeypatch.setattr(broker_module.Broker, "install", with_jars)

    @property
    def running(self):
        return "broker" in self.services.running

    def issued(self, **more):
        return authority.certificate(above=self.root, address="127.45.200.3", **more)

    def reloaded(self, keystore):
        self.chain = parse(Path(keystore).read_text())

    @property
    def working(self):
        return self.chain[0]

    def shown(self, address, port):
        if not self.running:
            return pem.Shown()
        return pem.Shown(self.working.serial, self.working.not_after.timestamp())

    def ask(self, address, port, keystore=None):
        return Served(self.chain) if self.running else None

    def started_with(self, pid):
        if not self.running:
            return ""
        marked = [one for one in self.services.running["broker"].command if "settings=" in one]
        return marked[0].partition("=")[2]

    def assigned(self, requirer):
        if not requirer.model.relations["certificates"]:
            return None, None
        return self.certificate and Provided(self.certificate, self.root[0]), self.key

    @contextlib.contextmanager
    def administrator(self, addresses, etc):
        yield Administrator(self.client) if self.running else None


def format_storage(tool, cluster_id, *, standalone):
    text = (tool.etc / "server.properties").read_text()
    (line,) = [one for one in text.splitlines() if one.startswith("log.dirs=")]
    Path(line.partition("=")[2], "meta.properties").write_text(f"cluster.id={cluster_id}\n")


class OneBroker(FakeClient):
    """A cluster of one broker that is up."""

    def __init__(self, reloaded):
        super().__init__()
        self.reloaded = reloaded

    def alter_configs(self, resources, **more):
        (resource,) = resources
        path = resource.configs.get("listener.name.client.ssl.keystore.location")
        return self.reloaded(path) if path else None

    def describe_cluster(self):
        return {"brokers": [{"broker_id": 0}]}

    def describe_topics(self):
        return []

    def describe_configs(self, resources, config_filter):
        return {"broker": {"0": {"min.insync.replicas": {"value": "1"}}}}


@pytest.fixture
def machine(monkeypatch):
    return Machine(monkeypatch)


@pytest.fixture
def context():
    return testing.Context(KafkaCharm)


CERTIFICATES = testing.Relation("certificates")
ADDRESS = testing.Address("127.45.200.3")
CLIENT = {"topic": "orders", "extra-user-roles": "producer"}


def deployed(*relations, config=None):
    return testing.State(
        leader=True,
        planned_units=1,
        relations=[testing.PeerRelation("cluster"), *relations],
        storages=[testing.Storage("data")],
        # As a store that wants every resource to be there attaches it.
        resources=[testing.Resource(name="kafka", path="/dev/null")],
        networks={testing.Network("cluster", [testing.BindAddress([ADDRESS])])},
        config=config or {},
    )


def app_data(out):
    (peers,) = out.get_relations("cluster")
    return peers.local_app_data


def test_without_certificates_nothing_starts(machine, context):
    out = context.run(context.on.install(), deployed())
    assert out.unit_status.name == "blocked"
    assert "juju integrate kafka:certificates" in out.unit_status.message
    assert not machine.running and out.workload_version == "4.3.1"


def test_with_certificates_a_cluster_is_founded_in_one_hook(machine, context):
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES))
    assert machine.running
    assert out.unit_status == ops.ActiveStatus()
    assert app_data(out)["first"] == "0" and app_data(out)["founded"] == "true"
    assert len(app_data(out)["cluster-id"]) == len(CLUSTER_ID)
    assert {port.port for port in out.opened_ports} == {9093}


def test_a_second_hook_changes_nothing(machine, context):
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES))
    before = list(machine.services.journal)
    again = context.run(context.on.update_status(), out)
    assert machine.services.journal == before
    assert app_data(again) == app_data(out)


def test_a_client_gets_its_user_and_loses_it_with_the_relation(machine, context):
    client = testing.Relation("kafka-client", id=7007, remote_app_data=CLIENT)
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES, client))
    answer = out.get_relation(7007).local_app_data
    assert answer["topic"] == "orders" and answer["tls"] == "enabled"
    assert set(machine.client.users) == {"relation-7007"} and machine.client.acls
    secret = out.get_secret(label="kafka-client.7007.user.secret")
    assert secret.latest_content["password"] not in json.dumps(dict(answer))

    context.run(context.on.relation_broken(out.get_relation(7007)), out)
    assert not machine.client.users and not machine.client.acls


def test_a_user_goes_even_when_its_relation_ended_without_telling(machine, context):
    client = testing.Relation("kafka-client", id=7007, remote_app_data=CLIENT)
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES, client))
    forgotten = dataclasses.replace(
        out, relations=[one for one in out.relations if one.endpoint != "kafka-client"]
    )
    after = context.run(context.on.update_status(), forgotten)
    assert not machine.client.users and not machine.client.acls
    assert not [one for one in after.secrets if "kafka-client" in (one.label or "")]


def test_an_agent_beside_the_unit_hears_where_to_look(machine, context):
    agent = testing.Relation("cos-agent")
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES, agent))
    config = json.loads(out.get_relation(agent.id).local_unit_data["config"])
    (job,) = config["metrics_scrape_jobs"]
    assert job["static_configs"] == [{"targets": ["127.45.200.3:9101"]}]


def test_backups_go_to_the_bucket_that_the_store_gives(machine, context):
    secret = testing.Secret({"access-key": "AKID", "secret-key": "sesame"})
    bag = {"bucket": "b", "endpoint": "http://10.0.0.9:9000", "secret-extra": secret.id}
    store = testing.Relation("s3", remote_app_data=bag)
    state = dataclasses.replace(
        deployed(CERTIFICATES, store, config={"backup-directory": "/not/used"}), secrets=[secret]
    )
    with context(context.on.config_changed(), state) as manager:
        out = manager.run()
        observed = manager.charm._last
    assert out.get_relation(store.id).local_app_data["bucket"] == "dataops"
    assert observed.store.describe() == "s3://b at http://10.0.0.9:9000"
    assert "sesame" not in repr(observed)
    assert out.unit_status == ops.ActiveStatus()


def test_backups_go_to_a_directory_without_a_store(machine, context):
    state = deployed(CERTIFICATES, config={"backup-directory": "/backups"})
    with context(context.on.config_changed(), state) as manager:
        manager.run()
        assert manager.charm._last.store.describe() == "/backups"


def test_an_invalid_option_changes_nothing(machine, context):
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES))
    before = list(machine.services.journal)
    wrong = dataclasses.replace(out, config={"heap": "lots"})
    after = context.run(context.on.config_changed(), wrong)
    assert after.unit_status.name == "blocked" and "heap" in after.unit_status.message
    assert machine.running and machine.services.journal == before


def test_no_java_is_blocked_with_the_next_move(machine, context):
    machine.packages.java = None
    out = context.run(context.on.install(), deployed(CERTIFICATES))
    assert out.unit_status.name == "blocked" and "ava" in out.unit_status.message


def test_the_last_unit_stops_its_broker_and_keeps_its_data(machine, context):
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES))
    going = dataclasses.replace(out, planned_units=0)
    context.run(context.on.stop(), going)
    assert not machine.running


def test_hooks_after_the_storage_has_gone_start_nothing_on_it(machine, context):
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES))
    (data,) = out.storages
    out = context.run(context.on.storage_detaching(data), out)
    assert not machine.running
    # Juju still lists the storage for a while, and another unit stays.
    for event in (context.on.config_changed(), context.on.update_status()):
        out = context.run(event, out)
        assert not machine.running
    context.run(context.on.storage_attached(data), out)
    assert machine.running


def test_an_action_asks_the_cluster(machine, context):
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES))
    context.run(context.on.action("describe-cluster"), out)
    assert json.loads(context.action_results["brokers"]) == ["kafka/0"]


def test_a_new_certificate_is_served_without_a_restart(machine, context):
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES))
    before, machine.journal = machine.working, list(machine.services.journal)
    machine.certificate, machine.key = machine.issued()
    after = context.run(context.on.update_status(), out)
    assert machine.working != before and machine.working.pem == machine.certificate
    assert machine.services.journal == machine.journal
    assert after.unit_status == ops.ActiveStatus()


def test_a_certificate_for_somebody_else_is_not_served(machine, context):
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES))
    before = machine.working
    machine.certificate, machine.key = authority.certificate(above=machine.root)
    after = context.run(context.on.update_status(), out)
    assert machine.working == before and machine.running
    assert after.unit_status.name == "blocked"
    assert "not for 127.45.200.3; the old one is served until" in after.unit_status.message


def test_while_a_request_is_not_answered_the_old_certificate_is_served(machine, context):
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES))
    before, machine.certificate = machine.working, None
    machine.services.crash("broker")
    after = context.run(context.on.update_status(), out)
    assert machine.running and machine.working == before
    assert after.unit_status.name == "waiting" and "served until" in after.unit_status.message


def test_what_expired_while_everything_was_down_is_asked_for_anew(machine, context, monkeypatch):
    asked = []
    monkeypatch.setattr(
        requester.TLSCertificatesRequiresV4,
        "regenerate_private_key",
        lambda library: asked.append(library),
    )
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES))
    machine.certificate, machine.key = machine.issued(days=-1)
    machine.services.crash("broker")
    after = context.run(context.on.update_status(), out)
    assert len(asked) == 1
    # Asked once: an authority with a wrong clock is not asked without end.
    context.run(context.on.update_status(), after)
    assert len(asked) == 1


def test_a_renewal_from_the_first_call_to_the_proof(machine, context, monkeypatch):
    def answered(library):
        machine.certificate, machine.key = machine.issued()

    monkeypatch.setattr(requester.TLSCertificatesRequiresV4, "regenerate_private_key", answered)
    monkeypatch.setattr(renew_certificates, "refusal", lambda *args, **more: "")
    out = context.run(context.on.config_changed(), deployed(CERTIFICATES))
    old = machine.working.serial
    out = context.run(context.on.action("renew-certificates"), out)
    assert context.action_results["status"] == "running"
    out = context.run(context.on.update_status(), out)
    context.run(context.on.action("renew-certificates"), out)
    told = context.action_results
    assert told["old"] == old and told["serial"] == machine.working.serial != old
    assert told["restarted"] == "false" and "without a restart" in told["summary"]
    ports = json.loads(told["ports"])
    assert [one["port"] for one in ports] == [9093, 19093, 9097]
    context.run(context.on.action("list-certificates"), out)
    listed = json.loads(context.action_results["certificates"])
    assert {one["serial"] for one in listed} == {machine.working.serial}


def test_clients_are_let_in_together_once_the_broker_listens(machine, context, monkeypatch):
    passed = []
    monkeypatch.setattr(wiring, "pass_over", lambda _, name, **how: passed.append((name, how)))
    out = context.run(context.on.install(), deployed())
    assert passed.pop() == ("kafka-client", {})
    ready = dataclasses.replace(out, relations=deployed(CERTIFICATES).relations)
    context.run(context.on.config_changed(), ready)
    # From now on only what they ask for matters.
    assert passed.pop() == ("kafka-client", {"heard": True})
    # Whoever does not lead has nothing to say to them.
    context.run(context.on.config_changed(), dataclasses.replace(ready, leader=False))
    assert passed == [("kafka-client", {})]
