# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0


import pytest
from builders import CA, CLUSTER_ID, a_cluster, a_peer, but, observed
from hypothesis import given
from hypothesis import strategies as st

import steps
from dataops.reconciler import Leaving
from facts import BrokerFacts, Partition
from peers import Agreement
from plan import plan

LEAVES = Leaving("storage-detaching", storage="data")


def of(kind, found):
    return [step for step in plan(found) if isinstance(step, kind)]


def kinds(found):
    return [type(step) for step in plan(found)]


def test_a_sound_cluster_is_left_alone():
    harmless = (steps.Note, steps.Agree, steps.Configure)
    assert all(isinstance(step, harmless) for step in plan(observed()))


def test_an_empty_machine_gets_programs_first():
    found = observed(broker=BrokerFacts(), cluster=None, tls=None, agreement=Agreement())
    assert kinds(found) == [steps.Install, steps.Note]


def test_new_programs_may_come_with_an_upgrade():
    assert of(steps.Install, observed(upgraded=True))


def test_only_the_leader_founds_and_only_with_a_certificate():
    fresh = {"cluster": None, "agreement": Agreement(), "broker": BrokerFacts(version="v1")}
    assert of(steps.Found, observed(**fresh)) == [steps.Found(first=0)]
    assert not of(steps.Found, observed(node=1, **fresh))
    assert not of(steps.Found, observed(tls=None, **fresh))


def test_storage_that_is_formatted_already_keeps_its_identity():
    broker = BrokerFacts(version="v1", cluster_id="from-before")
    found = observed(cluster=None, agreement=Agreement(), broker=broker)
    assert of(steps.Found, found) == [steps.Found(first=0, cluster_id="from-before")]


def test_the_first_node_is_formatted_as_a_voter_once():
    broker = BrokerFacts(version="v1")
    founding = observed(cluster=None, broker=broker, agreement=Agreement(CLUSTER_ID, 0))
    assert of(steps.Format, founding)[0].standalone
    # With new storage it joins the cluster that it once founded.
    assert not of(steps.Format, observed(cluster=None, broker=broker))[0].standalone
    assert not of(steps.Format, observed(node=1, cluster=None, broker=broker))[0].standalone


def test_a_broker_starts_after_its_files_are_there():
    found = observed(cluster=None, broker=BrokerFacts(version="v1"))
    assert kinds(found)[-3:] == [steps.Configure, steps.Format, steps.Start]


def test_a_newcomer_starts_when_it_knows_whom_to_ask():
    ready = {"node": 1, "cluster": None, "broker": BrokerFacts(version="v1")}
    strangers = (a_peer(0, address="", online=False), a_peer(1))
    assert not of(steps.Start, observed(peers=strangers, **ready))
    assert of(steps.Start, observed(peers=(a_peer(0, online=False), a_peer(1)), **ready))
    assert of(steps.Start, observed(peers=(a_peer(1), a_peer(2)), **ready))
    assert not of(steps.Start, observed(peers=(a_peer(1), a_peer(2, online=False)), **ready))


def test_nothing_runs_on_another_cluster_s_storage():
    broker = BrokerFacts(version="v1", cluster_id="other")
    assert not {steps.Format, steps.Start, steps.Configure} & set(
        kinds(observed(broker=broker, cluster=None))
    )


def test_invalid_options_leave_everything_as_it_runs():
    assert plan(observed(config=None)) == ()


def test_an_application_that_goes_is_left_alone():
    assert plan(observed(planned=0)) == ()


def serving(found, **more):
    return but(found, broker=but(found.broker, **more))


def test_stores_that_changed_are_loaded_without_a_restart():
    found = serving(observed(), stores="s2")
    assert of(steps.ReloadCertificate, found) == [steps.ReloadCertificate(0)]
    assert not of(steps.Start, found)
    # Who cannot be asked cannot be told either.
    assert not of(steps.ReloadCertificate, but(found, cluster=None))


def test_a_broker_that_has_just_started_is_asked_what_it_serves():
    assert of(steps.ProvePorts, serving(observed(), proved={})) == [steps.ProvePorts()]


