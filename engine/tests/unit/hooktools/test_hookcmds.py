# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The other side of the seam: what `ops` calls, through real processes and a real socket.

`ops.hookcmds` builds every argument list and reads every answer that a charm ever sees. Each
function runs here inside one process that the dispatcher started, against both clients.
"""

import json
import sys
from pathlib import Path

import pytest
from ops import hookcmds

from onebox.dispatcher import Run as Process
from onebox.home import Home
from onebox.hooktools import program

DRIVER = """\
import dataclasses, json, pathlib, sys
from ops import hookcmds

def plain(value):
    if dataclasses.is_dataclass(value):
        return dataclasses.asdict(value)
    return str(value)

answers = []
for name, kwargs in json.loads(pathlib.Path("calls.json").read_text()):
    try:
        answers.append(getattr(hookcmds, name)(**kwargs))
    except hookcmds.Error as error:
        answers.append([error.returncode, error.stderr])
pathlib.Path("answers.json").write_text(json.dumps(answers, default=plain))
"""

ADDRESS = {"hostname": "127.42.0.1", "value": "127.42.0.1", "cidr": "127.0.0.0/8"}
DEVICE = {"mac_address": "00:00:00:00:00:00", "interface_name": "lo", "addresses": [ADDRESS]}
SINCE = {"status": "active", "since": "2026-11-22 13:28:38+00:00"}

HOOK = [
    ("relation_ids", {"name": "db"}, ["db:1"]),
    ("relation_list", {"id": 1}, ["pg/0", "pg/1"]),
    ("relation_list", {"id": 1, "endpoint": "db"}, ["pg/0", "pg/1"]),
    ("relation_list", {"id": 1, "app": True}, "pg"),
    ("relation_get", {"id": 1, "unit": "pg/0", "key": "user"}, "u"),
    ("relation_get", {"id": 1, "unit": "pg/0", "app": True}, {"version": "16"}),
    ("relation_get", {}, {"ingress-address": "127.42.0.3", "user": "u"}),
    (
        "relation_get",
        {"id": 9, "unit": "pg/0"},
        [2, 'ERROR invalid value "9" for option -r: relation not found\n'],
    ),
    ("relation_set", {"data": {"k": "ü\n", "ingress-address": ""}, "id": 1}, None),
    ("relation_set", {"data": {"app": "-1"}, "id": 1, "app": True}, None),
    ("relation_get", {"id": 1, "unit": "web/0"}, {"k": "ü\n"}),
    ("relation_get", {"id": 1, "unit": "web/0", "app": True}, {"app": "-1"}),
    ("relation_model_get", {"id": 1}, {"uuid": "c45ad0db-3ee6-49bc-88e1-308145ea1177"}),
    ("config_get", {}, {"debug": False, "port": 80, "ratio": 0.5}),
    ("config_get", {"key": "name"}, None),
    ("is_leader", {}, True),
    (
        "goal_state",
        {},
        {
            "units": {"web/0": SINCE, "web/1": SINCE},
            "relations": {
                "db": {"pg": {**SINCE, "status": "joined"}, "pg/0": SINCE, "pg/1": SINCE}
            },
        },
    ),
    (
        "network_get",
        {"binding_name": "db", "relation_id": 1},
        {
            "bind_addresses": [DEVICE],
            "egress_subnets": ["127.42.0.1/32"],
            "ingress_addresses": ["127.42.0.1"],
        },
    ),
    ("status_set", {"status": "waiting", "message": "-soon"}, None),
    ("status_get", {}, {"status": "waiting", "message": "-soon", "status_data": {}}),
    ("status_set", {"status": "active", "app": True}, None),
    ("app_version_set", {"version": "4.3"}, None),
    ("juju_log", {"message": "--hello\nthere", "level": "WARNING"}, None),
    ("state_set", {"data": {"a": "1", "b": "x: y"}}, None),
    ("state_get", {"key": None}, {"a": "1", "b": "x: y"}),
    ("state_get", {"key": "b"}, "x: y"),
    ("state_delete", {"key": "a"}, None),
    ("open_port", {"protocol": "tcp", "port": 80}, None),
    ("open_port", {"protocol": "udp", "port": 8000, "to_port": 8010, "endpoints": "db"}, None),
    ("open_port", {"protocol": "icmp"}, None),
    ("close_port", {"protocol": "icmp"}, None),
    (
        "opened_ports",
        {"endpoints": True},
        [
            {"protocol": "tcp", "port": 80, "to_port": None, "endpoints": ["*"]},
            {"protocol": "udp", "port": 8000, "to_port": 8010, "endpoints": ["db"]},
        ],
    ),
    ("storage_list", {"name": "data"}, ["data/0"]),
    ("storage_get", {"id": "data/0"}, {"kind": "filesystem", "location": "ROOT/srv/data"}),
    ("storage_add", {"counts": {"data": 1}}, None),
    ("resource_get", {"name": "image"}, "ROOT/resources/image/image.tar"),
    ("secret_ids", {}, []),
    ("action_log", {"message": "x"}, [1, "ERROR not running an action\n"]),
    ("credential_get", {}, [1, "ERROR cannot access cloud credentials: permission denied\n"]),
]

ACTION = [
    ("action_get", {}, {"level": 2, "nested": {"a": [1, "x"]}}),
    ("action_get", {"key": "nested.a"}, [1, "x"]),
    ("action_log", {"message": "-half way"}, None),
    ("action_set", {"results": {"a": {"b": "1", "c": "2=3"}, "d": ""}}, None),
    (
        "action_set",
        {"results": {"stdout": "x"}},
        [2, 'ERROR cannot set reserved action key "stdout"\n'],
    ),
    ("action_fail", {"message": "-broken"}, None),
    ("juju_reboot", {}, [1, "ERROR juju-reboot is not supported when running an action.\n"]),
]


@pytest.fixture(params=["compiled", "interpreted"])
def tools(request, tmp_path, monkeypatch):
    """A unit's tools directory with one of the two clients."""
    client = getattr(program, request.param)()
    if client is None:
        pytest.skip("no C compiler here")
    monkeypatch.setattr(program, "client", lambda: client)
    directory = tmp_path / "tools"
    program.install(directory, Home(tmp_path), "m", "web/0")
    return directory


