# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""juju-exec: a unit's own background process runs a command as its charm would.

    juju-exec app/0 "JUJU_DISPATCH_PATH=hooks/update-status ./dispatch"

It waits for the unit's current hook, runs in the charm's directory with all hook tools, prints
what the command printed and ends with its exit code. While the engine is stopped it fails at once,
as it does under Juju while the unit's agent does not run.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onebox.client import Client
from onebox.errors import OneboxError
from onebox.flags import HelpRequested, UsageError, describe, no_more, option, parse, switch
from onebox.home import Home

UNIT = option("u", "unit", help="The unit-name to run the command in")
RELATION = option("r", "relation", help="Run the commands for a specific relation context")
REMOTE_UNIT = option(
    "remote-unit", help="Run the commands for a specific remote unit in a relation context"
)
FORCE_REMOTE = switch("force-remote-unit", help="Do not check whether the remote unit is there")
FLAGS = (UNIT, RELATION, REMOTE_UNIT, FORCE_REMOTE)

_UNIT_NAME = re.compile(r"(?:unit-)?([a-z][a-z0-9-]*)[/-]([0-9]+)")


@dataclass(frozen=True)
class Wish:
    """What shall run, where, and in which relation's context."""

    unit: str
    commands: str
    relation: str = ""
    remote_unit: str = ""


def understand(arguments: Sequence[str], unit: str) -> Wish:
    """What the arguments ask for; `unit` is who asks, and the default."""
    parsed = parse(arguments, FLAGS)
    words = list(parsed.args)
    asked = parsed[UNIT]
    if not asked and len(words) > 1 and _UNIT_NAME.fullmatch(words[0]):
        asked = words.pop(0)
    if not words:
        raise UsageError("missing commands")
    no_more(words[1:])
    return Wish(_unit_name(asked or unit), words[0], parsed[RELATION], parsed[REMOTE_UNIT])


def _unit_name(text: str) -> str:
    match = _UNIT_NAME.fullmatch(text)
    if match is None:
        raise UsageError(f'"{text}" is not a valid unit name')
    return f"{match[1]}/{match[2]}"


def run(home: Path, model: str, wish: Wish) -> int:
    """Have it run, print what it printed, and say how it ended."""
    answer = Client(Home(home), background=True).call(
        "run_commands",
        model=model,
        unit=wish.unit,
        commands=wish.commands,
        context_relation=wish.relation,
        remote_unit=wish.remote_unit,
    )
    sys.stdout.write(answer["stdout"])
    sys.stderr.write(answer["stderr"])
    return int(answer["code"])


def main(argv: Sequence[str]) -> int:
    """`argv` is the engine's root, the model and the unit, then what the caller gave."""
    home, model, unit, *arguments = argv
    try:
        return run(Path(home), model, understand(arguments, unit))
    except HelpRequested:
        usage = "Usage: juju-exec [options] [<unit-name>] <commands>"
        sys.stdout.write(f"{usage}\n\nOptions:\n{describe(FLAGS)}\n")
        return 0
    except UsageError as error:
        sys.stderr.write(f"ERROR {error}\n")
        return 2
    except OneboxError as error:
        sys.stderr.write(f"ERROR {error.message}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
