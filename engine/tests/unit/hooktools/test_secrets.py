# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""secret-*: what an owner does and what a reader gets."""

import base64
from datetime import datetime, timedelta, timezone

import pytest

from onebox.errors import Refused

UUID = "c45ad0db-3ee6-49bc-88e1-308145ea1177"
UNKNOWN = "d1v3qkjs7jq0000000g0"
MISSING = "getting latest secret revision: secret not found"
# The uuid of another model.
OTHER = "ffffffff-0000-4000-8000-000000000001"


def bare(uri):
    """The id at the end of a URI."""
    return uri.rpartition("/")[2]


def add(hook, line="password=s3cr3t", unit="pg/0"):
    """A committed secret, granted to web."""
    run = hook(unit)
    uri = run.ok(f"secret-add {line}").strip()
    run.ok(f"secret-grant --relation 1 {uri}")
    run.end()
    return uri


def revise(hook, uri, line, unit="pg/0"):
    run = hook(unit)
    run.ok(f"secret-set {uri} {line}")
    run.end()


class TestAdding:
    def test_gives_a_uri_that_reads_at_once(self, hook, engine):
        run = hook("pg/0")
        uri = run.ok("secret-add --label db password=s3cr3t user=admin").strip()
        assert uri.startswith(f"secret://{UUID}/")
        assert len(bare(uri)) == 20
        assert run.ok(f"secret-get {uri}") == "password: s3cr3t\nuser: admin\n"
        assert run.json("secret-get --label db") == {"password": "s3cr3t", "user": "admin"}
        assert run.json("secret-ids") == [bare(uri)]
        assert engine.model.secrets == {}
        run.end()
        # The checksum is the one a real controller computed for this content.
        assert engine.model.secrets[bare(uri)].revisions[1].content == {
            "password": "czNjcjN0",
            "user": "YWRtaW4=",
        }

    def test_reads_files_and_base64(self, hook, engine):
        (engine.root / "key").write_bytes(b"from a file\n")
        (engine.root / "more.yaml").write_text("more: yes\n")
        run = hook("pg/0")
        uri = run.ok(
            "secret-add one#base64=eA== two#file=key three#base64=eQ== --file more.yaml"
        ).strip()
        expected = {"one": "x", "two": "from a file\n", "three": "y", "more": "yes"}
        assert run.json(f"secret-get {uri}") == expected
        assert run.ok(f"secret-get {uri} one#base64").strip() == base64.b64encode(b"x").decode()

    @pytest.mark.parametrize(
        ("line", "code", "message"),
        [
            ("secret-add", 2, "missing secret value or filename"),
            ("secret-add ab=x", 2, 'key "ab" not valid'),
            ("secret-add a--bc=x", 2, 'key "a--bc" not valid'),
            ("secret-add Abc=x", 2, 'key "Abc" not valid'),
            ("secret-add abc", 2, 'key value "abc" not valid'),
            ("secret-add --rotate often abc=x", 2, 'rotate policy "often" not valid'),
            ("secret-add --owner me abc=x", 2, 'secret owner "me" not valid'),
            ("secret-add --expire soon abc=x", 2, 'expire time or duration "soon" not valid'),
            ("secret-add --expire -1h abc=x", 2, 'negative expire duration "-1h" not valid'),
            ("secret-add --file -", 1, "empty secret value not valid"),
            ("secret-add abc#file=nosuch", 2, 'reading content for secret key "abc": open '),
            ("secret-add --file nosuch", 2, "no such file or directory"),
        ],
    )
    def test_refuses(self, hook, line, code, message):
        found, text = hook("pg/0").fails(line, "")
        assert (found, message in text) == (code, True), text

    def test_for_the_application_is_the_leaders(self, hook):
        refusal = (1, "this unit is not the leader")
        assert hook("pg/1").fails("secret-add abc=x") == refusal
        assert hook("pg/1").ok("secret-add --owner unit abc=x").startswith("secret:")

    @pytest.mark.parametrize(
        ("text", "expires"),
        [
            ("2030-01-02T03:04:05Z", datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)),
            ("2030-01-02T03:04:05", datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)),
            (
                "2030-01-02T03:04:05.123456789+01:00",
                datetime(2030, 1, 2, 2, 4, 5, 123456, tzinfo=timezone.utc),
            ),
        ],
    )
    def test_expires(self, hook, engine, text, expires):
        uri = add(hook, f"--expire {text} abc=x")
        secret = engine.model.secrets[bare(uri)]
        assert secret.revisions[1].expires == expires

    def test_expires_after_a_while(self, hook, engine):
        uri = add(hook, "--expire 1h30m abc=x")
        revision = engine.model.secrets[bare(uri)].revisions[1]
        assert abs(revision.expires - revision.created - timedelta(minutes=90)) < timedelta(
            minutes=1
        )


