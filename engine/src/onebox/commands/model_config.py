# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Reads, sets or resets the options of the model.

Examples:
    juju model-config
    juju model-config update-status-hook-interval=1m
    juju model-config --reset update-status-hook-interval
"""

from typing import Any

from onebox.commands._call import TABULAR, Call
from onebox.commands._configuring import FILE, RESET, asked, bare_text
from onebox.console import COLOURED, show, warn
from onebox.errors import Refused
from onebox.flags import takes
from onebox.render.models import model_config, model_config_table
from onebox.values import yaml_mapping

FLAGS = (TABULAR, FILE, RESET, *COLOURED)
TAKES = takes("[<model-key>[=<value>] ...]")


def run(call: Call) -> None:
    """Print all, print one, or change some."""
    wanted = asked(call, call.words, fixed=("agent-version", "charmhub-url"))
    key = wanted.key
    if wanted.changes:
        values = wanted.over(yaml_mapping(wanted.file) if wanted.file else {})
        reset = [*wanted.reset]
        _warn_of_unknown(call, [*values, *reset])
        call.ask("set_model_config", values=values, reset=reset)
        return
    document = model_config(call.ask("model_config"))
    if key:
        document = _only(document, key)
    if key and not call.given(TABULAR):
        show(bare_text(document[key]["Value"]) + "\n")
    else:
        call.show(document, lambda: model_config_table(document, call.colour))


def _warn_of_unknown(call: Call, keys: list[str]) -> None:
    """Juju takes an option that nobody knows, but says so."""
    known = model_config(call.ask("model_config"))
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
