# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Hooks that need not run: a charm says which ones, until it is next run for another reason.

A hook is a new process, and most of its CPU is spent on imports. A charm that has seen that some
hook could change nothing as things stand says so at the end of a run. The `dispatch` that
`tools/pack.py` writes then ends at once in those hooks. Whatever else wakes the charm runs it, and
what was said before is forgotten first: a run that fails leaves nothing passed over, and whoever
stays silent gets every hook.
"""

from pathlib import Path

import ops

FILE = ".passed-over"


def pass_over(charm: ops.CharmBase, endpoint: str, *, unless: str = "") -> None:
    """Let `relation-changed` of this endpoint pass until the charm runs for another reason.

    Takes effect once this run has succeeded.

    Args:
        charm: the charm, which reconciles: whatever wakes it, it does all there is to do.
        endpoint: whose changes can make no difference now.
        unless: a key of the other side; where its application or its unit has set it, the hook
            runs.
    """
    known = charm.__dict__.get("_passing")
    if known is None:
        # The framework keeps only weak references to observers: the charm has to hold this one.
        known = charm.__dict__["_passing"] = _Passing(charm)
    known.lines.add(f"{endpoint}-relation-changed {unless}".rstrip())


class _Passing(ops.Object):
    """Writes down what was said, once the framework commits."""

    def __init__(self, charm: ops.CharmBase) -> None:
        super().__init__(charm, "dataops-passing")
        self.lines: set[str] = set()
        self._file: Path = charm.charm_dir / FILE
        self.framework.observe(charm.framework.on.commit, self._on_commit)

    def _on_commit(self, _: ops.CommitEvent) -> None:
        self._file.write_text("".join(f"{line}\n" for line in sorted(self.lines)))