class TestLabels:
    def test_a_duplicate_is_told_at_once_within_a_hook(self, hook):
        run = hook("pg/0")
        run.ok("secret-add --label db abc=x")
        assert run.fails("secret-add --label db abc=y") == (
            1,
            'secret with label "db" already exists',
        )

    def test_a_duplicate_of_a_committed_one_fails_the_flush(self, hook, engine):
        add(hook, "--label db abc=x")
        run = hook("pg/0")
        uri = run.ok("secret-add --label db abc=y").strip()
        assert run.json(f"secret-get {uri}") == {"abc": "y"}
        with pytest.raises(Refused) as caught:
            run.end()
        id_ = bare(uri)
        assert caught.value.message == (
            f'executing leadership func: create secrets: creating secret "{id_}": '
            'secret with label "db" already exists'
        )
        assert id_ not in engine.model.secrets

    def test_other_owners_may_have_the_same(self, hook):
        add(hook, "--label db abc=x")
        run = hook("web/0")
        run.ok("secret-add --label db abc=x")
        run.end()


class TestReading:
    def test_tracks_what_was_read_first(self, hook, engine):
        uri = add(hook)
        assert hook("web/0").json(f"secret-get {uri}") == {"password": "s3cr3t"}
        revise(hook, uri, "password=new")
        assert hook("web/0").json(f"secret-get {uri}") == {"password": "s3cr3t"}
        assert hook("web/0").json(f"secret-get {uri} --peek") == {"password": "new"}
        assert hook("web/0").json(f"secret-get {uri}") == {"password": "s3cr3t"}
        # Tracking does not wait for the end of a hook.
        assert hook("web/0").json(f"secret-get {uri} --refresh") == {"password": "new"}
        assert hook("web/0").json(f"secret-get {uri}") == {"password": "new"}
        assert hook("web/1").json(f"secret-get {uri}") == {"password": "new"}

    def test_a_first_peek_tracks_too(self, hook, engine):
        uri = add(hook)
        hook("web/0").ok(f"secret-get {uri} --peek")
        consumers = engine.model.secrets[bare(uri)].consumers
        assert consumers["web/0"].tracked == 1

    def test_a_first_reader_needs_not_be_told_of_what_it_has_read(self, hook, engine):
        uri = add(hook)
        revise(hook, uri, "password=new")
        hook("web/0").ok(f"secret-get {uri}")
        id_ = bare(uri)
        assert engine.model.units["web/0"].local.secrets == {id_: 2}

    def test_gives_one_value(self, hook):
        uri = add(hook)
        run = hook("web/0")
        assert run.ok(f"secret-get {uri} password") == "s3cr3t\n"
        assert run.ok(f"secret-get {uri} password#base64") == "czNjcjN0\n"
        assert run.fails(f"secret-get {uri} nosuch") == (
            1,
            'secret key value "nosuch" not found',
        )

    def test_by_the_readers_own_label(self, hook):
        uri = add(hook)
        assert hook("web/0").fails("secret-get --label mine") == (
            1,
            'secret URI for consumer label "mine" not found',
        )
        hook("web/0").ok(f"secret-get {uri} --label mine")
        assert hook("web/0").json("secret-get --label mine") == {"password": "s3cr3t"}
        other = add(hook, "abc=x")
        assert hook("web/0").fails(f"secret-get {other} --label mine") == (
            1,
            'secret with label "mine" already exists',
        )
        assert hook("web/1").fails("secret-get --label mine")[0] == 1

    def test_owners_are_readers_like_others(self, hook, engine):
        uri = add(hook, "--label db password=old")
        assert hook("pg/1").json("secret-get --label db") == {"password": "old"}
        revise(hook, uri, "password=new")
        assert hook("pg/1").json("secret-get --label db") == {"password": "old"}
        assert hook("pg/1").json("secret-get --label db --refresh") == {"password": "new"}

    def test_an_owner_gives_the_secret_another_label(self, hook, engine):
        uri = add(hook, "--label db abc=x")
        hook("pg/1").ok(f"secret-get {uri} --label peers-cannot")
        assert engine.model.secrets[bare(uri)].label == "db"
        hook("pg/0").ok(f"secret-get {uri} --label better")
        assert engine.model.secrets[bare(uri)].label == "better"

    def test_a_pending_revision_shows_when_asked_for(self, hook, engine):
        uri = add(hook, "password=old")
        hook("pg/0").ok(f"secret-get {uri}")
        run = hook("pg/0")
        run.ok(f"secret-set {uri} password=new")
        assert run.ok(f"secret-get {uri} password") == "old\n"
        assert run.ok(f"secret-get {uri} --peek password") == "new\n"
        assert run.ok(f"secret-get {uri} --refresh password") == "new\n"
        run.end()
        secret = engine.model.secrets[bare(uri)]
        assert secret.consumers["pg/0"].tracked == secret.latest == 2

    @pytest.mark.parametrize(
        ("line", "code", "message"),
        [
            ("secret-get", 2, "require either a secret URI or label"),
            (
                f"secret-get {UNKNOWN} --peek --refresh",
                2,
                "specify one of --peek or --refresh but not both",
            ),
            (f"secret-get {UNKNOWN}", 1, MISSING),
            (f"secret-get secret://{UUID}/{UNKNOWN}", 1, MISSING),
            (f"secret-get secret://{OTHER}/{UNKNOWN}", 1, "permission denied"),
            ("secret-get secret:x", 2, 'secret URI "secret:x" not valid'),
        ],
    )
    def test_refuses(self, hook, line, code, message):
        assert hook("web/0").fails(line) == (code, message)

    def test_is_for_those_who_were_granted(self, hook):
        uri = add(hook)
        assert hook("other/0").fails(f"secret-get {uri}") == (
            1,
            '"other/0" is not allowed to read this secret',
        )

    @pytest.mark.parametrize("form", ["{}", "secret:{}", f"secret://{UUID}/{{}}"])
    def test_takes_every_form_of_a_uri(self, hook, form):
        id_ = bare(add(hook))
        assert hook("web/0").ok(f"secret-get {form.format(id_)} password") == "s3cr3t\n"


