# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""A renewal from the request to the proof, and every way in which a provider can fail it."""

import contextlib
import datetime
import time

import ops
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ops import testing

from dataops.certificates import CheckTrust, IdentityFiles, RenewCertificates, Served, parse
from dataops.certificates import renewal as module
from dataops.certificates.renewal import Ledger, Site
from dataops.certificates.requester import Requester
from dataops.host.processes import Process
from dataops.operations import Context, OperationError, Pending
from dataops.reconciler import observe_all
from dataops.testing.authority import FakeAuthority, asked

META = {"name": "web", "requires": {"certificates": {"interface": "tls-certificates"}}}
HOUR = datetime.timedelta(hours=1)
ADDRESS, PORTS = "10.0.0.1", {"web": 443, "admin": 444}


class Charm(ops.CharmBase):
    """The least charm: one road."""

    story = None

    def __init__(self, framework):
        super().__init__(framework)
        self.requester = Requester.of(self, ADDRESS, ["web.example"])
        observe_all(self, self._reconcile, drop_revisions=False)

    def _reconcile(self, _):
        self.story.road(self)


class Story:
    """One unit over several hooks, with ports that serve what lies in its files."""

    def __init__(self, directory, monkeypatch):
        monkeypatch.setattr(module, "ask_port", self.ask)
        monkeypatch.setattr(module, "refusal", lambda address, port, trust: self.distrust)
        monkeypatch.setattr(Charm, "story", self)
        self.files, self.ledger = IdentityFiles(directory, "web"), Ledger(directory)
        self.context = testing.Context(Charm, meta=META)
        relation = testing.Relation("certificates")
        self.state = testing.State(relations=[relation])
        self.later, self.process, self.silent, self.distrust = 0.0, Process(7, 1), set(), ""
        self.wanted = self.outcome = None
        self.hook(self.context.on.relation_created(relation))

    def ask(self, address, port):
        identity = self.files.read()
        return Served(parse(identity.chain)) if identity and port not in self.silent else None

    def road(self, charm):
        """Ask anew if need be, have served what is there, then the verb."""
        self._site(charm).recover()
        self.files.ensure(self._site(charm).tls.identity)
        site = self._site(charm)
        self.tls = site.tls
        if self.wanted is None:
            return
        name, params, task = self.wanted
        self.wanted = None
        try:
            self.outcome = getattr(site, name)(Context(None, None, params, task=task))
        except (Pending, OperationError) as told:
            self.outcome = told

    def _site(self, charm):
        tls = charm.requester.state(self.files.read(), time.time() + self.later)
        return Site("web/0", ADDRESS, PORTS, tls, charm.requester, self.ledger, self.process)

    def hook(self, event=None):
        self.state = self.context.run(event or self.context.on.update_status(), self.state)

    def call(self, name="renew", task="1/renew/1", **params):
        """What the verb says."""
        shape = CheckTrust if name == "trust" else RenewCertificates
        self.wanted = (name, shape(**params), task)
        self.hook()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def answered(self, by, **how):
        self.state = by.answer(self.state, **how)
        self.hook()

    def refused(self, by):
        self.state = by.refuse(self.state)
        self.hook()

    @property
    def serial(self):
        return self.files.read().leaf.serial


@pytest.fixture
def root():
    return FakeAuthority()


@pytest.fixture
def story(tmp_path, monkeypatch, root):
    """A unit that serves its first certificate."""
    made = Story(tmp_path, monkeypatch)
    made.answered(root)
    return made


@pytest.mark.parametrize("new_key", [True, False])
def test_a_renewal_from_the_first_call_to_the_proof(story, root, new_key):
    old, key, request = story.serial, story.files.read().key, asked(story.state)
    with pytest.raises(Pending, match="is asked for"):
        story.call(new_key=new_key)
    assert asked(story.state) != request and story.serial == old
    with pytest.raises(Pending, match="to sign"):
        story.call(new_key=new_key)
    story.answered(root)
    done = story.call(new_key=new_key)
    assert (done.old, done.serial, done.restarted) == (old, story.serial, False)
    assert [port.port for port in done.ports] == [443, 444] and old != story.serial
    assert (story.files.read().key != key) is new_key
    # Another one is another renewal.
    with pytest.raises(Pending, match="is asked for"):
        story.call(task="2/renew/1")


def test_a_port_that_still_serves_the_old_one_is_waited_for(story, root):
    with pytest.raises(Pending):
        story.call()
    story.answered(root)
    story.silent = {444}
    with pytest.raises(Pending, match=r"port 444 \(admin\) serves none"):
        story.call()
    story.silent, story.process = set(), Process(8, 2)
    assert story.call().restarted


def test_who_serves_nobody_proves_nothing(story):
    story.silent = {443}
    with pytest.raises(OperationError, match=r"Port 443 of web/0 .*juju status web"):
        story.call()
    assert story.ledger.read() is None


