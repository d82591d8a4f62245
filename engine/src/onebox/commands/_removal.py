# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What `remove-unit` and `remove-application` share: saying what goes, and asking first."""

from __future__ import annotations

from typing import Any

from onebox import console
from onebox.client import Client

Json = dict[str, Any]


def unit_lines(model: Json, name: str) -> str:
    """`will remove unit app/0` and what goes with it."""
    return f"will remove unit {name}\n" + "".join(_storage(model, name))


def application_lines(model: Json, name: str) -> str:
    """`will remove application app` with its units and their storage."""
    units = [u["name"] for u in model["units"].values() if u["application"] == name]
    units.sort(key=lambda unit: int(unit.rpartition("/")[2]))
    listed = "".join(f"- will remove unit {unit}\n" for unit in units)
    return f"will remove application {name}\n{listed}" + "".join(
        line for unit in units for line in _storage(model, unit)
    )


def _storage(model: Json, unit: str) -> list[str]:
    ids = sorted(s["id"] for s in model["storage"].values() if s["owner"] == unit)
    return [f"- will remove storage {id_}\n" for id_ in ids]


def ask(client: Client, model: str, text: str, what: str) -> None:
    """Show the plan and wait for a yes, when the model's `mode` wants that."""
    config = client.call("model_config", model=model)
    mode = config["values"].get("mode", config["defaults"].get("mode", ""))
    if "requires-prompts" not in str(mode):
        return
    console.warn("This command will perform the following actions:")
    console.tell(text, end="")
    console.confirm(what)
