# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Shows the model: applications, units, machines and what each says of itself.

Selectors keep only what matches an application, unit, machine, status, port or wildcard.

Examples:
    juju status
    juju status kafka blocked
    juju status --relations --storage
    juju status --watch 2s
    juju status --format json
"""

import contextlib
import sys
import time
from datetime import datetime, timezone
from typing import Any

from onebox import host
from onebox.commands import _offers
from onebox.commands._call import Call
from onebox.console import COLOUR, DATED, NO_COLOUR, UTC, show, tell
from onebox.errors import Refused
from onebox.flags import UsageError, duration, number, output_format, switch, takes
from onebox.render.document import formatted
from onebox.render.selectors import selected
from onebox.render.status import application_status, document, for_yaml
from onebox.render.status_lines import lines, summary
from onebox.render.status_table import integrations, tabular

_FORMATS = ("tabular", "json", "yaml", "short", "oneline", "line", "summary")
FORMAT = output_format(_FORMATS, "tabular")
RELATIONS = switch("relations", "integrations", help="Show 'relations' section in tabular output")
STORAGE = switch("storage", help="Show 'storage' section in tabular output")
WATCH = duration("watch", help="Watch the status every period of time")
RETRIES = number("retry-count", default=3, help="Number of times to retry API failures; ignored")
RETRY_DELAY = duration("retry-delay", default=0.1, help="Time to wait between retries; ignored")

_HOME_AND_CLEAR = "\x1b[H"
_CLEAR_BELOW = "\x1b[J"

FLAGS = (FORMAT, RELATIONS, STORAGE, WATCH, RETRIES, RETRY_DELAY, *DATED)
TAKES = takes("[<selector> [...]]")


def run(call: Call) -> None:
    """Print it once, or again and again."""
    if call[COLOUR] and call[NO_COLOUR]:
        raise UsageError("cannot mix --no-color and --color")
    _say_what_is_always_shown(call)
    if not call[WATCH]:
        text, remark = _render(call)
        show(text)
        if remark:
            tell(remark)
    else:
        _watch(call)


def _say_what_is_always_shown(call: Call) -> None:
    asked = [name for name, flag in (("relations", RELATIONS), ("storage", STORAGE)) if call[flag]]
    if asked and call[FORMAT] != "tabular":
        verb = "options are" if len(asked) > 1 else "option is"
        tell(f"provided {', '.join(asked)} {verb} always enabled in non tabular formats")


def _watch(call: Call) -> None:
    """Redraw in place on a terminal, else print one after the other; Ctrl-C ends it."""
    tty = sys.stdout.isatty()
    if tty:
        show("\x1b[2J")
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            text, remark = _render(call)
            text += f"{remark.strip()}\n" if remark else ""
            show(_in_place(text) if tty else text + "\n")
            time.sleep(call[WATCH])


def _in_place(text: str) -> str:
    # Clearing line by line, and not the whole screen first, does not flicker.
    return _HOME_AND_CLEAR + text.replace("\n", "\x1b[K\n") + _CLEAR_BELOW


def _render(call: Call) -> tuple[str, str]:
    """(what goes to stdout, what to remark on stderr)."""
    model = call.snapshot()
    chosen = selected(model, call.words)
    result = document(
        chosen,
        now=datetime.now(timezone.utc),
        utc=call[UTC],
        relations=call[FORMAT] != "tabular" or call[RELATIONS],
        hardware=host.hardware(),
        statuses=_statuses(call, chosen, call[UTC]),
    )
    return _format(chosen, result, call), _remark(model, chosen, call)


def _statuses(call: Call, model: dict[str, Any], utc: bool) -> dict[str, Any]:
    """How consumed applications are in their own models, as far as those are there."""
    found: dict[str, Any] = {}
    for name, remote in model["remotes"].items():
        url = _offers.parse(remote["url"])
        if url is None:
            continue
        with contextlib.suppress(Refused):
            across = call.client.call("snapshot", model=url.model)
            offer = across["offers"].get(url.name) if across["uuid"] == remote["model"] else None
            if offer:
                application = across["applications"][offer["application"]]
                found[name] = application_status(across, application, utc)
    return found


def _remark(model: dict[str, Any], chosen: dict[str, Any], call: Call) -> str:
    """What Juju says of a document with nothing in it."""
    if chosen["applications"] or chosen["machines"]:
        return ""
    if call.words:
        return f"Nothing matched specified filter{'s' if len(call.words) > 1 else ''}."
    return f'\nModel "admin/{model["name"]}" is empty.'


def _format(model: dict[str, Any], result: dict[str, Any], call: Call) -> str:
    form = call[FORMAT]
    if form in ("short", "oneline", "line"):
        return lines(result)
    if form == "summary":
        return summary(result)
    if form != "tabular":
        return formatted(for_yaml(result) if form == "yaml" else result, form)
    pairs = integrations(model) if call[RELATIONS] else []
    return tabular(result, pairs, storage=call[STORAGE], colour=call.colour)
