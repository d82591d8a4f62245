# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""One call of a command: what was typed, the daemon it asks, and how it shows an answer."""

import functools
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from onebox import console
from onebox.client import Client
from onebox.flags import Flag, Parsed, output_format
from onebox.focus import model_of
from onebox.render.document import Json, formatted

T = TypeVar("T")

# The `--format` of nearly every command that shows a table, and of those that show a document.
TABULAR = output_format(("tabular", "json", "yaml"), "tabular")
DOCUMENT = output_format(("json", "yaml"), "yaml")


class Call:
    """One command line; `call[FLAG]` is a flag's value.

    Attributes:
        client: asks the daemon.
        args: what was typed, flags and words.
        words: the words that are no flags.
    """

    def __init__(self, client: Client, args: Parsed) -> None:
        self.client = client
        self.args = args
        self.words = args.args

    def __getitem__(self, flag: Flag[T]) -> T:
        """The value of a flag, given or default."""
        return self.args[flag]

    def given(self, flag: Flag[Any]) -> bool:
        """Whether the flag was named at all."""
        return self.args.given(flag)

    @functools.cached_property
    def model(self) -> str:
        """The name of the model that the command is about; Refused when none is in focus."""
        return model_of(self.args)

    @property
    def colour(self) -> bool:
        """Whether what is shown is coloured."""
        return console.colour(self.args)

    def ask(self, method: str, **parameters: Any) -> Any:
        """What the daemon answers about the model; Refused with its message."""
        return self.client.call(method, model=self.model, **parameters)

    def stream(self, method: str, **parameters: Any) -> Iterator[Any]:
        """The items of a streamed answer, one by one as they come."""
        return self.client.stream(method, model=self.model, **parameters)

    def snapshot(self) -> Json:
        """The model as it is now."""
        return self.ask("snapshot")

    def show(
        self, document: object, text: Callable[[], str] | None = None, *, form: str = ""
    ) -> None:
        """Shows an answer as JSON, as YAML, or in the one form that is for people.

        Args:
            document: what programs read.
            text: makes what people read; None when they get YAML, too.
            form: the value of the command's own `--format`, if it is not `TABULAR` (with a
                `text`) or `DOCUMENT`.
        """
        form = form or self[TABULAR if text else DOCUMENT]
        if text and form not in ("json", "yaml"):
            console.show(text())
        else:
            console.show(formatted(document, form))
