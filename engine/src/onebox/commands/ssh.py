# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a command on a unit's machine.

The machine is this host: the command starts in the machine's directory, and a path that is only
there, such as /var/log/juju/unit-kafka-0.log, is found there.

Examples:
    juju ssh kafka/0 hostname
    juju ssh kafka/leader cat /var/log/juju/unit-kafka-0.log
    juju ssh 0
"""

import os
import shutil
import subprocess
from pathlib import Path

from onebox.commands import _places
from onebox.commands._call import Call
from onebox.flags import option, switch, takes

INTERSPERSED = False
CONTAINER = option("container", help="The container name of the target pod; ignored")
NO_KEYS = switch("no-host-key-checks", help="Skip host key checking; ignored")
PTY = switch("pty", help="Enable pseudo-tty allocation; ignored")
PROXY = switch("proxy", help="Proxy through the API server; ignored")

# For root on a host without sudo, since those who come by SSH to a machine of Juju type it.
_SUDO = """() {
    local user=root
    while true; do
        case "$1" in
            --) shift; break ;;
            -*u) user=$2; shift 2 ;;
            -[ghpCR]) shift 2 ;;
            -*) shift ;;
            *) break ;;
        esac
    done
    if [ "$user" = root ]; then env -- "$@"; else runuser -u "$user" -- "$@"; fi
}"""

FLAGS = (CONTAINER, NO_KEYS, PTY, PROXY)
TAKES = takes("<[user@]target> [openssh options] [command]", "no target name specified")


def run(call: Call) -> int:
    """Run it here; its exit code is ours."""
    target, *words = call.words
    model = call.snapshot()
    machine, words = _places.machine(model, target), _places.command(words)
    if _places.boots(model):
        return _inside(_places.entry(call, machine), words)
    root = _places.root(call, machine)
    # OpenSSH joins the words and leaves them to the remote shell; scripts count on that.
    script = _places.within(root, " ".join(words))
    line = ["bash", "-c", script] if words else ["bash", "-l"]
    return subprocess.run(line, cwd=root, env=_environment(root), check=False).returncode


def _environment(root: Path) -> dict[str, str]:
    lent = {} if os.geteuid() or shutil.which("sudo") else {"BASH_FUNC_sudo%%": _SUDO}
    return {**os.environ, **lent, "PWD": str(root)}


def _inside(entry: list[str], words: list[str]) -> int:
    """On a machine that boots, as its root, with nothing of this shell's environment."""
    line = ["/bin/bash", "-lc", " ".join(words)] if words else ["/bin/bash", "-l"]
    environment = {"HOME": "/root", "USER": "root", "LANG": "C.UTF-8"}
    if terminal := os.environ.get("TERM"):
        environment["TERM"] = terminal
    return subprocess.run([*entry, *line], env=environment, check=False).returncode