class TestEditing:
    def test_several_edits_make_one_revision(self, hook, engine):
        uri = add(hook)
        run = hook("pg/0")
        run.ok(f"secret-set {uri} password=a")
        run.ok(f"secret-set {uri} password=b --description why")
        run.end()
        secret = engine.model.secrets[bare(uri)]
        assert (secret.latest, secret.description) == (2, "why")

    def test_of_a_new_secret_make_its_first_revision(self, hook, engine):
        run = hook("pg/0")
        uri = run.ok("secret-add password=a").strip()
        run.ok(f"secret-set {uri} password=b --rotate daily")
        run.end()
        secret = engine.model.secrets[bare(uri)]
        assert (secret.latest, secret.rotate) == (1, "daily")
        assert hook("pg/0").ok(f"secret-get {uri} password") == "b\n"

    def test_the_same_content_is_no_revision(self, hook, engine):
        uri = add(hook)
        revise(hook, uri, "password=s3cr3t")
        assert engine.model.secrets[bare(uri)].latest == 1

    def test_is_the_owners(self, hook):
        uri = add(hook)
        assert hook("web/0").fails(f"secret-set {uri} abc=x") == (1, "permission denied")
        assert hook("pg/1").fails(f"secret-set {uri} abc=x") == (1, "this unit is not the leader")
        assert hook("pg/0").fails(f"secret-set {UNKNOWN} abc=x") == (
            1,
            f'secret "{UNKNOWN}" not found',
        )


