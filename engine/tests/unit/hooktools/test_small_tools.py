# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""config, identity, status, log, network, resources, goal-state, reboot: one table each."""

import ops
import pytest

from onebox.changes import edit
from onebox.hooktools import TOOLS

NETWORK = """\
bind-addresses:
- mac-address: 00:00:00:00:00:00
  interface-name: lo
  addresses:
  - hostname: 127.42.0.1
    value: 127.42.0.1
    cidr: 127.0.0.0/8
    address: 127.42.0.1
  macaddress: 00:00:00:00:00:00
  interfacename: lo
egress-subnets:
- 127.42.0.1/32
ingress-addresses:
- 127.42.0.1
"""
NETWORK_JSON = (
    '{"bind-addresses":[{"mac-address":"00:00:00:00:00:00","interface-name":"lo","addresses":'
    '[{"hostname":"127.42.0.1","value":"127.42.0.1","cidr":"127.0.0.0/8"}]}],'
    '"egress-subnets":["127.42.0.1/32"],"ingress-addresses":["127.42.0.1"]}\n'
)

ANSWERS = [
    ("config-get --format=json", '{"debug":false,"port":80,"ratio":0.5}\n'),
    ("config-get", "debug: false\nport: 80\nratio: 0.5\n"),
    ("config-get debug", "False\n"),
    ("config-get port", "80\n"),
    ("config-get name", ""),
    ("config-get --format=json name", "null\n"),
    ("config-get -a --format=json", '{"debug":false,"name":null,"port":80,"ratio":0.5}\n'),
    ("is-leader", "True\n"),
    ("is-leader --format=json", "true\n"),
    ("unit-get private-address", "127.42.0.1\n"),
    ("status-get", "active\n"),
    (
        "status-get --include-data --format=json --application=false",
        '{"message":"ready","status":"active","status-data":{}}\n',
    ),
    ("status-get --include-data", "message: ready\nstatus: active\nstatus-data: {}\n"),
    ("status-get --format=json", '{"status":"active"}\n'),
    (
        "status-get --application --include-data --format=json",
        '{"application-status":{"message":"ready","status":"active","status-data":{},"units":'
        '{"web/0":{"message":"ready","status":"active","status-data":{}},'
        '"web/1":{"message":"ready","status":"active","status-data":{}}}}}\n',
    ),
    ("network-get db", NETWORK),
    ("network-get --format=json db", NETWORK_JSON),
    ("network-get --format=json -r 1 db", NETWORK_JSON),
    ("network-get --format=json admin", NETWORK_JSON),
    ("network-get --format=json juju-info", NETWORK_JSON),
    ("network-get --ingress-address db", "127.42.0.1\n"),
    ("network-get --primary-address db", "127.42.0.1\n"),
    ("network-get --egress-subnets db", "127.42.0.1/32\n"),
    (
        "network-get --bind-address --egress-subnets --format=json db",
        '{"bind-address":"127.42.0.1","egress-subnets":["127.42.0.1/32"]}\n',
    ),
    (
        "goal-state",
        "units:\n"
        "  web/0:\n    status: active\n    since: 2026-11-22 13:28:38Z\n"
        "  web/1:\n    status: active\n    since: 2026-11-22 13:28:38Z\n"
        "relations:\n"
        "  db:\n"
        "    pg:\n      status: joined\n      since: 2026-11-22 13:28:38Z\n"
        "    pg/0:\n      status: active\n      since: 2026-11-22 13:28:38Z\n"
        "    pg/1:\n      status: active\n      since: 2026-11-22 13:28:38Z\n",
    ),
]

DOWNLOAD = (
    "could not download resource: HTTP request failed: Get https://127.0.1.254:17070/model/"
    "c45ad0db-3ee6-49bc-88e1-308145ea1177/units/unit-web-0/resources"
)

REFUSALS = [
    ("config-get --all port", 2, 'cannot use argument --all together with key "port"'),
    ("is-leader x", 2, 'unrecognized args: ["x"]'),
    (
        "is-leader --format=xml",
        2,
        'invalid value "xml" for option --format: unknown format "xml"',
    ),
    ("unit-get", 2, "no setting specified"),
    ("unit-get mac", 2, 'unknown setting "mac"'),
    ("credential-get", 1, "cannot access cloud credentials: permission denied"),
    ("status-set", 2, "invalid args, require <status> [message]"),
    (
        "status-set error",
        2,
        'invalid status "error", expected one of [maintenance blocked waiting active]',
    ),
    ("application-version-set", 2, "no version specified"),
    ("juju-log", 2, "no message specified"),
    ("network-get", 2, "no arguments specified"),
    ("network-get nosuch", 1, 'no network config found for binding "nosuch"'),
    (
        "network-get -r 9 db",
        2,
        'invalid value "9" for option -r: relation not found',
    ),
    (
        "network-get --primary-address --bind-address db",
        1,
        "--primary-address must be the only flag specified",
    ),
    ("resource-get", 2, "missing required resource name"),
    (
        "resource-get missing",
        1,
        f'{DOWNLOAD}/missing: resource "missing" not found',
    ),
    ("resource-get nosuch", 1, f'{DOWNLOAD}/nosuch: resource "nosuch" not found'),
    ("leader-get", 1, 'bad request: unknown command "leader-get"'),
]


@pytest.mark.parametrize(("line", "stdout"), ANSWERS)
def test_answers(hook, line, stdout):
    assert hook("web/0").ok(line) == stdout


@pytest.mark.parametrize(("line", "code", "message"), REFUSALS)
def test_refuses(hook, line, code, message):
    assert hook("web/0").fails(line) == (code, message)


