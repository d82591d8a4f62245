# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The hook tools: what a charm asks of the engine while one of its hooks runs.

One file per family declares its tools, `context` holds what a hook sees and will have changed,
`serve` answers one call, the `onebox.dispatcher` of the hook listens for the clients.
"""

import importlib
import pkgutil

from onebox.hooktools.context import Context, Outcome, Services
from onebox.hooktools.serve import serve
from onebox.hooktools.tool import TOOLS, Answer, NeedsStdin

# Every file declares the tools of its family when it is imported.
for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["TOOLS", "Answer", "Context", "NeedsStdin", "Outcome", "Services", "serve"]
