# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0


from builders import CLUSTER_ID, a_cluster, but, observed, request
from hypothesis import given
from hypothesis import strategies as st

import admission
import slots
import steps
from access import acls_for
from dataops.rotation import Change, Rotation
from facts import Acl
from peers import Agreement
from plan import plan


def of(kind, found):
    return [step for step in plan(found) if isinstance(step, kind)]


def kinds(found):
    return [type(step) for step in plan(found)]


def test_a_client_gets_permissions_then_a_user():
    found = observed(requests=(request(),))
    order = [kind for kind in kinds(found) if kind in (steps.Grant, steps.Admit)]
    assert order == [steps.Grant, steps.Admit]
    (admit,) = of(steps.Admit, found)
    assert not admit.known
    assert admit.endpoints == "10.0.0.1:9093,10.0.0.2:9093,10.0.0.3:9093"


def admitted(**more):
    cluster = a_cluster(users=frozenset({"relation-7"}), acls=acls_for(request()))
    return observed(**{"cluster": cluster, "passwords": {"relation-7": "x"}, **more})


def test_a_known_client_keeps_its_password():
    found = admitted(requests=(request(),))
    assert not of(steps.Grant, found)
    assert of(steps.Admit, found)[0].known


def test_a_user_whose_password_is_lost_gets_another():
    assert not of(steps.Admit, admitted(requests=(request(),), passwords={}))[0].known


def test_permissions_go_before_the_user():
    order = [kind for kind in kinds(admitted()) if kind in (steps.Revoke, steps.Dismiss)]
    assert order == [steps.Revoke, steps.Dismiss]


def test_what_a_hook_that_died_has_not_taken_back_is_taken_back():
    users = a_cluster(users=frozenset())
    found = observed(cluster=users, answered=frozenset({"relation-7", "relation-8"}))
    kept = but(found, requests=(request(8),))
    assert of(steps.Withdraw, kept) == [steps.Withdraw("relation-7")]
    # Whose user is still there is dismissed with all that it has.
    there = but(found, cluster=a_cluster(users=frozenset({"relation-7"})), requests=(request(8),))
    assert not of(steps.Withdraw, there)
    assert of(steps.Dismiss, there) == [steps.Dismiss("relation-7", "relation-7")]


def test_users_and_permissions_of_others_stay():
    acl = Acl("User:alice", "TOPIC", "orders", False, "READ")
    cluster = a_cluster(users=frozenset({"alice"}), acls=frozenset({acl}))
    found = observed(cluster=cluster)
    assert not of(steps.Revoke, found) and not of(steps.Dismiss, found)


def test_only_the_leader_lets_clients_in():
    assert not of(steps.Admit, observed(node=1, requests=(request(),)))


def test_nobody_comes_in_before_the_first_deployment_is_complete():
    young = Agreement(CLUSTER_ID, 0, founded=True)
    cluster = a_cluster(brokers=frozenset({0, 1}))
    found = observed(cluster=cluster, agreement=young, requests=(request(),))
    assert not of(steps.Admit, found)
    assert of(steps.Admit, but(found, agreement=but(young, opened=True)))


