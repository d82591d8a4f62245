# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""relation-*: defaults, access rules, buffering."""

import pytest

READS = [
    ("relation-ids db", "db:1\n"),
    ("relation-ids cluster --format=json", '["cluster:0"]\n'),
    ("relation-ids nosuch", ""),
    ("relation-ids nosuch --format json", "[]\n"),
    ("relation-list -r db:1", "pg/0\npg/1\n"),
    ("relation-list --format=json -r anything:1", '["pg/0","pg/1"]\n'),
    ("relation-list --format=json -r 0", '["web/1"]\n'),
    ("relation-list --app -r 1", "pg\n"),
    ("relation-list --format=json --app -r 0", '"web"\n'),
    (
        "relation-model-get --format=json -r 1",
        '{"uuid":"c45ad0db-3ee6-49bc-88e1-308145ea1177"}\n',
    ),
    ("relation-get -r 1 - pg/0", "ingress-address: 127.42.0.3\nuser: u\n"),
    (
        "relation-get --format=json -r 1 - pg/0",
        '{"ingress-address":"127.42.0.3","user":"u"}\n',
    ),
    ("relation-get -r 1 user pg/0", "u\n"),
    ("relation-get -r 1 nokey pg/0", ""),
    ("relation-get --format=json -r 1 nokey pg/0", "null\n"),
    ("relation-get -r 1 --app - pg", 'version: "16"\n'),
    ("relation-get -r 1 --app version pg/1", "16\n"),
    ("relation-get -r 1 ingress-address web/0", "127.42.0.1\n"),
    ("relation-get -r 1 ingress-address web/1", "127.42.0.2\n"),
    ("relation-get -r 0 --app seed web", "1\n"),
    ("relation-get --format json -r 1 --app - web", "{}\n"),
]

REFUSALS = [
    ("relation-ids", 2, "no endpoint name specified"),
    ("relation-ids db x", 2, 'unrecognized args: ["x"]'),
    ("relation-list", 2, "no relation id specified"),
    ("relation-list -r db:99", 2, 'invalid value "db:99" for option -r: relation not found'),
    ("relation-list -r db", 2, 'invalid value "db" for option -r: invalid relation id'),
    ("relation-list --nosuch", 2, "option provided but not defined: --nosuch"),
    ("relation-get -r 1", 2, "no unit or application specified"),
    ("relation-get -r 1 - pg", 2, 'expected unit name, got application name "pg"'),
    ("relation-get -r 1 - PG/0", 2, 'invalid unit name "PG/0"'),
    ("relation-get -r 1 - other/0", 1, "permission denied"),
    ("relation-get -r 1 --app - other", 1, "permission denied"),
    (
        "relation-get -r 1 - pg/9",
        1,
        'cannot read settings for unit "pg/9" in relation "web:db pg:server": '
        'unit "pg/9": settings not found',
    ),
    ("relation-set k=v", 2, "no relation id specified"),
    ("relation-set -r 1 k", 2, 'expected "key=value", got "k"'),
    ("relation-set -r 1 k=1 k=2", 2, 'key "k" specified more than once'),
]


@pytest.mark.parametrize(("line", "stdout"), READS)
def test_a_leader_reads(hook, line, stdout):
    assert hook("web/0").ok(line) == stdout


@pytest.mark.parametrize(("line", "code", "message"), REFUSALS)
def test_is_refused(hook, line, code, message):
    assert hook("web/0").fails(line) == (code, message)


def test_the_hook_gives_the_defaults(hook, related):
    run = hook("web/0", **related)
    assert run.ok("relation-ids") == "db:1\n"
    assert run.ok("relation-list") == "pg/0\npg/1\n"
    assert run.ok("relation-get user") == "u\n"
    assert run.ok("relation-get --app version") == "16\n"


def test_an_application_hook_reads_the_application(hook):
    run = hook("web/0", kind="relation-created", relation=1, remote_app="pg")
    assert run.ok("relation-get version") == "16\n"


class TestNonLeader:
    def test_may_read_the_peers_bag_only(self, hook):
        run = hook("web/1")
        assert run.ok("relation-get -r 0 --app seed web") == "1\n"
        assert run.fails("relation-get -r 1 --app - web") == (1, "permission denied")

    def test_may_not_write_the_application(self, hook):
        refusal = (1, "cannot write relation settings")
        assert hook("web/1").fails("relation-set -r 0 --app k=v") == refusal