def renewed(issuer="CN=CA", **more):
    """A unit that was handed a certificate which it does not serve yet."""
    found = observed(**more)
    return but(found, tls=but(found.tls, serial="cd", issuer=issuer, keystore="NEW"))


def kept(found):
    (step,) = of(steps.Configure, found)
    return step.secrets.get("keystore.pem")


def test_a_certificate_is_served_once_every_broker_trusts_who_signed_it():
    assert kept(renewed()) == "NEW"
    strange = renewed("CN=new")
    assert kept(strange) is None
    both = frozenset({"CN=CA", "CN=new"})
    slow = a_peer(2)
    peers = (a_peer(0, trusts=both), a_peer(1, trusts=both), slow)
    assert kept(but(strange, peers=peers)) is None
    assert kept(but(strange, peers=(*peers[:2], but(slow, trusts=both)))) == "NEW"
    # A broker that is down reads its stores when it starts; one of an older charm says nothing.
    assert kept(but(strange, peers=peers, cluster=a_cluster(brokers=frozenset({0, 1})))) == "NEW"
    assert kept(but(strange, peers=(*peers[:2], but(slow, trusts=frozenset())))) == "NEW"


def test_nobody_is_waited_for_where_nobody_is_served():
    strange = renewed("CN=new", now=10)
    assert kept(serving(strange, listening=False, serial="", expires=0)) == "NEW"
    assert kept(serving(strange, expires=5)) == "NEW"


def test_old_authorities_are_vouched_for_until_the_new_certificate_is_served():
    newer = CA.replace("Q0E", "TkVX")
    found = renewed()
    found = but(found, tls=but(found.tls, authorities=newer))
    assert steps.Note({"authorities": newer + CA}) in plan(found)
    assert steps.Note({"authorities": newer}) in plan(serving(found, serial="cd"))


def test_a_certificate_that_is_of_no_use_leaves_everything_as_it_is():
    found = renewed()
    for useless in (None, but(found.tls, objection="it is for nobody")):
        assert kept(but(found, tls=useless)) is None
        crashed = serving(but(found, tls=useless), listening=False)
        assert of(steps.Start, crashed)


def test_who_has_neither_a_certificate_nor_stores_waits():
    assert not of(steps.Configure, serving(observed(tls=None), stores=""))


def test_a_broker_that_came_up_with_older_stores_is_started_anew():
    found = serving(observed(cluster=None), listening=False, serial="", stores="s2")
    assert [step.anew for step in of(steps.Start, found)] == [True]
    found = serving(found, loaded="s2")
    assert [step.anew for step in of(steps.Start, found)] == [False]


def test_an_expired_certificate_locks_out_who_would_reload_it_so_it_is_a_restart():
    found = serving(observed(cluster=None, now=10), stores="s2", expires=5)
    assert [step.anew for step in of(steps.Start, found)] == [True]
    assert not of(steps.Start, serving(found, expires=15))


def test_a_certificate_that_was_handed_out_expired_is_asked_for_once_an_hour():
    found = observed(now=10_000)
    found = but(found, tls=but(found.tls, expires=9_000, objection="it expired"))
    assert of(steps.RequestCertificate, found)
    assert steps.Note({"asked": "10000"}) in plan(found)
    waiting = but(found, peers=(a_peer(0, asked=9_500), *found.peers[1:]))
    assert not of(steps.RequestCertificate, waiting)


def changed(found):
    return but(found, broker=but(found.broker, started_with="old"))


def test_changed_settings_wait_for_a_turn():
    found = changed(observed(node=1))
    assert not of(steps.Start, found)
    assert steps.Note({"restart": found.fingerprint}) in plan(found)


def test_nobody_restarts_before_newcomers_are_up():
    few = a_cluster(brokers=frozenset({0}), partitions=())
    turn = but(observed().agreement, turn="kafka/0")
    assert not of(steps.Start, but(changed(observed(agreement=turn)), cluster=few))
    asking = observed(peers=(a_peer(0, restart="new"), a_peer(1), a_peer(2)), cluster=few)
    assert steps.Agree({"turn": ""}) in plan(asking)


