"""Whatever is done to a case, in whatever order: what must never be, never is."""

from datetime import timedelta

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest, rule_for
from noc_tui.contract.suspension.checklist import open_reasons
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.reasons import Refused
from noc_tui.contract.suspension.values import Case, Drift, NoticeText, Plan, Tick
from tests.support.cases import (
    ANSWERS,
    LEA,
    NOW,
    OLGA,
    OMAR,
    PROOF,
    TERMS,
    VERA,
    draft,
    guest,
    ready,
    suspended,
)

people = st.sampled_from([OMAR, OLGA, LEA, VERA])
AFTER_ORDER = {
    "ordered",
    "executing",
    "suspended",
    "partially-suspended",
    "drifting",
    "termination-open",
    "remedied",
    "restoring",
    "partially-restored",
    "closed",
}


class Suspension(RuleBasedStateMachine):
    """One case of any ground under any sequence of events; refusals change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.case: Case = draft("charte-breach")
        self.now = NOW
        self.was_ready = False

    def tell(self, event: ev.Event) -> None:
        before, bytes_before = self.case, msgspec.json.encode(self.case)
        try:
            self.case = apply_event(self.case, event, TERMS)
        except Refused:
            assert self.case is before
            assert msgspec.json.encode(self.case) == bytes_before

    @rule(ground=st.sampled_from([row.id for row in TERMS.grounds]))
    def open_another(self, ground: str) -> None:
        if self.case.state in ("draft", "closed", "cancelled"):
            self.case = draft(ground)

    @rule(ground=st.sampled_from([row.id for row in TERMS.grounds]), far=st.booleans())
    def open_far_on(self, ground: str, far: bool) -> None:
        if self.case.state in ("draft", "closed", "cancelled"):
            self.case = (suspended if far else ready)(ground, "tenant")
            self.now = NOW

    @rule(
        by=people,
        scope=st.sampled_from(["guests", "tenant"]),
        means=st.sampled_from([(), ("vm_cut_network",), ("vm_cut_network", "vm_stop")]),
        guests=st.sampled_from([(101,), (101, 102)]),
        complete=st.booleans(),
    )
    def edit(
        self, by: object, scope: object, means: object, guests: tuple[int, ...], complete: bool
    ) -> None:
        plan = Plan(
            scope=scope,  # type: ignore[arg-type]  # drawn from the two scopes
            means=means,  # type: ignore[arg-type]  # drawn from tuples of ids
            guests=tuple(guest(vmid) for vmid in guests),
            statement="third time",
        )
        ticks = tuple(
            Tick(target=row.id, evidence=PROOF)
            for row in TERMS.requirements
            if row.kind == "evidence"
        )
        self.tell(
            ev.Edited(
                at=self.now,
                by=by,  # type: ignore[arg-type]  # drawn from people
                plan=plan,
                facts=ANSWERS if complete else {},
                ticks=(*ticks, Tick(target="C7", evidence=PROOF)),
                text=NoticeText(subject="s", body="b"),
            )
        )

    @rule(by=people)
    def check(self, by: object) -> None:
        self.tell(ev.Checked(at=self.now, by=by))  # type: ignore[arg-type]  # from people

    @rule(by=people, fresh=st.booleans())
    def approve(self, by: object, fresh: bool) -> None:
        seen = digest(self.case) if fresh else "0" * 64
        self.tell(ev.Approved(at=self.now, by=by, seen=seen))  # type: ignore[arg-type]  # people

    @rule(delivery=st.sampled_from(["accepted", "refused", "unknown"]))
    def notice(self, delivery: object) -> None:
        self.tell(ev.NoticeQueued(at=self.now, by=OMAR, message_id="<1@x>"))
        self.tell(ev.NoticeDelivered(at=self.now, delivery=delivery))  # type: ignore[arg-type]  # three

    @rule(mode=st.sampled_from(["after", "waived", "withheld"]), reason=st.sampled_from(["", "r"]))
    def aside(self, mode: object, reason: str) -> None:
        self.tell(
            ev.NoticeSetAside(
                at=self.now,
                by=OMAR,
                mode=mode,  # type: ignore[arg-type]  # drawn from the three modes
                reason=reason,
            )
        )

    @rule(by=people, alone=st.booleans(), typed=st.sampled_from(["Acme", "Acne"]))
    def order(self, by: object, alone: bool, typed: str) -> None:
        before = self.case
        self.tell(
            ev.Ordered(
                at=self.now,
                by=by,  # type: ignore[arg-type]  # drawn from people
                typed_name=typed,
                seen=digest(before),
                break_glass=alone,
            )
        )
        if self.case.state == "ordered" and before.state != "ordered":
            assert typed == "Acme"
            assert not open_reasons(before, TERMS, self.now)
            assert by in (OMAR, OLGA, LEA)

    @rule(some=st.booleans())
    def execute(self, some: bool) -> None:
        self.tell(ev.ExecutionBegan(at=self.now))
        refs = tuple(row.ref for row in self.case.plan.guests)
        done = refs[:1] if some else refs
        self.tell(
            ev.Executed(at=self.now, suspended=done, failed=refs[len(done) :], started_at=self.now)
        )

    @rule(gone=st.booleans())
    def drift(self, gone: bool) -> None:
        held = self.case.held
        seen = () if gone or not held else (Drift(guest=held[0], what="up", seen_at=self.now),)
        self.tell(ev.DriftSeen(at=self.now, drift=seen))

    @rule(by=people)
    def reapply(self, by: object) -> None:
        self.tell(ev.ReapplyOrdered(at=self.now, by=by))  # type: ignore[arg-type]  # from people

    @rule(days=st.sampled_from([0.1, 1, 15]))
    def wait(self, days: float) -> None:
        self.now += timedelta(days=days)
        self.tell(ev.TimePassed(at=self.now))

    @rule(by=people, found=st.sampled_from(["", "clean"]))
    def remedy(self, by: object, found: str) -> None:
        self.tell(ev.Remedied(at=self.now, by=by, found=found))  # type: ignore[arg-type]  # people

    @rule(one=st.booleans(), works=st.booleans())
    def restore(self, one: bool, works: bool) -> None:
        guests = self.case.held[:1] if one else ()
        self.tell(ev.RestoreOrdered(at=self.now, by=OMAR, guests=guests, found="clean"))
        if self.case.state == "restoring":
            aim = self.case.restoring
            self.tell(
                ev.Restored(at=self.now, restored=aim if works else (), failed=() if works else aim)
            )

    @rule(by=people)
    def cancel(self, by: object) -> None:
        self.tell(ev.Cancelled(at=self.now, by=by, reason="r"))  # type: ignore[arg-type]  # people

    @invariant()
    def an_order_had_its_agreement(self) -> None:
        if self.case.state not in AFTER_ORDER:
            return
        by = self.case.ordered_by
        assert by is not None
        assert by.role != "viewer"
        if rule_for(self.case, TERMS) == "none" or self.case.review is not None:
            return
        approval = self.case.approval
        assert approval is not None
        assert approval.digest == digest(self.case)
        assert approval.by.uid not in (by.uid, self.case.opened_by.uid)

    @invariant()
    def nothing_is_held_before_an_order(self) -> None:
        if self.case.state not in AFTER_ORDER:
            assert not self.case.suspended
            assert self.case.started_at is None

    @invariant()
    def closed_holds_nothing_and_states_agree_with_facts(self) -> None:
        if self.case.state == "closed":
            assert not self.case.held
            assert self.case.remedy is not None
        if self.case.drift:
            assert self.case.state in ("drifting", "executing")
        if self.case.state == "termination-open":
            assert self.case.remedy is None

    @invariant()
    def every_case_survives_its_own_bytes(self) -> None:
        assert msgspec.json.decode(msgspec.json.encode(self.case), type=Case) == self.case


Suspension.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestSuspension = Suspension.TestCase