class TestWriting:
    def test_is_seen_by_the_hook_at_once_and_by_others_at_its_end(self, hook, engine):
        run = hook("web/0")
        run.ok("relation-set -r 1 k=v x=")
        run.ok("relation-set -r 1 --app --file -", '{"app": "yes", "n": 5}')
        assert run.ok("relation-get -r 1 k web/0") == "v\n"
        assert run.json("relation-get -r 1 --app - web") == {"app": "yes", "n": "5"}
        assert "k" not in engine.model.relations[1].units["web/0"].data
        run.end()
        assert engine.model.relations[1].units["web/0"].data["k"] == "v"
        assert hook("pg/0").ok("relation-get -r 1 --app app web") == "yes\n"

    def test_arguments_win_over_the_file_and_empty_deletes(self, hook):
        run = hook("web/0")
        run.ok("relation-set -r 1 a=2 ingress-address= --file -", "a: 1\nb: 3\n")
        assert run.json("relation-get -r 1 - web/0") == {"a": "2", "b": "3"}

    def test_reads_a_file_beside_the_caller(self, hook, engine):
        (engine.root / "bag.yaml").write_text("mode: 010\nok: yes\nratio: 1e3\n")
        run = hook("web/0")
        run.ok("relation-set -r 1 --file bag.yaml")
        assert run.json("relation-get -r 1 mode web/0") == "010"
        assert run.json("relation-get -r 1 ok web/0") == "yes"

    @pytest.mark.parametrize(
        ("document", "reason"),
        [
            ("[1]", "unmarshal errors:\n  line 1: cannot unmarshal !!seq into map[string]string"),
            ("a: 1\nb: {c: d}", "unmarshal errors:\n  line 2: cannot unmarshal !!map into string"),
            (
                "x",
                "unmarshal errors:\n  line 1: cannot unmarshal !!str `x` into map[string]string",
            ),
            ("a: b: c", "mapping values are not allowed in this context"),
            ("x: 1\na: b: c", "line 2: mapping values are not allowed in this context"),
        ],
    )
    def test_refuses_what_is_no_map_of_strings(self, hook, document, reason):
        refused = hook("web/0").fails("relation-set -r 1 --file -", document)
        assert refused == (1, f"yaml: {reason}")

    def test_the_same_values_are_no_change(self, hook, engine):
        run = hook("web/0")
        run.ok("relation-set -r 1 ingress-address=127.42.0.1")
        before = engine.model
        assert run.end() == before

    def test_a_relation_that_has_gone_meanwhile_takes_the_write_along(self, hook, engine):
        run = hook("web/0")
        run.ok("relation-set -r 1 k=v")
        relations = {0: engine.model.relations[0]}
        engine.model = engine.model.model_copy(update={"relations": relations})
        assert run.end().relations == relations


class TestMembers:
    def test_a_departing_unit_is_gone_but_readable(self, hook):
        run = hook(
            "web/0",
            kind="relation-departed",
            relation=1,
            remote_unit="pg/1",
            remote_app="pg",
            departing_unit="pg/1",
        )
        assert run.ok("relation-list") == "pg/0\n"
        assert run.ok("relation-get ingress-address") == "127.42.0.4\n"

    def test_a_joining_unit_is_there(self, hook, changed, engine):
        local = engine.model.units["web/0"].local.model_copy(update={"relations": {}})
        changed("units", "web/0", local=local)
        run = hook(
            "web/0", kind="relation-joined", relation=1, remote_unit="pg/0", remote_app="pg"
        )
        assert run.ok("relation-list") == "pg/0\n"

    def test_a_breaking_relation_is_not_listed_but_known(self, hook, changed, engine):
        seen = engine.model.units["web/0"].local.relations[1].model_copy(update={"joined": {}})
        local = engine.model.units["web/0"].local
        local = local.model_copy(update={"relations": {**local.relations, 1: seen}})
        changed("units", "web/0", local=local)
        changed("relations", 1, life="dying")
        run = hook("web/0", kind="relation-broken", relation=1, remote_app="pg")
        assert run.json("relation-ids db") == []
        assert run.ok("relation-get --app version") == "16\n"
        assert run.ok("relation-list") == ""

    def test_a_relation_that_was_never_entered_is_unknown(self, hook, changed, engine):
        local = engine.model.units["web/0"].local.model_copy(update={"relations": {}})
        changed("units", "web/0", local=local)
        for number in (0, 1):
            scope = engine.model.relations[number].scope - {"web/0"}
            changed("relations", number, scope=scope)
        run = hook("web/0", kind="install")
        assert run.json("relation-ids cluster") == []
        code, message = run.fails("relation-get -r 1 - pg/0")
        assert (code, "relation not found" in message) == (2, True)


def test_a_remote_bag_is_read_once_and_then_stands_still(hook, engine):
    run, writer = hook("web/0"), hook("pg/0")
    writer.ok("relation-set -r 1 user=first")
    writer.end()
    assert run.ok("relation-get -r 1 user pg/0") == "first\n"
    writer = hook("pg/0")
    writer.ok("relation-set -r 1 user=second")
    writer.end()
    assert run.ok("relation-get -r 1 user pg/0") == "first\n"
    assert hook("web/0").ok("relation-get -r 1 user pg/0") == "second\n"