def test_whoever_has_the_turn_restarts_while_every_copy_is_in_sync():
    turn = but(changed(observed(node=1)), agreement=but(observed().agreement, turn="kafka/1"))
    assert of(steps.Start, turn)
    short = a_cluster(partitions=(Partition("orders", 0, (0, 1, 2), (0, 1), 0),))
    assert not of(steps.Start, but(turn, cluster=short))
    assert not of(steps.Start, but(turn, cluster=None))


def test_a_lone_unit_restarts_at_once():
    assert of(steps.Start, changed(observed(nodes=1)))


def test_the_turn_goes_to_one_unit_the_controller_last():
    asking = tuple(a_peer(node, restart="new") for node in range(3))
    assert steps.Agree({"turn": "kafka/1"}) in plan(observed(peers=asking))
    only = (a_peer(0, restart="new"), a_peer(1), a_peer(2))
    assert steps.Agree({"turn": "kafka/0"}) in plan(observed(peers=only))


def test_the_turn_stays_until_its_unit_is_done():
    asking = tuple(a_peer(node, restart="new") for node in range(3))
    held = observed(peers=asking, agreement=but(observed().agreement, turn="kafka/2"))
    assert not [step for step in of(steps.Agree, held) if "turn" in step.values]


@pytest.mark.parametrize(("asking", "turn"), [((0, 1), ""), ((0, 1, 2), "kafka/2")])
def test_nobody_gets_a_turn_whose_copies_are_needed(asking, turn):
    short = a_cluster(partitions=(Partition("orders", 0, (0, 1, 2), (0, 1), 0),))
    peers = tuple(a_peer(n, restart="new" if n in asking else "") for n in range(3))
    assert steps.Agree({"turn": turn}) in plan(observed(peers=peers, cluster=short))


def test_a_newcomer_becomes_a_voter():
    cluster = a_cluster(voters={0: "dir-0"}, observers={1: "dir-1", 2: "dir-2"})
    (step,) = of(steps.ChangeQuorum, observed(cluster=cluster))
    assert step.change.add and step.change.node == 1 and step.address == "10.0.0.2"


def test_the_quorum_rests_while_units_come_and_go():
    cluster = a_cluster(voters={0: "dir-0"}, observers={1: "dir-1", 2: "dir-2"})
    assert not of(steps.ChangeQuorum, observed(cluster=cluster, planned=2))


def test_no_vote_is_taken_from_a_unit_because_its_broker_is_down():
    down = a_cluster(brokers=frozenset({0, 1}), fenced=frozenset({2}))
    assert not of(steps.ChangeQuorum, observed(cluster=down))


def test_nobody_votes_in_the_place_of_a_broker_that_is_down_for_a_moment():
    down = a_cluster(2, brokers=frozenset({1}), fenced=frozenset({0}))
    down = but(down, voters={0: "dir-0"}, observers={1: "dir-1"})
    assert not of(steps.ChangeQuorum, observed(2, cluster=down))


def looks(found):
    """In how many seconds the unit looks again."""
    return [step.seconds for step in of(steps.LookAgain, found)]


def test_the_leader_looks_again_while_copies_move_or_somebody_waits_for_a_turn():
    assert not looks(observed())
    assert looks(observed(cluster=a_cluster(moving=1)))
    waiting = (a_peer(0), a_peer(1, restart="new"), a_peer(2))
    assert looks(observed(peers=waiting))
    assert not looks(observed(node=1, peers=waiting, leader=False))


def test_whoever_has_the_turn_and_may_not_restart_yet_looks_again():
    turn = but(changed(observed(node=1)), agreement=but(observed().agreement, turn="kafka/1"))
    assert not looks(turn)
    short = a_cluster(partitions=(Partition("orders", 0, (0, 1, 2), (0, 1), 0),))
    assert looks(but(turn, cluster=short))


def gone(**more):
    """Unit 3 has vanished without leaving."""
    parts = (Partition("orders", 0, (3, 0, 1), (0, 1), 0),)
    return observed(cluster=a_cluster(3, fenced=frozenset({3}), partitions=parts, **more))


