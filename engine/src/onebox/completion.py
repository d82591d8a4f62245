# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Completion of `juju` in bash, written from the tables of the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

from onebox import commands, console

_SCRIPT = """# Completes juju on this machine. Load it with: source <(onebox completion)
_juju_flags() {{
    case $1 in
{flags}
    esac
}}

_juju_names() {{
    case $1 in
        switch | destroy-model | show-model | find-offers)
            juju models --format json | grep -o '"short-name":"[^"]*"' | cut -d'"' -f4 ;;
        help) echo "$_juju_commands" ;;
        *)
            juju status --format json 2>/dev/null |
                grep -oE '"[a-z][a-z0-9-]*(/[0-9]+)?":\\{{"(charm|workload-status)"' |
                cut -d'"' -f2 ;;
    esac
}}

_juju_commands="{names}"

_juju() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} command=${{COMP_WORDS[1]}}
    if [[ $COMP_CWORD == 1 ]]; then
        COMPREPLY=($(compgen -W "$_juju_commands" -- "$word"))
    elif [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$(_juju_flags "$command")" -- "$word"))
    else
        COMPREPLY=($(compgen -W "$(_juju_names "$command")" -- "$word"))
        [[ ${{#COMPREPLY[@]}} == 0 ]] && compopt -o default
    fi
}}
complete -F _juju juju
"""


def script() -> str:
    """The script for bash."""
    lines = [f'        {" | ".join(spelled)}) echo "{known}" ;;' for spelled, known in _known()]
    names = sorted(name for spelled, _ in _known() for name in spelled)
    return _SCRIPT.format(flags="\n".join(lines), names=" ".join(names))


def _known() -> Iterator[tuple[list[str], str]]:
    """Each command under all its names, and its flags."""
    for name in commands.names():
        command = commands.find(name)
        if command is None:
            continue
        flags = [n for flag in [*command.flags(), *console.GLOBAL] for n in flag.names]
        known = " ".join(sorted(f"--{n}" for n in flags if len(n) > 1))
        yield [name, *command.ALIASES], known
