# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Puts other bytes behind a resource: the units run upgrade-charm and find them.

Examples:
    juju attach-resource kafka kafka=./kafka.tar.gz
"""

from pathlib import Path
from typing import Any

from onebox import persona
from onebox.commands._call import Call
from onebox.errors import Refused
from onebox.flags import UsageError, takes
from onebox.names import valid

ALIASES = ("attach",)
TAKES = takes(
    "<application> <resource name>=<file>",
    "missing application name",
    "no resource specified",
    most=2,
)


def run(call: Call) -> None:
    """Attach it, silently."""
    application, pair = call.words
    if not valid("application", application):
        raise UsageError(f'application "{application}" not valid')
    name, equals, file = pair.partition("=")
    wrong = (
        "expected name=path format"
        if not equals
        else "missing resource name"
        if not name
        else ""
        if file
        else "missing resource value"
    )
    if wrong:
        raise UsageError(f'bad resource arg "{pair}": {wrong}')
    model = call.snapshot()
    if application not in model["applications"]:
        raise Refused(f"application {application} not found", "not-found")
    path = _existing(name, file)
    _check_extension(model, application, name, file)
    call.ask("attach_resource", application=application, name=name, path=str(path))


def _existing(name: str, file: str) -> Path:
    path = Path(file).expanduser().absolute()
    if not path.is_file():
        missing = f"open {file}: no such file or directory"
        raise Refused(f'failed to upload resource "{name}": {missing}', "not-found")
    return path


def _check_extension(model: dict[str, Any], application: str, name: str, file: str) -> None:
    spec = _spec(model, application, name)
    wanted = Path(spec).suffix
    if wanted and Path(file).suffix != wanted:
        url = persona.resource_url(
            model["network"], model["uuid"], f"applications/{application}/resources/{name}"
        )
        raise Refused(
            f'failed to upload resource "{name}": Put {url}: incorrect extension on resource '
            f'upload "{file}", expected "{wanted}"'
        )


def _spec(model: dict[str, Any], application: str, name: str) -> str:
    """The file name the charm gives the resource; empty when the daemon shall refuse it."""
    try:
        url = model["applications"][application]["charm_url"]
        return model["charms"][url]["resources"][name]["filename"]
    except KeyError:
        return ""
