# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""What Prometheus' own promtool thinks of rules and configurations."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rules import Rule, rule_file

_FAILED = re.compile(r"FAILED:\s*(.*)", re.DOTALL)
_TIMEOUT = 120


def bad_rules(promtool: Path, rules: Sequence[Rule], scratch: Path) -> dict[int, str]:
    """Why promtool refuses a rule, by the rule's position; the good ones are not in it.

    Each rule is a file of its own with its group around it, because promtool gives up on a file
    at its first fault; one run judges them all.
    """
    if not rules:
        return {}
    with tempfile.TemporaryDirectory(dir=scratch) as directory:
        files = [Path(directory) / f"{position}.yml" for position in range(len(rules))]
        for file, rule in zip(files, rules, strict=True):
            file.write_text(rule_file([rule]), encoding="utf-8")
        printed = _run(promtool, "check", "rules", *map(str, files)).stdout
    found: dict[int, str] = {}
    for part in re.split(r"^Checking ", printed, flags=re.MULTILINE):
        name, _, verdict = part.partition("\n")
        if match := _FAILED.search(verdict):
            found[int(Path(name).stem)] = _reason(match.group(1))
    return found


def config_fault(promtool: Path, text: str, scratch: Path) -> str:
    """Why promtool refuses a prometheus.yml with its rule files; empty when it does not."""
    with tempfile.NamedTemporaryFile("w", dir=scratch, suffix=".yml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        done = _run(promtool, "check", "config", file.name)
        if done.returncode == 0:
            return ""
        match = _FAILED.search(done.stdout)
        reason = _reason(match.group(1) if match else done.stdout)
        return reason.replace(f"parsing YAML file {file.name}: ", "").replace(file.name, "it")


def _run(promtool: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One run of promtool, verdicts and faults in one text."""
    return subprocess.run(
        [str(promtool), *arguments],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_TIMEOUT,
    )


def _reason(text: str) -> str:
    """The verdict in one line, without the name of the scratch file."""
    line = " ".join(text.split())
    line = re.sub(r"^\S*/\d+\.yml: ", "", line)
    return re.sub(r"^(\d+:\d+: )?group \".*?\", rule 1, (\".*?\": )?", "", line)
