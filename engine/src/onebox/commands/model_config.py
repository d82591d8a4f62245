# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""`juju model-config`."""

from __future__ import annotations

from typing import Any

from onebox.client import Client
from onebox.commands._configuring import FILE, RESET, asked
from onebox.console import COLOURED, colour, show, warn
from onebox.errors import Refused
from onebox.flags import Parsed, output_format
from onebox.focus import MODEL, model_of
from onebox.render.document import formatted
from onebox.render.models import model_config, model_config_table
from onebox.values import yaml_mapping

HELP = """
Usage: juju model-config [options] [<model-key>[=<value>] ...]

Reads, sets or resets the options of the model.

    juju model-config
    juju model-config update-status-hook-interval=1m
    juju model-config --reset update-status-hook-interval
"""

FORMAT = output_format(("tabular", "json", "yaml"), "tabular")

FLAGS = (FORMAT, FILE, RESET, MODEL, *COLOURED)


def run(client: Client, args: Parsed) -> int:
    """Print all, print one, or change some."""
    wanted = asked(args, args.args, fixed=("agent-version", "charmhub-url"))
    key = wanted.key
    if wanted.changes:
        found = yaml_mapping(wanted.file) if wanted.file else {}
        values = {k: v for k, v in found.items() if k not in wanted.reset} | wanted.values
        reset = [*wanted.reset]
        _warn_of_unknown(client, args, [*values, *reset])
        client.call("set_model_config", model=model_of(args), values=values, reset=reset)
        return 0
    document = model_config(client.call("model_config", model=model_of(args)))
    if key:
        document = _only(document, key)
    if key and not args.given(FORMAT):
        show(_text(document[key]["Value"]) + "\n")
    elif args[FORMAT] == "tabular":
        show(model_config_table(document, colour(args)))
    else:
        show(formatted(document, args[FORMAT]))
    return 0


def _warn_of_unknown(client: Client, args: Parsed, keys: list[str]) -> None:
    """Juju takes an option that nobody knows, but says so."""
    known = model_config(client.call("model_config", model=model_of(args)))
    for key in keys:
        if key not in known:
            warn(
                f'key "{key}" is not defined in the current model configuration: '
                "possible misspelling"
            )


def _only(document: dict[str, Any], key: str) -> dict[str, Any]:
    if key not in document:
        raise Refused(f'key "{key}" not found in model "config"', "not-found")
    return {key: document[key]}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
