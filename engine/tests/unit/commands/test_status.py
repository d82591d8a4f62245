# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
import json

import pytest


def test_table(juju):
    lines = juju("status").out.splitlines()
    assert lines[0].split() == ["Model", "Controller", "Cloud/Region", "Version", "Timestamp"]
    assert lines[4].split() == ["web", "active", "1", "web", "0", "no", "ready"]


def test_json_on_one_line(juju):
    out = juju("status", "--format", "json").out
    assert out.count("\n") == 1
    assert json.loads(out)["applications"]["web"]["units"]["web/0"]["leader"] is True


@pytest.mark.parametrize(
    ("words", "remark"),
    [
        (["none"], "Nothing matched specified filter.\n"),
        (["none", "nobody", "--format", "json"], "Nothing matched specified filters.\n"),
        (["web"], ""),
    ],
)
def test_filter_without_match_is_remarked(juju, words, remark):
    assert juju("status", *words).err == remark


def test_empty_model_is_remarked(juju, daemon):
    for family in ("applications", "units", "machines", "storage", "offers"):
        daemon.model[family] = {}
    done = juju("status")
    assert (done.code, done.err) == (0, '\nModel "admin/m" is empty.\n')
    assert done.out.count("\n") == 2


def test_output_goes_to_a_file(juju, tmp_path):
    assert juju("status", "--format", "yaml", "-o", str(tmp_path / "s.yaml")).out == ""
    assert (tmp_path / "s.yaml").read_text().startswith("model:\n  name: m\n")


def test_quiet_keeps_remarks_back(juju):
    assert juju("status", "none", "--quiet").err == ""


def test_colour_on_request_only(juju):
    assert "\x1b[32m" in juju("status", "--color").out
    assert "\x1b" not in juju("status").out
    done = juju("status", "--color", "--no-color")
    assert (done.code, done.err) == (2, "ERROR cannot mix --no-color and --color\n")


@pytest.mark.parametrize(
    ("words", "remark"),
    [
        (["--relations"], "relations option is"),
        (["--storage", "--relations"], "relations, storage options are"),
    ],
)
def test_what_a_format_always_shows_needs_no_asking(juju, words, remark):
    told = f"provided {remark} always enabled in non tabular formats\n"
    assert juju("status", "--format", "json", *words).err == told
    assert juju("status", *words).err == ""


def test_log_as_json(juju, daemon):
    entry = {"entity": "unit-web-0", "level": "INFO", "module": "unit.web/0.juju-log"}
    daemon.log = [{**entry, "time": "2030-01-01T12:00:00.250000+00:00", "message": "a <b>"}]
    done = juju("debug-log", "--format", "json", "--no-tail", "--include", "web")
    [line] = done.out.splitlines()
    assert json.loads(line) == {
        "timestamp": "2030-01-01T12:00:00.25Z",
        **entry,
        "location": "",
        "message": "a <b>",
    }