class World:
    """A cluster and its clients, which do what the plan says, and what clients may do.

    Attributes:
        works_as: by client, the users that it logs in as now.
        given: by client, the user that its secret holds.
        released: the users for which Juju has said that the one before is let go.
    """

    def __init__(self, clients, speaking=True):
        self.requests = tuple(request(relation_id=one) for one in clients)
        self.names = [one.username for one in self.requests]
        self.users, self.acls, self.passwords = set(), set(), {}
        self.agreement = Agreement(CLUSTER_ID, 0, founded=True, opened=True)
        self.works_as, self.given = {}, {}
        self.speaking = speaking
        self.released = set()
        self.now = 1000.0
        self.locked_out = []
        self.proved = []
        self.step()
        self.follow(*self.names)

    @property
    def facts(self):
        users = {user for used in self.works_as.values() for user in used}
        accepted = {
            name: {
                f"app-{name}/0": frozenset(self.works_as.get(name, ())) if self.speaking else None
            }
            for name in self.names
        }
        return observed(
            cluster=a_cluster(users=frozenset(self.users), acls=frozenset(self.acls)),
            agreement=self.agreement,
            requests=self.requests,
            passwords=dict(self.passwords),
            accepted=accepted,
            traffic=dict.fromkeys(users, 0.5),
            now=self.now,
        )

    def ask(self, task="1/rotate/1", **terms):
        self.agree({"rotation": Rotation(task, **terms).to_text()})

    def agree(self, values):
        told = dict(values)
        if "slots" in told:
            text = told.pop("slots")
            self.agreement = but(self.agreement, slots=slots.from_text(text))
        if "rotation" in told:
            text = told.pop("rotation")
            self.agreement = but(self.agreement, rotation=Rotation.from_text(text))

    def let_go(self):
        """Clients that read the newest of their secret, which Juju has not said yet."""
        for client, user in self.given.items():
            if self.works_as.get(client) == {user} and user not in self.released:
                self.released.add(user)
                yield client

    def step(self):
        """The leader is told of what was let go, and has one hook more."""
        for client in self.let_go():
            for step in admission.released(but(self.facts, released=client)):
                self.apply(step)
        facts = self.facts
        for step in admission.steps_of(facts, facts.cluster):
            self.apply(step)
            working = {user for used in self.works_as.values() for user in used}
            self.locked_out += sorted(working - self.users)
            held = {acl.principal for acl in self.acls}
            self.locked_out += sorted(user for user in working if f"User:{user}" not in held)

    def apply(self, step):
        match step:
            case steps.Agree():
                self.agree(step.values)
            case steps.Grant():
                self.acls |= step.acls
            case steps.Revoke():
                self.acls -= step.acls
            case steps.Dismiss():
                self.users.remove(step.username)
            case steps.Introduce():
                assert step.acls <= self.acls
                self.users |= set(step.users)
            case steps.Admit():
                assert step.username in self.users
                client = step.request.username
                self.passwords = {
                    user: one
                    for user, one in self.passwords.items()
                    if slots.client_of(user) != client
                } | {step.username: "secret"}
                self.given[client] = step.username
            case steps.Renew():
                before = {one: self.agreement.slots_of(one) for one in step.clients}
                after = {one: now.renewed() for one, now in before.items()}
                changes = {
                    one: Change(before[one].user(one), after[one].user(one), self.now)
                    for one in step.clients
                }
                begun = but(self.agreement.rotation, began=self.now, changes=changes)
                merged = slots.to_text({**self.agreement.slots, **after})
                self.agree({"slots": merged, "rotation": begun.to_text()})
            case steps.ProveRefused():
                rotation = step.rotation
                for client in rotation.unproved:
                    assert rotation.changes[client].old not in self.users
                    self.proved.append(rotation.changes[client].old)
                    rotation = rotation.proved(client)
                self.agree({"rotation": rotation.to_text()})

    def follow(self, *clients):
        """These clients log in with what they were given, and with nothing else."""
        for client in clients:
            self.works_as[client] = {self.given[client]}

    def settle(self, seconds=0.0):
        for _ in range(8):
            self.now += seconds
            self.step()


def test_clients_that_follow_are_never_locked_out():
    world = World([7, 8])
    world.ask()
    world.settle()
    assert world.users == {"relation-7", "relation-7.2", "relation-8", "relation-8.2"}
    world.follow("relation-7", "relation-8")
    world.settle()
    assert world.users == {"relation-7.2", "relation-8.2"}
    assert {acl.principal for acl in world.acls} == {"User:relation-7.2", "User:relation-8.2"}
    assert world.agreement.rotation.finished and world.proved == ["relation-7", "relation-8"]
    assert not world.locked_out


def test_many_clients_that_are_about_to_follow_are_a_crowd_for_a_while():
    for clients, crowd in (([7, 8], False), ([5, 6, 7, 8], True)):
        world = World(clients)
        assert not admission.crowded(world.facts)
        world.ask()
        world.settle()
        assert admission.crowded(world.facts) is crowd
        assert not admission.crowded(but(world.facts, leader=False))
        world.now += 100
        assert not admission.crowded(world.facts)


def test_all_is_settled_but_while_credentials_change_or_somebody_waits():
    world = World([7, 8])
    world.settle()
    assert admission.settled(world.facts)
    world.ask()
    assert not admission.settled(world.facts)
    for client in ("relation-7", "relation-8"):
        world.settle()
        assert not admission.settled(world.facts)
        world.follow(client)
    world.settle()
    assert world.agreement.rotation.finished and admission.settled(world.facts)
    assert not admission.settled(but(world.facts, passwords={}))


