# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0

import pytest
from samples import introduced, switched

import authority
from dataops.operations import Context, OperationError, Pending
from observed import Issued
from operations.replace_ca import VERB, Move, ReplaceCa
from roots import Phase, Roots


class Keeper:
    def __init__(self):
        self.roots = None

    def keep(self, roots):
        self.roots = roots


@pytest.fixture
def move(facts):
    def moved(phase, roots, *issued, force=False):
        """What is kept; the result where nothing has to change."""
        keeper = Keeper()
        context = Context(
            facts(roots=roots, issued=issued), keeper, ReplaceCa(phase=phase, force=force)
        )
        try:
            return VERB.run(context)
        except Pending:
            return keeper.roots

    return moved


def out(root, roots, csr):
    signed = authority.sign(root, csr, 9, is_ca=False)
    return Issued(1, csr, signed, roots.bundle(signed), "kafka-0")


def test_a_replacement_from_begin_to_end(move, root, csr):
    both = move(Move.INTRODUCE, Roots(root))
    assert both.current == root and both.next.common_name == "Test CA G2"
    told = move(Move.INTRODUCE, both)
    assert told.phase is Phase.INTRODUCED and told.authority.startswith("CN=Test CA G2 [")
    switched = move(Move.SWITCH, both)
    assert switched.current == both.next and switched.phase is Phase.SWITCHED
    again = move(Move.SWITCH, switched)
    assert again.authority == told.authority and again.phase is Phase.SWITCHED
    assert move(Move.FINISH, switched, out(switched.current, switched, csr)) == Roots(both.next)
    assert move(Move.FINISH, Roots(both.next)).phase is Phase.SETTLED


def test_it_is_done_once_every_certificate_is_handed_out_again(facts, root, csr):
    both = introduced(root)
    params = ReplaceCa(phase=Move.INTRODUCE)

    def call(issued):
        return VERB.run(Context(facts(roots=both, issued=(issued,)), Keeper(), params))

    with pytest.raises(Pending, match="1 certificates are not handed out again"):
        call(out(root, Roots(root), csr))
    assert call(out(root, both, csr)).phase is Phase.INTRODUCED


def test_the_old_root_stays_while_somebody_needs_it(move, root, csr):
    new = authority.successor(root, 100)
    roots = switched(root, new)
    needed = out(root, roots, csr)
    with pytest.raises(OperationError, match=r"1 certificates.*kafka-0.*renew-certificates"):
        move(Move.FINISH, roots, needed)
    assert move(Move.SWITCH, roots, needed).old == ("kafka-0",)
    assert move(Move.FINISH, roots, needed, force=True) == Roots(new)


def test_a_replacement_that_was_begun_before_goes_on(move, root):
    new = authority.successor(root, 100)
    roots = switched(root, new)
    assert move(Move.INTRODUCE, roots).phase is Phase.SWITCHED


def test_a_new_root_that_signs_nothing_yet_can_be_withdrawn(move, root):
    new = authority.successor(root, 100)
    assert move(Move.WITHDRAW, introduced(root, new)) == Roots(root)
    roots = switched(root, new)
    with pytest.raises(OperationError, match="finish instead"):
        move(Move.WITHDRAW, roots)


@pytest.mark.parametrize(("phase", "first"), [(Move.SWITCH, "introduce"), (Move.FINISH, "switch")])
def test_no_phase_is_left_out(move, root, phase, first):
    roots = Roots(root) if phase is Move.SWITCH else introduced(root)
    with pytest.raises(OperationError, match=f"replace-ca phase={first}"):
        move(phase, roots)


def test_without_a_root_there_is_nothing_to_replace(move):
    with pytest.raises(OperationError, match="juju status certificates"):
        move(Move.INTRODUCE, None)
