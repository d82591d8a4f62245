# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Hooks that need not run: a charm says which ones, until it is next run for another reason.

A hook is a new process, and most of its CPU is spent on imports. A charm that has seen that some
hook could change nothing as things stand says so at the end of a run. The `dispatch` that
`tools/pack.py` writes then ends at once in those hooks. Whatever else wakes the charm runs it, and
what was said before is forgotten first: a run that fails leaves nothing passed over, and whoever
stays silent gets every hook.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import ops

FILE = ".passed-over"
# As Go's encoder writes them, which prints a databag for `relation-get --format=json`.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def pass_over(
    charm: ops.CharmBase, endpoint: str, *, unless: str = "", heard: bool = False
) -> None:
    """Let `relation-changed` of this endpoint pass until the charm runs for another reason.

    Takes effect once this run has succeeded.

    Args:
        charm: the charm, which reconciles: whatever wakes it, it does all there is to do.
        endpoint: whose changes can make no difference now.
        unless: a key of the other side; where its application or its unit has set it, the hook
            runs.
        heard: only while the other application says what it says in this run; what its units say
            makes no difference.
    """
    known = charm.__dict__.get("_passing")
    if known is None:
        # The framework keeps only weak references to observers: the charm has to hold this one.
        known = charm.__dict__["_passing"] = _Passing(charm)
    hook = f"{endpoint}-relation-changed"
    if not heard:
        known.lines.add(f"{hook} {unless}".rstrip())
        return
    for relation in charm.model.relations[endpoint]:
        if relation.active:
            known.lines.add(f"{hook} ={relation.id} {digest(relation.data[relation.app])}")


def digest(bag: Mapping[str, str]) -> str:
    """The SHA-256 of what `relation-get --format=json` prints of a databag.

    One that Juju writes otherwise, by a sign that it escapes, is another one: then the hook runs.
    """
    text = json.dumps(dict(bag), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{text.translate(_ESCAPED)}\n".encode()).hexdigest()


class _Passing(ops.Object):
    """Writes down what was said, once the framework commits."""

    def __init__(self, charm: ops.CharmBase) -> None:
        super().__init__(charm, "dataops-passing")
        self.lines: set[str] = set()
        self._file: Path = charm.charm_dir / FILE
        self.framework.observe(charm.framework.on.commit, self._on_commit)

    def _on_commit(self, _: ops.CommitEvent) -> None:
        self._file.write_text("".join(f"{line}\n" for line in sorted(self.lines)))
