# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

"""Narrows a PromQL expression to one application, by matchers in every selector.

Pure. Reads just as much of the language as it takes to tell a metric from a function, a keyword
or a label list; promtool judges the result, so a slip here costs one rule and no more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

_STRING = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|`[^`]*`"
_TOKEN = re.compile(
    rf"""
    (?P<blank>\s+|\#[^\n]*)
    | (?P<string>{_STRING})
    | (?P<braces>\{{(?:{_STRING}|\#[^\n]*|[^}}"'`\#])*\}})
    | (?P<range>\[[^\]]*\])
    | (?P<name>[A-Za-z_:][A-Za-z0-9_:]*)
    | (?P<number>[0-9.][A-Za-z0-9_.]*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_MATCHER = re.compile(rf"([A-Za-z_][A-Za-z0-9_]*)\s*(?:=~|!~|!=|=)\s*(?:{_STRING})")
_LABEL_LISTS = {"by", "without", "on", "ignoring", "group_left", "group_right"}
_WORDS = {*_LABEL_LISTS, "and", "or", "unless", "atan2", "bool", "offset", "inf", "nan"}
_AGGREGATIONS = {"by", "without"}

Token = tuple[str, str]


def narrow(expression: str, matchers: Mapping[str, str]) -> str:
    """The expression with the matchers in every selector that does not have them yet.

    Args:
        expression: PromQL, well formed or not.
        matchers: Label names and the values they must equal.
    """
    if not matchers:
        return expression
    return "".join(_narrowed(_tokens(expression), matchers))


def _tokens(expression: str) -> list[Token]:
    """Kinds and texts; together the texts are the expression."""
    return [(str(match.lastgroup), match.group()) for match in _TOKEN.finditer(expression)]


def _narrowed(tokens: list[Token], matchers: Mapping[str, str]) -> Iterator[str]:
    """The texts, those of selectors changed."""
    labels_until = -1
    for index, (kind, text) in enumerate(tokens):
        if index <= labels_until:
            yield text
        elif kind == "braces":
            yield _with_matchers(text, matchers)
        elif kind == "name":
            if text.lower() in _LABEL_LISTS:
                labels_until = _end_of_list(tokens, index)
            yield text
            if _is_metric(tokens, index):
                yield _with_matchers("{}", matchers)
        else:
            yield text


def _is_metric(tokens: list[Token], index: int) -> bool:
    """Whether a name is a metric without braces of its own."""
    if tokens[index][1].lower() in _WORDS:
        return False
    kind, text = _next(tokens, index)
    # A name before ( is a function; sum, before `by`, is one too.
    return text != "(" and kind != "braces" and text.lower() not in _AGGREGATIONS


def _next(tokens: list[Token], index: int) -> Token:
    """The token after `index` that is no blank or comment."""
    return next((token for token in tokens[index + 1 :] if token[0] != "blank"), ("end", ""))


def _end_of_list(tokens: list[Token], index: int) -> int:
    """The position of the parenthesis that closes the label list after `index`."""
    if _next(tokens, index)[1] != "(":
        return index
    closing = (at for at in range(index, len(tokens)) if tokens[at][1] == ")")
    return next(closing, len(tokens))


def _with_matchers(braces: str, matchers: Mapping[str, str]) -> str:
    """The braces with those matchers added whose labels they do not mention."""
    present = set(_MATCHER.findall(braces))
    missing = {name: value for name, value in matchers.items() if name not in present}
    added = ",".join(f"{name}={json.dumps(value)}" for name, value in missing.items())
    rest = braces[1:-1].strip()
    return "{" + ",".join(part for part in (added, rest) if part) + "}"