def test_replicas_of_a_vanished_broker_are_made_anew():
    (step,) = of(steps.MoveReplicas, gone())
    assert step.moves[0][1] == (0, 1, 2)
    assert not of(steps.Unregister, gone())
    assert not of(steps.MoveReplicas, gone(moving=1))


def test_copies_that_a_broker_was_given_while_it_left_are_made_anew():
    parts = (Partition("orders", 0, (0, 1, 3), (0, 1), 0),)
    found = observed(cluster=a_cluster(partitions=parts))
    (step,) = of(steps.MoveReplicas, found)
    assert step.moves[0][1] == (0, 1, 2)
    assert not of(steps.Unregister, found)


def test_a_vanished_broker_is_forgotten_when_it_holds_nothing():
    cluster = a_cluster(3, fenced=frozenset({3}))
    assert of(steps.Unregister, observed(cluster=cluster)) == [steps.Unregister(3)]


def test_kafka_s_own_topics_get_copies_when_brokers_come():
    parts = (Partition("__consumer_offsets", 0, (0,), (0,), 0), Partition("a", 0, (0,), (0,), 0))
    cluster = a_cluster(partitions=parts, min_in_sync=1)
    (step,) = of(steps.MoveReplicas, observed(cluster=cluster))
    assert [part.topic for part, _ in step.moves] == ["__consumer_offsets"]
    assert not of(steps.SetMinInSync, observed(cluster=cluster))


def test_records_need_more_copies_once_there_are_more():
    assert of(steps.SetMinInSync, observed(cluster=a_cluster(min_in_sync=1))) == [
        steps.SetMinInSync(2)
    ]


def test_while_a_broker_restarts_nobody_forgets_which_copies_may_lead():
    peers = (a_peer(0, restart="new"), a_peer(1), a_peer(2))
    few = a_cluster(min_in_sync=1)
    assert not of(steps.SetMinInSync, observed(peers=peers, cluster=few))
    back = a_cluster(partitions=(Partition("a", 0, (0,), ()),), min_in_sync=1)
    assert not of(steps.SetMinInSync, observed(cluster=back))
    lost = a_cluster(partitions=(Partition("a", 0, (7,), ()),), min_in_sync=1)
    assert of(steps.SetMinInSync, observed(cluster=lost))


@pytest.mark.parametrize(
    ("replicas", "in_sync", "leader", "elected"),
    [((0,), (), -1, True), ((0,), (0,), 0, False), ((7,), (), -1, False), ((0, 1), (), -1, False)],
)
def test_the_only_copy_leads_again_though_kafka_has_forgotten_that_it_may(
    replicas, in_sync, leader, elected
):
    parts = (Partition("a", 3, replicas, in_sync, leader),)
    found = of(steps.ElectAny, observed(cluster=a_cluster(partitions=parts)))
    assert found == ([steps.ElectAny((("a", 3),))] if elected else [])


def test_leaving_hands_over_before_it_stops():
    found = observed(planned=2, node=2, leaving=LEAVES)
    assert kinds(found) == [
        steps.SetMinInSync,
        steps.Drain,
        steps.Stop,
        steps.ChangeQuorum,
        steps.Unregister,
    ]


def test_an_option_that_is_not_valid_keeps_nobody_from_leaving_in_order():
    valid = observed(planned=2, node=2, leaving=LEAVES)
    assert kinds(but(valid, config=None)) == kinds(valid)


def test_a_vote_that_a_majority_needs_is_given_up_before_the_stop():
    down = a_cluster(brokers=frozenset({0, 2}), fenced=frozenset({1}))
    order = kinds(observed(cluster=down, planned=2, node=2, leaving=LEAVES))
    assert order.index(steps.ChangeQuorum) < order.index(steps.Stop)