def test_a_client_that_does_not_follow_keeps_its_user_and_is_named():
    world = World([7, 8])
    world.ask()
    world.settle()
    world.follow("relation-8")
    world.settle(seconds=1000)
    assert world.users == {"relation-7", "relation-7.2", "relation-8.2"}
    assert not world.agreement.rotation.finished and not world.locked_out
    told = admission.obstacles(world.facts, world.agreement.rotation)
    assert set(told) == {"relation-7"} and "app-relation-7/0 has not taken" in told["relation-7"]


def test_force_lets_it_go_all_the_same():
    world = World([7])
    world.ask(force=True)
    world.settle()
    assert world.users == {"relation-7.2"} and world.locked_out


def test_a_client_that_says_nothing_is_watched_until_it_was_silent_long_enough():
    world = World([7], speaking=False)
    world.ask(quiet=60)
    world.settle(seconds=100)
    # It still works with the old user: however long that takes, it stays.
    assert "relation-7" in world.users
    world.follow("relation-7")
    world.now += 50
    world.step()
    assert "relation-7" in world.users
    world.settle(seconds=20)
    assert world.users == {"relation-7.2"} and not world.locked_out


def test_a_client_at_rest_that_has_not_read_its_secret_keeps_its_user():
    world = World([7], speaking=False)
    world.ask(quiet=60)
    world.settle()
    for _ in range(3):
        facts = but(world.facts, traffic={}, now=world.now + 10_000)
        (agreed,) = [one for one in of(steps.Agree, facts) if "slots" in one.values]
        assert slots.from_text(agreed.values["slots"])["relation-7"].old == 1
        told = admission.obstacles(facts, world.agreement.rotation)
        assert told == {"relation-7": "app-relation-7/0 has not read its new credentials"}
    # What it let go before it was given a new user is of an earlier change.
    early = but(facts, released="relation-7", passwords={"relation-7": "secret"})
    assert not list(admission.released(early))
    world.follow("relation-7")
    world.settle(seconds=20)
    assert world.users == {"relation-7.2"} and not world.locked_out


def test_what_was_let_go_is_noted_though_the_cluster_does_not_answer():
    world = World([7], speaking=False)
    world.ask()
    world.settle()
    facts = but(world.facts, released="relation-7", cluster=None)
    # The hook that says so may change no secret.
    agreed, again = plan(facts)
    assert again == steps.LookAgain()
    assert not plan(but(facts, released=""))
    assert Rotation.from_text(agreed.values["rotation"]).changes["relation-7"].released


def test_while_a_broker_does_not_tell_nobody_goes():
    world = World([7])
    world.ask()
    world.settle()
    world.follow("relation-7")
    facts = but(world.facts, traffic=None)
    told = admission.obstacles(facts, world.agreement.rotation)
    assert "not every broker" in told["relation-7"]


def test_a_client_that_leaves_in_the_middle_takes_both_users_along():
    world = World([7, 8])
    world.ask()
    world.settle()
    world.requests, world.names = world.requests[1:], world.names[1:]
    world.works_as.pop("relation-7")
    world.follow("relation-8")
    world.settle()
    assert world.users == {"relation-8.2"} and world.agreement.rotation.finished
    assert set(world.agreement.slots) == {"relation-8"}


def test_a_second_change_makes_a_third_user():
    world = World([7])
    for task in ("1/rotate/1", "2/rotate/1"):
        world.ask(task)
        world.settle()
        world.follow("relation-7")
        world.settle()
    assert world.users == {"relation-7.3"} and world.proved == ["relation-7", "relation-7.2"]


@given(
    speaking=st.booleans(),
    moves=st.lists(st.sampled_from(["step", "relation-7", "relation-8", "wait"]), max_size=40),
)
def test_whatever_the_order_nobody_is_locked_out_and_it_ends(speaking, moves):
    world = World([7, 8], speaking)
    world.ask(quiet=30)
    for move in moves:
        if move == "step":
            world.step()
        elif move == "wait":
            world.now += 7
        else:
            world.follow(move)
    assert not world.locked_out
    world.settle()
    world.follow("relation-7", "relation-8")
    world.settle(seconds=31)
    assert world.users == {"relation-7.2", "relation-8.2"} and world.agreement.rotation.finished
    assert not world.locked_out
