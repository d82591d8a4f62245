# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju attach-resource`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from onebox import persona
from onebox.client import Client
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, takes
from onebox.focus import MODEL, model_of

ALIASES = ("attach",)
HELP = """
Usage: juju attach-resource [options] <application> <resource name>=<file>

Puts other bytes behind a resource: the units run upgrade-charm and find them.

    juju attach-resource kafka kafka=./kafka.tar.gz
"""

FLAGS = (MODEL,)
TAKES = takes("missing application name", "no resource specified", most=2)


def run(client: Client, args: Parsed) -> int:
    """Attach it, silently."""
    application, pair = args.args
    name, equals, file = pair.partition("=")
    if not (name and equals and file):
        raise UsageError(f'expected name=path format for resource, got "{pair}"')
    model = model_of(args)
    _check_extension(client.call("snapshot", model=model), application, name, file)
    path = _existing(name, file)
    client.call("attach_resource", model=model, application=application, name=name, path=str(path))
    return 0


def _existing(name: str, file: str) -> Path:
    path = Path(file).expanduser().absolute()
    if not path.is_file():
        raise Refused(f'file for resource "{name}": "{file}" does not exist')
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