def test_brokers_that_leave_at_once_hand_everything_to_who_stays():
    found = observed(node=1, planned=1, leaving=LEAVES, dying=frozenset({2}))
    assert of(steps.Drain, found) == [steps.Drain(1, frozenset({0}), frozenset({2}))]
    # The two others may end before their votes are gone: who stays alone would never be heard.
    order = kinds(found)
    assert order.index(steps.ChangeQuorum) < order.index(steps.Stop)
    changes = [(step.change.add, step.change.node) for step in of(steps.ChangeQuorum, found)]
    assert changes == [(False, 1)]
    # Without its vote it may wait in vain for permission to end, and it holds nothing any more.
    (stop,) = of(steps.Stop, found)
    assert stop.patience is not None


def test_nobody_leaves_the_others_without_its_vote_and_its_copies():
    going = Leaving("storage-detaching", storage="data")
    for cluster in (None, a_cluster(2, brokers=frozenset({0}), fenced=frozenset({1}))):
        found = observed(2, cluster=cluster, planned=1, leaving=going)
        assert kinds(found) == [steps.AwaitOthers]
        assert of(steps.AwaitOthers, found) == [steps.AwaitOthers(frozenset({1}))]
    # Where nobody stays, or nobody was ever there, nobody is waited for.
    alone = observed(2, cluster=None, planned=1, leaving=going, dying=frozenset({1}))
    assert kinds(alone) == [steps.Stop]
    fresh = tuple(but(peer, online=peer.node == 0) for peer in found.peers)
    assert kinds(but(found, peers=fresh)) == [steps.Stop]
    # It was handed over before, or the operator insists.
    assert kinds(but(found, leaving=Leaving("stop"))) == [steps.Stop]


def test_nobody_restarts_while_a_unit_leaves():
    found = but(
        changed(observed(node=1, planned=2)), agreement=but(observed().agreement, turn="kafka/1")
    )
    assert not of(steps.Start, found)
    assert not [step for step in of(steps.Note, found) if "restart" in step.values]


def test_the_only_voter_gives_its_vote_to_another_before_it_leaves():
    cluster = a_cluster(2, voters={0: "dir-0"}, observers={1: "dir-1"})
    found = observed(2, cluster=cluster, planned=1, leaving=LEAVES)
    changes = [(step.change.add, step.change.node) for step in of(steps.ChangeQuorum, found)]
    assert changes == [(True, 1), (False, 0)]


@pytest.mark.parametrize("hook", ["stop", "storage-detaching"])
def test_the_end_of_the_application_moves_nothing(hook):
    found = observed(planned=0, leaving=Leaving(hook, storage="data"))
    assert kinds(found) == [steps.Stop]


def test_the_end_of_the_application_does_not_wait_for_a_majority_that_is_gone():
    (stop,) = of(steps.Stop, observed(planned=0, leaving=LEAVES))
    assert stop.patience is not None
    (stop,) = of(steps.Stop, observed(planned=2, leaving=LEAVES))
    assert stop.patience is None


def test_the_last_hook_cleans_up():
    assert kinds(observed(leaving=Leaving("remove"))) == [steps.Remove]


nodes = st.integers(min_value=0, max_value=5)


@given(
    up=st.frozensets(nodes, min_size=1),
    voters=st.frozensets(nodes, min_size=1),
    planned=st.integers(min_value=0, max_value=6),
    leaves=st.booleans(),
    leader=st.booleans(),
)
def test_no_plan_takes_the_last_vote_or_the_last_copy(up, voters, planned, leaves, leader):
    cluster = a_cluster(
        6,
        brokers=up,
        fenced=frozenset(range(6)) - up,
        voters={node: f"dir-{node}" for node in voters},
        observers={node: f"dir-{node}" for node in frozenset(range(6)) - voters},
        partitions=tuple(Partition("t", n, (n,), (n,) if n in up else (), n) for n in range(6)),
    )
    leaving = LEAVES if leaves else Leaving()
    found = observed(6, cluster=cluster, planned=planned, leader=leader, leaving=leaving)
    left = set(voters)
    for step in plan(found):
        if isinstance(step, steps.ChangeQuorum):
            (left.add if step.change.add else left.discard)(step.change.node)
            assert left
        if isinstance(step, steps.MoveReplicas):
            assert all(new and set(new) <= up for _, new in step.moves)
        if isinstance(step, steps.Drain):
            assert step.live and step.node not in step.live
