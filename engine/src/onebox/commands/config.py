# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju config`."""

from __future__ import annotations

from typing import Any

from onebox.client import Client
from onebox.commands._configuring import FILE, RESET, Asked, asked
from onebox.console import COLOURED, show
from onebox.errors import Refused
from onebox.flags import Parsed, UsageError, output_format, takes
from onebox.focus import MODEL, model_of
from onebox.render.applications import application_config
from onebox.render.document import formatted
from onebox.values import from_file

HELP = """
Usage: juju config [options] <application name> [--reset <key[,key]>] [<key>][=<value>] ...

Reads, sets or resets the options of an application.

    juju config kafka
    juju config kafka log-level
    juju config kafka log-level=DEBUG password-policy=@policy.yaml
    juju config kafka --file settings.yaml --reset log-level
"""

FORMAT = output_format(("yaml", "json"), "yaml")

FLAGS = (FORMAT, FILE, RESET, MODEL, *COLOURED)
TAKES = takes("no application name specified")


def run(client: Client, args: Parsed) -> int:
    """Print all, print one, or change some."""
    application, *words = args.args
    if "=" in application:
        raise UsageError(TAKES.missing[0])
    wanted = asked(args, words)
    if wanted.changes:
        return _change(client, args, application, wanted)
    document = application_config(_snapshot(client, args, application), application)
    if not wanted.key:
        show(formatted(document, args[FORMAT]))
    else:
        _show_one(document, application, wanted.key, args)
    return 0


def _snapshot(client: Client, args: Parsed, application: str) -> dict[str, Any]:
    model = client.call("snapshot", model=model_of(args))
    if application not in model["applications"]:
        raise Refused(f"application {application} not found (not found)", "not-found")
    return model


def _change(client: Client, args: Parsed, application: str, wanted: Asked) -> int:
    found = from_file(wanted.file, application) if wanted.file else {}
    kept = {key: value for key, value in found.items() if key not in wanted.reset}
    values, reset = kept | wanted.values, [*wanted.reset]
    name = model_of(args)
    _snapshot(client, args, application)
    try:
        client.call("set_config", model=name, application=application, values=values, reset=reset)
    except Refused as error:
        unknown = error.message.startswith("unknown option")
        prefix = "invalid application config: " if unknown else ""
        raise Refused(prefix + error.message, error.code) from None
    return 0


def _show_one(document: dict[str, Any], application: str, key: str, args: Parsed) -> None:
    known: dict[str, Any] = {**document["application-config"], **document["settings"]}
    if key not in known:
        where = f'"{application}" application config or charm settings.'
        raise Refused(f'key "{key}" not found in {where}', "not-found")
    value = known[key].get("value")
    if args.given(FORMAT):
        show(formatted(value, args[FORMAT]))
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        show(("" if value is None else text) + "\n")