def test_a_client_of_before_that_is_refused_is_a_failure(story, root):
    with pytest.raises(Pending):
        story.call()
    story.answered(FakeAuthority("unannounced"))
    story.distrust = "unable to get local issuer certificate"
    with pytest.raises(OperationError, match=r"cannot talk to 10\.0\.0\.1:444.*get-ca-cert|:443"):
        story.call()


# Each way in which a provider fails, and what the unit says of it.
FAULTS = {
    "silent": (lambda story, root: story.hook(), "waiting for a certificate from the provider"),
    "denied": (lambda story, root: story.refused(root), "IP_NOT_ALLOWED: not here"),
    "wrong name": (
        lambda story, root: story.answered(root, names=["192.0.2.7"]),
        "it is for 192.0.2.7, not for 10.0.0.1",
    ),
    "clock ahead": (lambda story, root: story.answered(root, start=HOUR), "compare the clocks"),
    "expired": (
        lambda story, root: story.answered(root, start=-2 * HOUR, end=-HOUR),
        "waiting for a certificate from the provider",
    ),
}


@pytest.mark.parametrize("task", ["1/renew/2", ""])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_provider_that_fails_locks_nobody_out_and_the_same_command_resumes(
    story, root, fault, task
):
    old = story.serial
    with pytest.raises(Pending):
        story.call()
    err, said = FAULTS[fault]
    err(story, root)
    assert story.serial == old
    told = f"{story.tls.trouble}{story.tls.waiting}"
    assert said in told and "the old one is served until" in told
    # It ends or waits, whichever it is: never with another certificate.
    with pytest.raises((Pending, OperationError)):
        story.call()
    # The provider is put right, and the same command is given again.
    with pytest.raises(Pending):
        story.call(task=task)
    story.answered(root)
    done = story.call(task=task)
    assert done.old == old != story.serial == done.serial
    assert not (story.tls.trouble or story.tls.waiting)


@pytest.mark.parametrize("fault", ["denied", "wrong name"])
def test_the_first_request_too_can_be_repeated(tmp_path, monkeypatch, root, fault):
    story = Story(tmp_path, monkeypatch)
    FAULTS[fault][0](story, root)
    assert story.files.read() is None and story.tls.trouble
    with pytest.raises(Pending, match="is asked for"):
        story.call()
    story.answered(root)
    assert story.call().serial == story.serial


def test_what_expired_while_everything_was_down_is_asked_for_anew_once_an_hour(story, root):
    request, old = asked(story.state), story.serial
    story.later = 91 * 86400.0
    story.hook()
    again = asked(story.state)
    assert again != request
    assert "the old one expired" in story.tls.waiting
    # A provider whose clock is wrong is not asked without end.
    story.answered(root, start=-2 * HOUR, end=HOUR)
    assert asked(story.state) == again and story.serial == old
    story.later += 3601
    story.hook()
    assert asked(story.state) != again
    story.answered(root, end=datetime.timedelta(days=200))
    assert story.serial != old and not story.tls.trouble


def test_another_root_is_trusted_before_it_signs_and_forgotten_after(story, root):
    new = FakeAuthority("new root")
    with pytest.raises(Pending, match="not trusted yet"):
        story.call("trust", authority=new.subject)
    # The same certificate, with another root beside its own.
    story.state = root.introduce(story.state, new.pem)
    story.hook()
    assert story.call("trust", authority=new.subject).trusts == (new.subject, root.subject)
    with pytest.raises(Pending):
        story.call()
    story.answered(new, also=[root.pem])
    assert story.call().ports[0].issuer
    with pytest.raises(Pending, match="still trusted"):
        story.call("trust", authority=root.subject, trusted=False)
    story.answered(new)
    assert story.call("trust", authority=root.subject, trusted=False).trusts == (new.subject,)


def test_without_a_provider_there_is_nothing_to_do(tmp_path, monkeypatch):
    story = Story(tmp_path, monkeypatch)
    story.state = testing.State()
    assert "takes no certificate" in story.call().summary
    assert "takes no certificate" in story.call("trust", authority="CN=any").summary


MOVES = ("call", "hook", "answer", "refuse", "wrong name", "clock ahead", "expired")


@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(moves=st.lists(st.sampled_from(MOVES), max_size=7))
def test_whatever_comes_in_whatever_order_a_good_answer_ends_it(tmp_path_factory, moves):
    with pytest.MonkeyPatch.context() as patch:
        root, story = FakeAuthority(), Story(tmp_path_factory.mktemp("unit"), patch)
        story.answered(root)
        for move in moves:
            with contextlib.suppress(Pending, OperationError):
                _move(story, root, move)
            # Never without a good certificate, whatever comes.
            assert not story.tls.awaited
            assert story.files.read().leaf.not_before.timestamp() < time.time()
        for _ in range(4):
            story.answered(root)
            try:
                done = story.call()
            except (Pending, OperationError):
                continue
            break
        assert done.serial == story.serial


def _move(story, root, move):
    if move in FAULTS:
        FAULTS[move][0](story, root)
    elif move == "refuse":
        story.refused(root)
    elif move == "answer":
        story.answered(root)
    elif move == "call":
        story.call()
    else:
        story.hook()
