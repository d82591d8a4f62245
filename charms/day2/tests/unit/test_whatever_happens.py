# Copyright 2026 The Charmed DataOps Authors
# SPDX-License-Identifier: Apache-2.0
"""The executor under everything that may happen: it ends, asks nobody twice, tidies up."""

import datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from world import SICK, WELL, World, plan

import stages
from dataops.interfaces.operations import Outcome, Status
from dataops.operations import Scope
from history import current, operations, queue
from journal import Kind, flaws
from operation import Section

WATCHED = {"canary": {}}
STEPS = st.fixed_dictionaries(
    {"applications": st.sampled_from(["all", "self", "kafka", "spark"])},
    optional={
        "parallel": st.integers(1, 3),
        "verify": st.just("healthy"),
        "retry": st.fixed_dictionaries({"attempts": st.integers(1, 3)}),
        "on-failure": st.sampled_from(["stop", "continue", {"rollback": "undo"}]),
        "approval": st.booleans(),
        "after": st.just([]),
    },
)
EXTRAS = st.fixed_dictionaries(
    {},
    optional={
        "rollback": st.just([{"name": "undo"}, {"name": "undo-more", "after": ["undo"]}]),
        "finally": st.just([{"name": "tidy", "applications": "spark"}, {"name": "sweep"}]),
        "guards": st.just(["look-first"]),
        "canary": st.just({}),
    },
)
GUARD = plan({"verify": "healthy"}, name="look-first")


class Whatever(RuleBasedStateMachine):
    """Answers in any order, lost units, silence, crashes, a canary, and people."""

    @initialize(
        steps=st.lists(STEPS, min_size=1, max_size=4),
        extras=EXTRAS,
        kafka=st.sampled_from([Scope.UNIT, Scope.ROLLING, Scope.LEADER]),
    )
    def begin(self, steps, extras, kafka):
        units = {"kafka": ["kafka/0", "kafka/1", "kafka/2"], "spark": ["spark/0", "spark/1"]}
        self.world = World(units, {"kafka": kafka})
        if "rollback" not in extras:
            for step in steps:
                if isinstance(step.get("on-failure"), dict):
                    del step["on-failure"]
        self.plan = plan(*steps, **extras)
        self.guards = [GUARD] if self.plan.guards else []
        self.world.request(self.plan, *self.guards)

    def everybody_asked(self):
        return [who for name in self.world.units for who in self.world.may_run(name)]

    @rule(
        result=st.sampled_from([WELL, SICK]),
        failure=st.sampled_from(["", "It broke."]),
        data=st.data(),
    )
    def answer(self, result, failure, data):
        asked = self.everybody_asked()
        if asked:
            self.world.answer(data.draw(st.sampled_from(asked)), result, failure)

    @rule(data=st.data())
    def begin_to_answer(self, data):
        asked = self.everybody_asked()
        if asked:
            who = data.draw(st.sampled_from(asked))
            task = self.world.tasks[who.partition("/")[0]].id
            self.world.outcomes.setdefault(who, Outcome(task=task, status=Status.RUNNING))

    @rule(data=st.data())
    def lose(self, data):
        names = [name for name, units in self.world.units.items() if units]
        if names:
            self.world.units[data.draw(st.sampled_from(names))].pop()

    @precondition(lambda self: self.world.units)
    @rule(data=st.data())
    def end_a_relation(self, data):
        name = data.draw(st.sampled_from(sorted(self.world.units)))
        del self.world.units[name]
        self.world.tasks.pop(name, None)

    @rule(seconds=st.sampled_from([1, 20, 200]))
    def wait(self, seconds):
        self.world.now += datetime.timedelta(seconds=seconds)

    @rule()
    def crash_after_one_note(self):
        self.world.drive(until=1)

    @rule()
    def hook(self):
        self.world.drive()

    @rule(breach=st.sampled_from(["", "", "Too long."]), settled=st.booleans())
    def canary(self, breach, settled):
        self.world.watch(*filter(None, [breach]), settled=settled)

    @rule()
    def approve(self):
        operation = current(self.world.journal)
        for step in stages.awaiting(operation) if operation else ():
            self.world.tell(Kind.APPROVED, operation.number, step=step, by="somebody")

    @rule()
    def cancel(self):
        operation = current(self.world.journal)
        if operation and not operation.cancelled:
            self.world.tell(Kind.CANCELLED, operation.number, by="somebody")

    @rule()
    def resume(self):
        ended = [o for o in operations(self.world.journal) if o.ending is Status.FAILED]
        if ended:
            self.world.tell(Kind.RESUMED, ended[-1].number, by="somebody")

    @precondition(lambda self: len(queue(self.world.journal)) < 2)
    @rule()
    def another(self):
        self.world.request(self.plan, *self.guards)

    def teardown(self):
        if not hasattr(self, "world"):
            return
        self.come_to_the_end()
        world = self.world
        assert flaws(world.journal) == ()
        assert all(task is None for task in world.tasks.values())
        self.nobody_was_asked_twice()
        for operation in operations(world.journal):
            assert operation.running == ()
            assert operation.report is not None
            self.tidied(operation)

    def come_to_the_end(self):
        """Time passes, the canary measures, a person approves; nobody answers any more."""
        for _ in range(400):
            self.world.watch()
            if current(self.world.journal) is None:
                return
            self.approve()
            if self.world.wake is not None:
                self.world.now = max(self.world.now, self.world.wake)
        raise AssertionError("it does not end")

    def nobody_was_asked_twice(self):
        """Each task has one answer of each; who has done a step is not asked for it again."""
        answers = [
            (r.body["from"], r.body["outcome"]["task"])
            for r in self.world.journal
            if r.kind is Kind.ANSWERED
        ]
        assert len(answers) == len(set(answers))
        assert len(self.world.asked) == len(set(self.world.asked))
        for operation in operations(self.world.journal):
            for name in {state.step.name for state in operation.steps}:
                done: set[str] = set()
                for state in operation.attempts(name):
                    assert not done & set(state.expected)
                    done |= {who for who in state.answers if not state.reasons_of(who)}

    @staticmethod
    def tidied(operation):
        """The final steps ran, or were not needed, in each round that has begun a step."""
        for number in range(1, operation.round + 1):
            mine = [state for state in operation.steps if state.round == number]
            begun = any(state.section is Section.STEPS for state in mine)
            done = {state.step.name for state in mine if state.section is Section.FINALLY}
            wanted = {step.name for step in operation.plan.finally_} if begun else set()
            assert done == wanted


TestWhatever = Whatever.TestCase
TestWhatever.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