@pytest.fixture
def execute(tools, tmp_path):
    """Run a command as the hook of a run; gives how it ended."""

    def start(run, *argv, context_id=""):
        socket = tmp_path / "agent.socket"
        environment = {
            "PATH": f"{tools}:/usr/bin:/bin",
            "JUJU_CONTEXT_ID": context_id or run.context.id,
            "JUJU_AGENT_SOCKET_ADDRESS": str(socket),
            "JUJU_AGENT_SOCKET_NETWORK": "unix",
            "LANG": "C.UTF-8",
        }
        process = Process(run.context, socket, lambda stream, line: None, tmp_path / "pid")
        return process(argv, environment, tmp_path)

    return start


def calls(execute, run, tmp_path, cases):
    """The answers that ops gives to a charm for those calls, in one hook."""
    (tmp_path / "calls.json").write_text(json.dumps([(name, kw) for name, kw, _ in cases]))
    ended = execute(run, sys.executable, "-c", DRIVER)
    assert ended.code == 0, ended.stderr.decode()
    return json.loads((tmp_path / "answers.json").read_text())


def rooted(expected, root):
    return json.loads(json.dumps(expected).replace("ROOT", str(root)))


def test_a_hook_hears_what_it_asks_for(hook, engine, related, execute, tmp_path):
    run = hook("web/0", **related)
    answers = calls(execute, run, tmp_path, HOOK)
    for (name, arguments, expected), answer in zip(HOOK, answers, strict=True):
        assert answer == rooted(expected, tmp_path), (name, arguments)
    assert engine.logged == [("unit.web/0.juju-log", "WARNING", "db:1: --hello\nthere")]
    model = run.end()
    assert model.relations[1].applications["web"].data == {"app": "-1"}
    assert model.units["web/0"].state == {"b": "x: y"}
    assert sorted(model.storage) == ["data/0", "data/1"]


def test_an_action_hears_what_it_asks_for(action, engine, execute, tmp_path):
    run = action("web/0", level=2, nested={"a": [1, "x"]})
    answers = calls(execute, run, tmp_path, ACTION)
    for (name, arguments, expected), answer in zip(ACTION, answers, strict=True):
        assert answer == expected, (name, arguments)
    assert run.context.outcome.results == {"a": {"b": "1", "c": "2=3"}, "d": ""}
    assert run.context.outcome.failure == "-broken"


def test_a_secret_goes_from_its_owner_to_its_reader(hook, engine, execute, tmp_path):
    owner = hook("pg/0", kind="relation-joined", relation=1, remote_unit="web/0", remote_app="web")
    made = calls(
        execute,
        owner,
        tmp_path,
        [
            (
                "secret_add",
                {
                    "content": {"password": "päss\nword", "user": "-u"},
                    "label": "db",
                    "description": "d",
                    "expire": "2h",
                    "rotate": "monthly",
                },
                "",
            )
        ],
    )
    (uri,) = made
    grant = ("secret_grant", {"id": uri, "relation_id": 1}, None)
    info = ("secret_info_get", {"label": "db"}, None)
    ids = ("secret_ids", {}, None)
    _, known, listed = calls(execute, owner, tmp_path, [grant, info, ids])
    assert (known["revision"], known["rotation"], known["label"]) == (1, "monthly", "db")
    assert known["expiry"].startswith("2026-11-22 15:28:")
    assert listed == [uri.rpartition("/")[2]]
    owner.end()

    reader = hook("web/0")
    get = ("secret_get", {"id": uri, "label": "mine"}, None)
    again = ("secret_get", {"label": "mine", "refresh": True}, None)
    refused = ("secret_remove", {"id": uri}, None)
    content, renewed, refusal = calls(execute, reader, tmp_path, [get, again, refused])
    assert content == renewed == {"password": "päss\nword", "user": "-u"}
    assert refusal == [1, "ERROR permission denied\n"]

    owner = hook("pg/0")
    edit = ("secret_set", {"id": uri, "content": {"password": "new"}, "description": "e"}, None)
    revoke = ("secret_revoke", {"id": uri, "relation_id": 1}, None)
    remove = ("secret_remove", {"id": uri, "revision": 1}, None)
    assert calls(execute, owner, tmp_path, [edit, revoke, remove]) == [None, None, None]
    owner.end()
    (refusal,) = calls(execute, hook("web/0"), tmp_path, [get])
    assert refusal[0] == 1


