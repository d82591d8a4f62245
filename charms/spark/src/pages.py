# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The pages of Spark's processes: where they are, and what they say in JSON."""

from __future__ import annotations

import json
from typing import Any

from dataops.host import network
from ports import secure


def page(host: str, port: int, *, https: bool) -> str:
    """The address of the pages that belong to a port, without a slash at the end."""
    return f"https://{host}:{secure(port)}" if https else f"http://{host}:{port}"


def read(url: str, ca: str = "", timeout: float = 5) -> Any:
    """What a page says.

    Args:
        url: of our own.
        ca: the authorities by which an https address is trusted, PEM.
        timeout: seconds.

    Raises:
        OSError, ValueError: it does not answer, is not trusted, or says something else than JSON.
    """
    # Here, because most hooks read none.
    import ssl

    context = ssl.create_default_context(cadata=ca) if ca else None
    return json.loads(network.ask(url, timeout, context))
