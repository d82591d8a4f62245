#!/usr/bin/python3 -I
# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""juju-exec on a machine that boots: it asks the unit's run.socket and prints the answer."""

import json
import os
import re
import socket
import sys


def main() -> int:
    """One call; built-in modules only."""
    arguments = sys.argv[1:]
    unit = os.environ.get("JUJU_UNIT_NAME", "")
    for word in arguments:
        match = re.fullmatch(r"(?:unit-)?([a-z][a-z0-9-]*)[/-]([0-9]+)", word)
        if match:
            unit = f"{match[1]}/{match[2]}"
            break
    path = f"/var/lib/juju/agents/unit-{unit.replace('/', '-')}/run.socket"
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(path)
        asked = {"arguments": arguments, "unit": unit}
        connection.sendall(json.dumps(asked).encode() + b"\n")
        with connection.makefile("rb") as answered:
            answer = json.loads(answered.read() or b"{}")
    except (OSError, ValueError) as error:
        answer = {"stderr": f"ERROR dial unix {path}: {error}\n"}
    sys.stdout.write(answer.get("stdout", ""))
    sys.stderr.write(answer.get("stderr", "ERROR the engine has gone\n"))
    return int(answer.get("code", 1))


sys.exit(main())
