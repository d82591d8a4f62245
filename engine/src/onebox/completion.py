# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Completion of `juju` in bash, written from the tables of the commands themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from onebox import commands, console

_SCRIPT = """# Completes juju on this machine. Load it with: source <(onebox completion)
_juju_flags() {{
    case $1 in
{flags}
    esac
}}

_juju_formats() {{
    case $1 in
{formats}
    esac
}}

_juju_models() {{
    juju models --format json 2>/dev/null | grep -o '"short-name":"[^"]*"' | cut -d'"' -f4
}}

_juju_names() {{
    case $1 in
        switch | destroy-model | show-model | find-offers) _juju_models ;;
        help) echo "$_juju_commands" ;;
        deploy | add-model | add-secret) ;;
        *)
            juju status --format json 2>/dev/null |
                grep -oE '"[a-z][a-z0-9-]*(/[0-9]+)?":\\{{"(charm|workload-status)"' |
                cut -d'"' -f2 ;;
    esac
}}

# The actions of the application whose unit stands before the word.
_juju_actions() {{
    juju actions "${{1%/*}}" --format json 2>/dev/null | grep -oE '"[a-z][a-z0-9-]*":' | tr -d '":'
}}

_juju_commands="{names}"

_juju() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} command=${{COMP_WORDS[1]}}
    local before=${{COMP_WORDS[COMP_CWORD - 1]}}
    if [[ $COMP_CWORD == 1 ]]; then
        COMPREPLY=($(compgen -W "$_juju_commands" -- "$word"))
    elif [[ $before == -m || $before == --model ]]; then
        COMPREPLY=($(compgen -W "$(_juju_models)" -- "$word"))
    elif [[ $before == --format ]]; then
        COMPREPLY=($(compgen -W "$(_juju_formats "$command")" -- "$word"))
    elif [[ $command == run && $before == */* && $word != */* ]]; then
        COMPREPLY=($(compgen -W "$(_juju_actions "$before")" -- "$word"))
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
    known = [*_known()]
    flags = [f'        {" | ".join(k.spelled)}) echo "{k.flags}" ;;' for k in known]
    formats = [
        f'        {" | ".join(k.spelled)}) echo "{k.formats}" ;;' for k in known if k.formats
    ]
    return _SCRIPT.format(
        flags="\n".join(flags),
        formats="\n".join(formats),
        names=" ".join(sorted(name for k in known for name in k.spelled)),
    )


@dataclass(frozen=True)
class _Known:
    """One command under all its names, its flags, and what it can print."""

    spelled: tuple[str, ...]
    flags: str
    formats: str


def _known() -> Iterator[_Known]:
    for name in commands.names():
        command = commands.find(name)
        if command is None:
            continue
        flags = (*commands.flags_of(command), *console.GLOBAL)
        long = sorted(f"--{n}" for flag in flags for n in flag.names if len(n) > 1)
        # The words of a format stand in the help of its flag.
        form = next((flag.help for flag in flags if flag.names == ("format",)), "")
        words = form.partition("(")[2].rstrip(")").replace("|", " ")
        yield _Known((name, *commands.aliases_of(command)), " ".join(long), words)
