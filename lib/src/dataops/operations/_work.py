# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""What the long part of a verb sees: its specification, and how it says how far it is."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

import pydantic

logger = logging.getLogger(__name__)

SpecT = TypeVar("SpecT", bound=pydantic.BaseModel)


class Cancelled(Exception):  # noqa: N818  it is no error
    """The work ended early because it was asked to."""


def _to_log(text: str, done: float | None) -> None:
    logger.info("%s%s", text, "" if done is None else f" ({done:.0%})")


def _never() -> bool:
    return False


@dataclasses.dataclass(frozen=True)
class Work(Generic[SpecT]):
    """What `JobVerb.work` works with: nothing of Juju, because it may outlive the hook.

    Attributes:
        spec: what `prepare` made of the facts; it may hold secrets.
        restarted: whether an earlier process began this work and was ended before it was done.
        tell: takes progress; see `progress`.
        asked_to_end: see `cancelled`.
    """

    spec: SpecT
    restarted: bool = False
    tell: Callable[[str, float | None], None] = _to_log
    asked_to_end: Callable[[], bool] = _never

    def progress(self, text: str, done: float | None = None) -> None:
        """Say how far the work is; as often as it likes, for only the newest is published.

        Args:
            text: for the operator, in the present tense: "uploads segment 3 of 17".
            done: how much of all the work is done, 0 to 1.
        """
        self.tell(text, done)

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants this work any more: tidy up and return, or be killed."""
        return self.asked_to_end()

    def end_if_cancelled(self) -> None:
        """Leave the work at a point where that does no harm.

        Raises:
            Cancelled: when it was asked to end.
        """
        if self.cancelled:
            raise Cancelled