class TestRemoving:
    def test_a_revision(self, hook, engine):
        uri = add(hook)
        revise(hook, uri, "password=new")
        run = hook("pg/0")
        run.ok(f"secret-remove {uri} --revision 1")
        run.end()
        assert list(engine.model.secrets[bare(uri)].revisions) == [2]

    def test_a_revision_hides_the_secret_until_the_hook_has_ended(self, hook, engine):
        uri = add(hook, "--label db password=first")
        revise(hook, uri, "password=second")
        run = hook("pg/0")
        run.ok(f"secret-set {uri} --description lost")
        run.ok(f"secret-remove {uri} --revision 1")
        assert run.json("secret-ids") == []
        assert run.fails("secret-info-get --label db") == (1, 'secret "db" not found')
        refused = run.fails(f"secret-grant --relation 1 {uri}")
        assert refused == (1, f'secret "{bare(uri)}" not found')
        run.end()
        secret = engine.model.secrets[bare(uri)]
        assert (list(secret.revisions), secret.description) == ([2], "")
        run = hook("pg/0")
        run.ok(f"secret-remove {uri} --revision 2")
        run.ok(f"secret-set {uri} password=third")
        run.end()
        assert list(engine.model.secrets[bare(uri)].revisions) == [2, 3]

    def test_a_tracked_revision_leaves_its_reader_with_an_error(self, hook):
        uri = add(hook)
        hook("web/0").ok(f"secret-get {uri}")
        revise(hook, uri, "password=new")
        run = hook("pg/0")
        run.ok(f"secret-remove {uri} --revision 1")
        run.end()
        assert hook("web/0").fails(f"secret-get {uri}") == (1, "secret revision not found")
        assert hook("web/0").ok(f"secret-get {uri} --refresh password") == "new\n"

    def test_everything(self, hook, engine):
        uri = add(hook)
        run = hook("pg/0")
        run.ok(f"secret-remove {uri}")
        assert run.json("secret-ids") == []
        run.end()
        assert engine.model.secrets == {}

    def test_what_was_never_committed(self, hook, engine):
        run = hook("pg/0")
        uri = run.ok("secret-add abc=x").strip()
        run.ok(f"secret-get {uri}")
        run.ok(f"secret-remove {uri}")
        run.end()
        assert engine.model.secrets == {}

    @pytest.mark.parametrize("first", ["--revision 1", ""])
    def test_what_was_never_committed_twice(self, hook, engine, first):
        run = hook("pg/0")
        uri = run.ok("secret-add abc=x --rotate daily").strip()
        assert "rotates" not in run.json(f"secret-info-get {uri}")[bare(uri)]
        run.ok(f"secret-set {uri} abc=y")
        run.ok(f"secret-remove {uri} {first}")
        run.ok(f"secret-remove {uri}")
        run.end()
        assert engine.model.secrets == {}

    def test_an_edit_takes_a_removal_back(self, hook, engine):
        uri = add(hook)
        run = hook("pg/0")
        run.ok(f"secret-remove {uri}")
        run.ok(f"secret-set {uri} password=new")
        run.end()
        assert engine.model.secrets[bare(uri)].latest == 2


