# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The program `onebox`: starts, stops and removes the engine."""

import contextlib
import shutil
import sys
import time
from collections.abc import Callable, Sequence

from onebox import console, flags, focus, rooms
from onebox.client import Client
from onebox.errors import OneboxError, Refused, Unreachable
from onebox.flags import Parsed, UsageError
from onebox.home import runtime_directory

_HELP = """Usage: onebox <command> [options]

Controls the engine behind the juju command. It starts by itself when juju is used.

    onebox start            start the engine, if it does not run
    onebox status           say whether it runs, where its files are, and which models it holds
    onebox machine VERB ID  a machine that boots: stop it hard, start, cut its network, join
    onebox logs [-n 100]    show the last lines of the engine's own log
    onebox stop             end the engine until the next juju command; workloads go on, hooks wait
    onebox completion       print what makes bash complete juju: source <(onebox completion)
    onebox destroy --yes    end every model, every process, and delete everything
"""

YES = flags.switch("y", "yes", help="Do not ask for confirmation")
LINES = flags.number("n", "lines", default=50, help="How many lines")

_LONGEST_STOP = 30.0
_LONGEST_DESTROY = 300.0


def run(argv: Sequence[str]) -> int:
    """What `onebox *argv` does; the exit code."""
    name, rest = (argv[0], argv[1:]) if argv else ("help", ())
    if name in ("help", "--help", "-h") or "--help" in rest or "-h" in rest:
        console.show(_HELP)
        return 0
    try:
        if name not in _COMMANDS:
            raise UsageError(f'"{name}" is not a onebox command; see "onebox help"')
        args = flags.parse(rest, [YES, LINES, focus.MODEL])
        if name != "machine":
            flags.no_more(args.args)
        return _COMMANDS[name](Client(), args)
    except UsageError as error:
        console.error(str(error))
        return 2
    except OneboxError as error:
        console.error(error.message)
        return 1


def _start(client: Client, _: Parsed) -> int:
    client.call("ping")
    console.tell(f"The engine runs; its files are in {client.home.root}.")
    return 0


def _stop(client: Client, _: Parsed) -> int:
    if client.home.root.exists():
        client.home.stopped.touch(mode=0o600)
    if not client.running():
        console.tell("The engine does not run.")
        return 0
    client.call("shutdown")
    _until(lambda: not client.running(), _LONGEST_STOP, "the engine does not stop")
    console.tell("The engine has stopped; the next juju command starts it again.")
    return 0


def _status(client: Client, _: Parsed) -> int:
    if not client.running():
        console.show(f"engine: stopped\nfiles: {client.home.root}\n")
        return 3
    models = [model["name"] for model in client.call("models")]
    listed = ", ".join(models) or "none"
    console.show(f"engine: running\nfiles: {client.home.root}\nmodels: {listed}\n")
    return 0


def _machine(client: Client, args: Parsed) -> int:
    if len(args.args) != 2 or args.args[0] not in _VERBS:
        raise UsageError(f"machine takes a verb ({', '.join(_VERBS)}) and a machine's id")
    verb, machine = args.args
    method, parameters = _VERBS[verb]
    client.call(method, model=focus.model_of(args), machine=machine, **parameters)
    return 0


_VERBS: dict[str, tuple[str, dict[str, bool]]] = {
    "stop": ("power_machine", {"on": False}),
    "start": ("power_machine", {"on": True}),
    "cut": ("cable_machine", {"plugged": False}),
    "join": ("cable_machine", {"plugged": True}),
}


def _logs(client: Client, args: Parsed) -> int:
    try:
        lines = client.home.daemon_log.read_text(errors="replace").splitlines(keepends=True)
    except FileNotFoundError:
        raise Refused(f"no engine has ever run in {client.home.root}") from None
    console.show("".join(lines[-args[LINES] :]))
    return 0


def _completion(client: Client, args: Parsed) -> int:
    from onebox import completion

    console.show(completion.script())
    return 0


def _destroy(client: Client, args: Parsed) -> int:
    """End the models in order, then the engine, then delete its files."""
    if not client.home.root.exists():
        console.tell(f"There is nothing in {client.home.root}.")
        return 0
    if not args[YES]:
        question = f"This deletes every model and all data in {client.home.root}. Continue [y/N]? "
        if not sys.stdin.isatty() or not console.confirmed(question):
            raise Refused("nothing is destroyed; say --yes")
    if client.home.database.exists():
        try:
            _end_models(client)
            _stop(client, args)
        except Unreachable as error:
            # Nobody knows the models any more; their processes know where they live.
            console.tell(error.message)
            rooms.salvage(client.home)
    _delete(client)
    console.tell(f"Everything in {client.home.root} is gone.")
    return 0


def _end_models(client: Client) -> None:
    for model in client.call("models"):
        console.tell(f"Destroying model {model['name']}")
        client.call("destroy_model", model=model["name"], force=True)
    _until(lambda: not client.call("models"), _LONGEST_DESTROY, "a model does not end")
    focus.focus_on("")


def _delete(client: Client) -> None:
    home = client.home
    shutil.rmtree(home.root, ignore_errors=True)
    # Sockets whose own path is too long lie there; other engines of this user may have theirs.
    with contextlib.suppress(OSError):
        runtime_directory().rmdir()
    with contextlib.suppress(OSError):
        focus.directory().rmdir()
    if home.root.exists():
        raise Refused(f"cannot delete all of {home.root}; what is left belongs to another user")


def _until(done: Callable[[], bool], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise Unreachable(f"{otherwise} within {seconds:.0f} s; see onebox logs")
        time.sleep(0.1)


_COMMANDS: dict[str, Callable[[Client, Parsed], int]] = {
    "start": _start,
    "stop": _stop,
    "status": _status,
    "logs": _logs,
    "machine": _machine,
    "completion": _completion,
    "destroy": _destroy,
}