def test_every_tool_of_the_contract_is_there():
    families = {
        "action": "fail get log set",
        "relation": "get ids list model-get set",
        "secret": "add get grant ids info-get remove revoke set",
        "state": "delete get set",
        "status": "get set",
        "storage": "add get list",
    }
    expected = {f"{family}-{verb}" for family, verbs in families.items() for verb in verbs.split()}
    expected |= {
        *("application-version-set", "close-port", "config-get", "credential-get", "goal-state"),
        *("is-leader", "juju-log", "juju-reboot", "network-get", "open-port", "opened-ports"),
        *("resource-get", "unit-get"),
    }
    assert set(TOOLS) == expected


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_every_tool_has_help(hook, name):
    text = hook("web/0").ok(f"{name} --help")
    assert text.startswith(f"Usage: {name} [options]")
    assert "Summary:\n" in text


def test_a_trusted_application_learns_its_cloud(hook, engine):
    web = edit.replace(engine.model.applications["web"], trust=True)
    engine.model = edit.put(engine.model, "applications", "web", web)
    spec = hook("web/0").json("credential-get")
    assert ops.CloudSpec.from_dict(spec).name == "localhost"
    assert spec["credential"] == {"auth-type": "empty", "attributes": {}, "redacted": []}


# These have nothing to print in the small model.
SILENT = {"credential-get", "secret-get", "secret-info-get"}


@pytest.mark.parametrize("name", sorted(n for n, t in TOOLS.items() if t.form and n not in SILENT))
def test_every_tool_that_prints_data_writes_it_to_a_file(action, engine, name):
    run = action("web/0")
    line = f"{name} --format=json -o out"
    arguments = {
        "relation-ids": "db",
        "relation-list": "-r 1",
        "relation-get": "-r 1 - pg/0",
        "relation-model-get": "-r 1",
        "network-get": "db",
        "storage-get": "-s data/0",
        "unit-get": "private-address",
    }
    line = f"{line} {arguments.get(name, '')}"
    assert run.ok(line) == ""
    assert (engine.root / "out").read_text() == run.ok(line.replace("-o out ", ""))


class TestStatus:
    def test_is_set_at_once_and_survives_a_failed_hook(self, hook, engine):
        run = hook("web/0")
        run.ok("status-set --application=False blocked -- '-no database'")
        workload = engine.model.units["web/0"].workload
        assert (workload.current, workload.message) == ("blocked", "-no database")
        assert run.ok("status-get") == "blocked\n"

    def test_the_same_status_keeps_its_time(self, hook, engine):
        before = engine.model.units["web/0"].workload
        hook("web/0").ok("status-set active ready")
        assert engine.model.units["web/0"].workload == before

    def test_of_an_application_is_for_its_leader(self, hook, engine):
        refusal = (1, "this unit is not the leader")
        assert hook("web/1").fails("status-set --application=True active") == refusal
        assert hook("web/1").fails("status-get --application") == (
            1,
            "finding application status: this unit is not the leader",
        )
        hook("web/0").ok("status-set --application=True waiting soon")
        assert engine.model.applications["web"].status.current == "waiting"
        assert hook("web/0").ok("status-get --application") == "waiting\n"

    def test_the_workload_version_is_the_last_word(self, hook, engine):
        hook("web/1").ok("application-version-set -- -4.3")
        assert engine.model.applications["web"].workload_version == "-4.3"


class TestLog:
    @pytest.mark.parametrize(
        ("line", "level", "message"),
        [
            ("juju-log hello there", "INFO", "hello there"),
            ("juju-log --log-level DEBUG -- -x", "DEBUG", "-x"),
            ("juju-log -l error oh", "ERROR", "oh"),
            ("juju-log --debug oh", "DEBUG", "oh"),
            ("juju-log -l CRITICAL oh", "CRITICAL", "oh"),
            ("juju-log -l warn oh", "WARNING", "oh"),
        ],
    )
    def test_goes_to_the_unit_at_its_level(self, hook, engine, line, level, message):
        hook("web/0").ok(line)
        assert engine.logged == [("unit.web/0.juju-log", level, message)]

    def test_names_the_relation_of_the_hook(self, hook, engine, related):
        hook("web/0", **related).ok("juju-log hello")
        assert engine.logged[0][2] == "db:1: hello"

    def test_says_when_a_level_is_none(self, hook, engine):
        hook("web/0").ok("juju-log -l LOUD hello")
        assert [(level, text) for _, level, text in engine.logged] == [
            ("WARNING", 'Specified log level of "LOUD" is not valid'),
            ("INFO", "hello"),
        ]


class TestResource:
    def test_is_a_path_without_a_newline(self, hook, engine):
        assert hook("web/0").ok("resource-get image") == str(
            engine.root / "resources/image/image.tar"
        )


class TestGoalState:
    def test_a_leaving_unit_is_dying(self, hook, changed):
        changed("units", "web/1", life="dying")
        assert hook("web/0").json("goal-state")["units"]["web/1"]["status"] == "dying"


class TestReboot:
    def test_waits_for_the_end(self, hook, engine):
        run = hook("web/0")
        run.ok("juju-reboot")
        assert (run.context.outcome.reboot, engine.killed) == ("after", False)

    def test_now_kills_the_hook(self, hook, engine):
        run = hook("web/0")
        run.ok("juju-reboot --now")
        assert (run.context.outcome.reboot, engine.killed) == ("now", True)

    def test_not_in_an_action(self, action):
        refusal = (1, "juju-reboot is not supported when running an action.")
        assert action().fails("juju-reboot") == refusal
