# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, and who can mend it.

OneboxError
├── Refused          the operator asked for something that Juju would refuse, too
├── Unreachable      the engine cannot be started or does not answer: see its log
└── Internal         a fault of the engine itself: the log has the traceback
"""

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class OneboxError(Exception):
    """The root of all errors of the engine; `code` is a short word for programs."""

    code = "error"

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code


class Refused(OneboxError):  # noqa: N818 - the name says what happened
    """A request that Juju refuses, in Juju's wording; `code` is such as `not-found`."""

    code = "refused"


class Unreachable(OneboxError):  # noqa: N818 - the name says what happened
    """The engine's daemon cannot be started or does not answer."""

    code = "unreachable"


class Internal(OneboxError):  # noqa: N818 - the name says what happened
    """The engine failed while it served a request."""

    code = "internal"


def known(family: Mapping[K, V], kind: str, name: K) -> V:
    """The one of that name; Refused when there is none, as `kind "name" not found`."""
    try:
        return family[name]
    except KeyError:
        raise Refused(f'{kind} "{name}" not found', "not-found") from None
