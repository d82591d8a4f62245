# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Which model a command works in: `--model`, else `$JUJU_MODEL`, else the one switched to."""

import os
from pathlib import Path

from onebox import persona
from onebox.errors import Refused
from onebox.flags import Parsed, option

MODEL = option("m", "model", help="Model to operate in. Accepts [<controller name>:]<model name>")
CONTROLLER = option("c", "controller", help="Controller to operate in")

_NONE = """No model in focus.

Please use "juju models" to see models available to you.
You can set current model by running "juju switch"
or specify any other model on the command line using the "-m" option.
To make a first one: juju add-model <name>"""


def directory() -> Path:
    """Where the client keeps what it knows, beside a real Juju client's own files."""
    data = os.environ.get("JUJU_DATA") or str(Path.home() / ".local/share/juju")
    return Path(data).absolute() / "onebox"


def _file() -> Path:
    return directory() / "current-model"


def previous() -> str:
    """The name of the model that was in focus before; empty when there was none."""
    try:
        return _file().with_name("previous-model").read_text().strip()
    except FileNotFoundError:
        return ""


def current() -> str:
    """The name of the model in focus; empty when there is none."""
    if named := os.environ.get("JUJU_MODEL"):
        return bare(named)
    try:
        return _file().read_text().strip()
    except FileNotFoundError:
        return ""


def focus_on(name: str) -> None:
    """Make `name` the current model; an empty name leaves none in focus."""
    file = _file()
    if not name:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file.exists() and (before := file.read_text()) != f"{name}\n":
        file.with_name("previous-model").write_text(before)
    fresh = file.with_suffix(".new")
    fresh.write_text(name + "\n")
    fresh.replace(file)


def bare(text: str) -> str:
    """The model's own name in `[controller:][user/]model`; Refused for others than our own."""
    controller, colon, rest = text.rpartition(":")
    if colon and controller != persona.CONTROLLER:
        raise Refused(f"controller {controller} not found", "not-found")
    user, slash, name = rest.rpartition("/")
    if slash and user != persona.USER:
        raise Refused(f"model {persona.CONTROLLER}:{rest} not found", "not-found")
    return name


def check_controller(args: Parsed) -> None:
    """Refuse another controller than the one there is, if `--controller` names one."""
    if args[CONTROLLER]:
        bare(f"{args[CONTROLLER]}:")


def qualified(name: str) -> str:
    """`controller:user/model`, as `juju switch` prints it."""
    return f"{persona.CONTROLLER}:{persona.USER}/{name}"


def model_of(args: Parsed) -> str:
    """The model that `args` ask for; Refused with a hint when none is in focus."""
    name = bare(args[MODEL]) if args[MODEL] else current()
    if not name:
        raise Refused(_NONE)
    return name