def test_every_function_of_ops_is_called_here():
    functions = {
        name
        for name in hookcmds.__all__
        if not isinstance(getattr(hookcmds, name), type) and name.islower()
    }
    tested = {name for name, _, _ in (*HOOK, *ACTION)} | {
        f"secret_{verb}"
        for verb in ("add", "get", "grant", "ids", "info_get", "remove", "revoke", "set")
    }
    assert functions <= tested, functions - tested


class TestClient:
    def test_reads_stdin_only_when_the_tool_does(self, hook, execute):
        script = "yes | head -c 300000 | { is-leader; cat | wc -c; }"
        ended = execute(hook("web/0"), "/bin/sh", "-c", script)
        assert ended.stdout.decode().split() == ["True", "300000"]

    def test_passes_large_input_and_output(self, hook, execute):
        script = (
            'printf "big: %s" "$(yes | head -c 900000 | tr -d "\\n")" | state-set --file -;'
            " state-get big | wc -c"
        )
        ended = execute(hook("web/0"), "/bin/sh", "-c", script)
        assert ended.stdout.strip() == b"450001", ended.stderr

    def test_gives_the_exit_code_and_stderr(self, hook, execute):
        ended = execute(hook("web/0"), "/bin/sh", "-c", "is-leader x; echo $?")
        assert ended.stdout == b"2\n"
        assert ended.stderr == b'ERROR unrecognized args: ["x"]\n'

    def test_works_by_path_and_from_another_directory(self, hook, tools, execute):
        script = f"cd / && {tools}/is-leader"
        assert execute(hook("web/0"), "/bin/sh", "-c", script).stdout == b"True\n"

    def test_needs_the_right_context(self, hook, execute):
        ended = execute(hook("web/0"), "is-leader", context_id="web/0-guess-00")
        assert (ended.code, ended.stdout) == (1, b"")
        assert ended.stderr == b"ERROR bad request: wrong context ID\n"

    @pytest.mark.parametrize(
        "name",
        ["JUJU_CONTEXT_ID", "JUJU_AGENT_SOCKET_ADDRESS", "JUJU_AGENT_SOCKET_NETWORK"],
    )
    def test_names_what_its_environment_lacks(self, hook, execute, name):
        ended = execute(hook("web/0"), "/bin/sh", "-c", f"unset {name}; is-leader")
        assert (ended.code, ended.stderr) == (1, f"ERROR {name} not set\n".encode())

    def test_fails_outside_a_hook(self, hook, execute, tmp_path):
        gone = tmp_path / "gone.socket"
        script = f"JUJU_AGENT_SOCKET_ADDRESS={gone} is-leader"
        ended = execute(hook("web/0"), "/bin/sh", "-c", script)
        assert ended.code == 1
        assert f"ERROR dial unix {gone}: ".encode() in ended.stderr


class TestInstalling:
    def test_again_changes_nothing(self, tools, tmp_path):
        before = {p: p.lstat().st_mtime_ns for p in tools.iterdir()}
        program.install(tools, Home(tmp_path), "m", "web/0")
        assert {p: p.lstat().st_mtime_ns for p in tools.iterdir()} == before

    def test_repairs_what_is_broken(self, tools, tmp_path):
        (tools / "is-leader").unlink()
        (tools / "relation-get").unlink()
        (tools / "relation-get").write_text("x")
        (tools / "hooktool").write_text("x")
        program.install(tools, Home(tmp_path), "m", "web/0")
        assert (tools / "relation-get").resolve() == (tools / "hooktool").resolve()
        assert (tools / "hooktool").read_bytes() == program.client()

    def test_starts_no_shim(self):
        first = program.interpreted().splitlines()[0].decode()
        path = Path(first.removeprefix("#!").partition(" ")[0])
        assert path.is_absolute()
        assert path.resolve().read_bytes()[:4] == b"\x7fELF"
