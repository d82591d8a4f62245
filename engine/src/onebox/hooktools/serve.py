# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One call of a hook tool, from its arguments to its answer."""

from collections.abc import Sequence
from pathlib import Path

from onebox.errors import Refused
from onebox.flags import HelpRequested, UsageError, parse, quote
from onebox.hooktools.context import Context
from onebox.hooktools.output import render
from onebox.hooktools.tool import OLD_FORMAT, OUTPUT, TOOLS, Answer, Call, Tool


def serve(context: Context, argv: Sequence[str], cwd: Path, stdin: bytes | None) -> Answer:
    """The answer to one call.

    Args:
        context: the run that the call belongs to.
        argv: the tool's name and its arguments.
        cwd: the caller's working directory, for files it names.
        stdin: all of its standard input; None while nobody has asked for it.

    Raises:
        NeedsStdin: call again with standard input.
    """
    tool = TOOLS.get(argv[0])
    if tool is None:
        return _failure(f"bad request: unknown command {quote(argv[0])}", 1)
    try:
        call = Call(parse(argv[1:], tool.flags), cwd, stdin, context.services.host_path)
        return _print(tool, call, _text(tool, call, tool.run(context, call)))
    except HelpRequested:
        return Answer(stdout=tool.help().encode())
    except UsageError as error:
        return _failure(str(error), 2)
    except Refused as error:
        return _failure(error.message, 1)


def _text(tool: Tool, call: Call, value: object) -> str:
    if tool.form is None:
        return "" if value is None else str(value)
    return render(value, call[tool.form])


def _print(tool: Tool, call: Call, text: str) -> Answer:
    """The text on standard output, or in the file that `--output` names."""
    target = call[OUTPUT] if tool.form is not None else ""
    if not target:
        old = f'--format flag deprecated for command "{tool.name}"' if call[OLD_FORMAT] else ""
        return Answer(stdout=text.encode(), stderr=old.encode())
    try:
        call.host_path(call.cwd / target).write_text(text)
    except OSError as error:
        raise Refused(f"open {call.cwd / target}: {(error.strerror or '').lower()}") from None
    return Answer()


def _failure(message: str, code: int) -> Answer:
    return Answer(code, stderr=f"ERROR {message}\n".encode())
