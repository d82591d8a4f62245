# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""An engine of the benchmark's own, in a directory that is gone afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from onebox.client import Client
from onebox.home import Home

PATIENCE = 1800.0
ONEBOX = Path(sys.executable).with_name("onebox")


@contextlib.contextmanager
def own_engine() -> Generator[tuple[Client, Path]]:
    """The engine's client, and a directory on the same file system for whatever else is needed."""
    with tempfile.TemporaryDirectory(prefix="onebox-bench-") as name:
        directory = Path(name)
        os.environ["ONEBOX_HOME"] = str(directory / "home")
        os.environ["JUJU_DATA"] = str(directory / "data")
        os.environ.pop("JUJU_MODEL", None)
        try:
            yield Client(Home(directory / "home")), directory
        finally:
            onebox("destroy", "--yes")


def onebox(*words: str) -> None:
    """Run `onebox`; what it says is no part of the benchmark's line."""
    # In a session of its own: Ctrl-C ends the benchmark, not the tidying up after it.
    subprocess.run([ONEBOX, *words], check=False, stdout=sys.stderr, start_new_session=True)


def units(client: Client, model: str) -> dict[str, Any]:
    """The model's units, by name."""
    return client.call("snapshot", model=model)["units"]


def wait_active(client: Client, model: str, *names: str) -> None:
    """Wait until these units are active: at once when the last of them is.

    Raises:
        SystemExit: a hook failed, or it takes longer than anybody waits.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = units(client, model)
        said = [found[name]["workload"]["current"] if name in found else "" for name in names]
        if set(said) == {"active"}:
            return
        failed = [name for name, unit in found.items() if unit["agent"]["current"] == "error"]
        if failed:
            raise SystemExit(f"A hook of {', '.join(failed)} failed:\n{last_words(client)}")
        time.sleep(0.2)
    raise SystemExit(f"{', '.join(names)}: not active within {PATIENCE:.0f} s, but {said}")


def last_words(client: Client, lines: int = 30) -> str:
    """The end of the models' logs, which go with the engine."""
    texts = [path.read_text() for path in client.home.logs.glob("*.log")]
    entries = [json.loads(line) for text in texts for line in text.splitlines()[-lines:]]
    return "\n".join(f"{entry['entity']}: {entry['message']}" for entry in entries)
