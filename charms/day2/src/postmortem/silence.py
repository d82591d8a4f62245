# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""Who does not answer, from the words of those who asked. Pure.

One lost process is told by everybody who needs it, each in words of its own. What they have in
common is that something does not answer, and who that is: a unit by its name or its address.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Of logs: nobody was there, or went away.
REFUSED = re.compile(
    r"ECONNREFUSED|ECONNRESET|ConnectionRefused|No route to host|[Nn]ode not connected"
    r"|[Cc]onnection (?:was )?(?:refused|reset|lost)|could not be established"
    r"|(?:[Bb]roker|[Nn]ode) may not be available"
)
# Of findings and checks, which speak in our own words too.
_SILENT = re.compile(
    REFUSED.pattern + r"|(?:does|do) not answer|no answer|nothing serves|serves none"
    r"|cannot be reached|\b(?:is|are) (?:down|not up)\b|\bdown:"
)


class Names:
    """Finds units in a text.

    Args:
        addresses: of the units, each with its unit's name.
    """

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._units = {**addresses, **{unit: unit for unit in addresses.values()}}
        words = "|".join(re.escape(word) for word in sorted(self._units, key=len, reverse=True))
        # Not `kafka/1` in `kafka/10`, nor one address in a longer one.
        self._words = re.compile(rf"(?<![\w.-])(?:{words})(?!\w|\.\w)") if words else None

    def of(self, text: str) -> tuple[str, ...]:
        """The units that it speaks of, by name or address, in its order."""
        found = self._words.findall(text) if self._words else ()
        return tuple(dict.fromkeys(self._units[word] for word in found))


def is_silence(text: str) -> bool:
    """Whether the words say that somebody does not answer."""
    return bool(_SILENT.search(text))
