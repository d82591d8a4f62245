# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The argument grammar, against what the real one does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onebox.flags import (
    HelpRequested,
    UsageError,
    choice,
    comma_separated,
    describe,
    duration,
    no_more,
    number,
    option,
    output_format,
    pairs,
    parse,
    read_duration,
    repeated,
    switch,
)

APP = switch("a", "app", help="The application.")
BIG = switch("b", "big", default=True)
RELATION = option("r", "relation", help="A relation.")
COUNT = number("n", "count", default=1)
WAIT = duration("wait")
FORMAT = output_format(["json", "yaml", "smart"], "smart")
CONFIG = repeated("config")
UNITS = comma_separated("u", "unit")
RESOURCE = pairs("resource")
WORD = choice("word", among=["yes", "no"], default="no", noun="word")
ALL = [APP, BIG, RELATION, COUNT, WAIT, FORMAT, CONFIG, UNITS, RESOURCE, WORD]

ACCEPTED = [
    ("", {}, []),
    ("--app", {APP: True}, []),
    ("--app true", {APP: True}, ["true"]),
    ("--app=false", {APP: False}, []),
    ("--big=F", {BIG: False}, []),
    ("-ab", {APP: True, BIG: True}, []),
    ("-abr db:1", {APP: True, RELATION: "db:1"}, []),
    ("-rdb:1", {RELATION: "db:1"}, []),
    ("-r db:1 x", {RELATION: "db:1"}, ["x"]),
    ("--relation=db:1", {RELATION: "db:1"}, []),
    ("--relation=a=b", {RELATION: "a=b"}, []),
    ("--relation=", {RELATION: ""}, []),
    ("-r 1 -r 2", {RELATION: "2"}, []),
    ("-r -- x", {RELATION: "--"}, ["x"]),
    ("x --app y", {APP: True}, ["x", "y"]),
    ("-- --app", {APP: False}, ["--app"]),
    ("x -- -y --", {}, ["x", "-y", "--"]),
    ("- x", {}, ["-", "x"]),
    ("-n 0x10", {COUNT: 16}, []),
    ("-n 010", {COUNT: 8}, []),
    ("-n -3", {COUNT: -3}, []),
    ("--wait 1m30s", {WAIT: 90.0}, []),
    ("--wait -1.5h", {WAIT: -5400.0}, []),
    ("--format json --format=yaml", {FORMAT: "yaml"}, []),
    ("--config a --config b=1", {CONFIG: ("a", "b=1")}, []),
    ("-u a/0,b/1", {UNITS: ("a/0", "b/1")}, []),
    ("--resource a=x --resource b=y=z", {RESOURCE: {"a": "x", "b": "y=z"}}, []),
]

REFUSED = [
    ("--foo", "option provided but not defined: --foo"),
    ("--foo=1", "option provided but not defined: --foo"),
    ("-x", "option provided but not defined: -x"),
    ("-ax", "option provided but not defined: -x"),
    ("--relation", "option needs an argument: --relation"),
    ("-r", "option needs an argument: -r"),
    ("--=x", 'empty option in argument "--=x"'),
    (
        "--app=maybe",
        'invalid value "maybe" for option --app: '
        'strconv.ParseBool: parsing "maybe": invalid syntax',
    ),
    (
        "-n many",
        'invalid value "many" for option -n: strconv.ParseInt: parsing "many": invalid syntax',
    ),
    ("--format xml", 'invalid value "xml" for option --format: unknown format "xml"'),
    ("--wait 5", 'invalid value "5" for option --wait: time: missing unit in duration "5"'),
    (
        "--wait 5y",
        'invalid value "5y" for option --wait: time: unknown unit "y" in duration "5y"',
    ),
    ("--wait x", 'invalid value "x" for option --wait: time: invalid duration "x"'),
    ("--wait=", 'invalid value "" for option --wait: time: invalid duration ""'),
    ("--word maybe", 'invalid value "maybe" for option --word: unknown word "maybe"'),
    ("--resource a", 'invalid value "a" for option --resource: expected <name>=<value>'),
]


@pytest.mark.parametrize(("line", "values", "args"), ACCEPTED)
def test_accepts(line, values, args):
    parsed = parse(line.split(), ALL)
    assert {flag: parsed[flag] for flag in values} == values
    assert list(parsed.args) == args


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_refuses(line, message):
    with pytest.raises(UsageError) as caught:
        parse(line.split(), ALL)
    assert str(caught.value) == message


def test_absent_flags_have_their_defaults():
    parsed = parse([], ALL)
    assert (parsed[APP], parsed[BIG], parsed[COUNT], parsed[CONFIG]) == (False, True, 1, ())
    assert not parsed.given(BIG)
    assert parse(["--big"], ALL).given(BIG)


@pytest.mark.parametrize("line", ["-h", "--help", "-ah", "x --help"])
def test_help(line):
    with pytest.raises(HelpRequested):
        parse(line.split(), ALL)


def test_not_interspersed_stops_at_the_first_positional():
    parsed = parse(["-a", "host", "ls", "-l", "--", "x"], ALL, interspersed=False)
    assert parsed.args == ("host", "ls", "-l", "--", "x")


def test_surplus_positionals_are_named():
    with pytest.raises(UsageError, match=r'unrecognized args: \["x" "y"\]'):
        no_more(["x", "y"])


def test_describe_sorts_by_name_and_shows_defaults():
    assert describe([RELATION, APP, COUNT]) == (
        "-a, --app (= false)\n    The application.\n"
        "-n, --count (= 1)\n    \n"
        '-r, --relation (= "")\n    A relation.'
    )


@given(st.lists(st.text()))
def test_everything_after_two_dashes_is_positional(words):
    assert parse(["--", *words], ALL).args == tuple(words)


@given(st.text())
def test_a_value_is_taken_verbatim(text):
    assert parse([f"--relation={text}"], ALL)[RELATION] == text
    assert parse(["-r", text], ALL)[RELATION] == text


@given(st.lists(st.text()))
def test_parsing_ends_in_values_or_a_usage_error(words):
    try:
        parsed = parse(words, ALL)
    except (UsageError, HelpRequested):
        return
    assert set(parsed.args) <= set(words)


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
def test_durations_add_up(hours, minutes, seconds):
    assert read_duration(f"{hours}h{minutes}m{seconds}s") == hours * 3600 + minutes * 60 + seconds