class TestGranting:
    def test_a_unit(self, hook):
        run = hook("pg/0")
        uri = run.ok("secret-add abc=x").strip()
        run.ok(f"secret-grant -r server:1 --unit web/1 {uri}")
        run.end()
        assert hook("web/1").ok(f"secret-get {uri} abc") == "x\n"
        assert hook("web/0").fails(f"secret-get {uri}")[0] == 1

    def test_revoking_takes_it_back(self, hook):
        uri = add(hook)
        run = hook("pg/0")
        run.ok(f"secret-revoke --relation 1 {uri}")
        run.end()
        assert hook("web/0").fails(f"secret-get {uri}")[0] == 1

    def test_units_before_the_application_must_be_revoked(self, hook):
        run = hook("pg/0")
        uri = run.ok("secret-add abc=x").strip()
        run.ok(f"secret-grant -r 1 --unit web/1 {uri}")
        code, message = run.fails(f"secret-grant -r 1 {uri}")
        assert (code, "need to be revoked" in message) == (1, True)
        run.ok(f"secret-revoke --unit web/1 {uri}")
        run.ok(f"secret-grant -r 1 {uri}")

    def test_goes_with_its_relation(self, hook, engine):
        uri = add(hook)
        engine.model = engine.model.model_copy(update={"relations": {}})
        assert hook("web/0").fails(f"secret-get {uri}")[0] == 1

    @pytest.mark.parametrize(
        ("line", "code", "message"),
        [
            ("secret-grant", 2, "missing secret URI"),
            ("secret-grant {}", 2, "no relation id specified"),
            ("secret-grant -r 9 {}", 2, 'invalid value "9" for option -r: relation not found'),
            (
                "secret-grant -r 1 --unit other/0 {}",
                2,
                'cannot specify unit "other/0" in relation to application "web"',
            ),
            ("secret-grant -r 1 --unit web {}", 2, 'unit "web" not valid'),
            ("secret-revoke {}", 2, "missing relation or application or unit"),
            ("secret-revoke -r 1 --app web {}", 2, "do not specify both relation and app"),
            (
                "secret-revoke --app web --unit web/0 {}",
                2,
                "specify only one of application or unit",
            ),
            ("secret-revoke --app WEB {}", 2, 'application "WEB" not valid'),
        ],
    )
    def test_refuses(self, hook, line, code, message):
        uri = add(hook)
        assert hook("pg/0").fails(line.format(uri)) == (code, message)


class TestInfo:
    def test_is_what_an_owner_may_know(self, hook):
        uri = add(hook, "--label db --description why --rotate daily abc=x")
        id_ = bare(uri)
        info = hook("pg/0").json(f"secret-info-get {uri}")[id_]
        assert info.pop("rotates").startswith("2026-11-23T13:28:")
        assert info == {
            "revision": 1,
            "label": "db",
            "owner": "application",
            "description": "why",
            "rotation": "daily",
            "access": [
                {
                    "target": "application-web",
                    "scope": "relation-web.db#pg.server",
                    "role": "view",
                }
            ],
        }
        assert hook("pg/0").json("secret-info-get --label db")[id_]["label"] == "db"

    @pytest.mark.parametrize("unit", ["pg/1", "web/0"])
    def test_is_nobody_elses(self, hook, unit):
        uri = add(hook)
        code, message = hook(unit).fails(f"secret-info-get {uri}")
        assert (code, "not found" in message) == (1, True)
        assert hook(unit).json("secret-ids") == []

    def test_refuses_both_or_neither(self, hook):
        assert hook("pg/0").fails("secret-info-get") == (
            2,
            "require either a secret URI or label",
        )
        assert hook("pg/0").fails(f"secret-info-get {UNKNOWN} --label x") == (
            2,
            "specify either a secret URI or label but not both",
        )
