# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""juju-exec: its arguments, and its talk with the daemon as a process of its own."""

import json
import socket
import subprocess
import threading

import pytest

from onebox.flags import UsageError
from onebox.home import Home
from onebox.hooktools import program
from onebox.juju_exec import Wish, understand

DISPATCH = "JUJU_DISPATCH_PATH=hooks/update-status ./dispatch"


@pytest.mark.parametrize(
    ("arguments", "wish"),
    [
        (["web/0", DISPATCH], Wish("web/0", DISPATCH)),
        (["unit-my-web-0", "ls"], Wish("my-web/0", "ls")),
        (["ls -la"], Wish("pg/1", "ls -la")),
        (["-u", "web/0", "ls"], Wish("web/0", "ls")),
        (["-r", "db:3", "--remote-unit", "pg/0", "ls"], Wish("pg/1", "ls", "db:3", "pg/0")),
        (["--relation=3", "ls"], Wish("pg/1", "ls", "3")),
        # Alone it is a command, whatever it looks like.
        (["web/0"], Wish("pg/1", "web/0")),
    ],
)
def test_understands(arguments, wish):
    assert understand(arguments, "pg/1") == wish


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "missing commands"),
        (["web/0", "ls", "-la"], "option provided but not defined: -l"),
        (["web/0", "ls", "x"], 'unrecognized args: ["x"]'),
        (["-u", "web", "ls"], '"web" is not a valid unit name'),
    ],
)
def test_refuses(arguments, message):
    with pytest.raises(UsageError) as caught:
        understand(arguments, "pg/1")
    assert str(caught.value) == message


@pytest.fixture
def daemon(tmp_path):
    """A daemon that answers one request; gives what it was asked and takes what to answer."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(Home(tmp_path).socket))
    listener.listen()
    asked, answers = [], []

    def serve():
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:
            asked.append(json.loads(stream.readline()))
            stream.write(json.dumps(answers[0]).encode() + b"\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield asked, answers
    thread.join(timeout=60)
    listener.close()


def start(tmp_path, *arguments):
    """The installed script, in the environment of a hook that ended long ago."""
    tools = tmp_path / "tools"
    program.install(tools, Home(tmp_path), "m", "web/0")
    environment = {
        "PATH": f"{tools}:/usr/bin:/bin",
        "JUJU_CONTEXT_ID": "web/0-start-0123",
        "JUJU_AGENT_SOCKET_ADDRESS": str(tmp_path / "gone"),
        "PYTHONPATH": "/nonexistent",
    }
    command = [str(tools / "juju-exec"), *arguments]
    return subprocess.run(
        command, env=environment, cwd="/", capture_output=True, text=True, timeout=60, check=False
    )


def test_prints_and_ends_as_the_command_did(tmp_path, daemon):
    asked, answers = daemon
    answers.append({"result": {"code": 7, "stdout": "out\n", "stderr": "err\n"}})
    ended = start(tmp_path, "web/0", DISPATCH)
    assert (ended.returncode, ended.stdout, ended.stderr) == (7, "out\n", "err\n")
    assert asked == [
        {
            "method": "run_commands",
            "params": {
                "model": "m",
                "unit": "web/0",
                "commands": DISPATCH,
                "context_relation": "",
                "remote_unit": "",
            },
        }
    ]


def test_says_why_it_was_refused(tmp_path, daemon):
    _, answers = daemon
    answers.append({"error": {"message": 'unit "web/9" not found', "code": "not-found"}})
    ended = start(tmp_path, "web/9", "ls")
    assert (ended.returncode, ended.stderr) == (1, 'ERROR unit "web/9" not found\n')


def test_an_engine_that_its_user_has_stopped_stays_so(tmp_path):
    Home(tmp_path).stopped.touch()
    ended = start(tmp_path, "web/0", DISPATCH)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "ERROR the engine was stopped; it starts with: onebox start\n"
    assert not Home(tmp_path).pid_file.exists(), "an engine was started"


def test_bad_arguments_ask_nobody(tmp_path):
    ended = start(tmp_path)
    assert (ended.returncode, ended.stderr) == (2, "ERROR missing commands\n")
    ended = start(tmp_path, "--help")
    assert ended.returncode == 0
    assert ended.stdout.startswith("Usage: juju-exec ")
