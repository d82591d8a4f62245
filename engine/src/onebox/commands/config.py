# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads, sets or resets the options of an application.

Examples:
    juju config kafka
    juju config kafka log-level
    juju config kafka log-level=DEBUG password-policy=@policy.yaml
    juju config kafka --file settings.yaml --reset log-level
"""

from typing import Any

from onebox.commands._call import DOCUMENT, Call
from onebox.commands._configuring import FILE, RESET, asked, bare_text
from onebox.console import COLOURED, show
from onebox.errors import Refused
from onebox.flags import UsageError, takes
from onebox.render.applications import application_config
from onebox.values import from_file

FLAGS = (DOCUMENT, FILE, RESET, *COLOURED)
TAKES = takes(
    "<application name> [--reset <key[,key]>] [<key>][=<value>] ...",
    "no application name specified",
)


def run(call: Call) -> None:
    """Print all, print one, or change some."""
    application, *words = call.words
    if "=" in application:
        raise UsageError(TAKES.missing[0])
    wanted = asked(call, words)
    found = from_file(wanted.file, application) if wanted.file else {}
    model = call.snapshot()
    if application not in model["applications"]:
        if wanted.changes:
            raise Refused(f'application "{application}" not found', "not-found")
        raise Refused(f"application {application} not found (not found)", "not-found")
    if wanted.changes:
        _change(call, application, wanted.over(found), [*wanted.reset])
    elif wanted.key:
        _show_one(application_config(model, application), application, wanted.key, call)
    else:
        call.show(application_config(model, application))


def _change(call: Call, application: str, values: dict[str, Any], reset: list[str]) -> None:
    try:
        call.ask("set_config", application=application, values=values, reset=reset)
    except Refused as error:
        unknown = error.message.startswith("unknown option")
        prefix = "invalid application config: " if unknown else ""
        raise Refused(prefix + error.message, error.code) from None


def _show_one(document: dict[str, Any], application: str, key: str, call: Call) -> None:
    known: dict[str, Any] = {**document["application-config"], **document["settings"]}
    if key not in known:
        where = f'"{application}" application config or charm settings.'
        raise Refused(f'key "{key}" not found in {where}', "not-found")
    value = known[key].get("value")
    if call.given(DOCUMENT):
        call.show(value)
    else:
        show(bare_text(value) + "\n")
