"""Whose an outage is, proposed from evidence (R14)."""

from dataclasses import replace

from noc_tui.contract.attribution import (
    Excuse,
    OutageFacts,
    Party,
    PlatformTrouble,
    TaskSeen,
    propose,
)
from noc_tui.contract.spans import Span

OUTAGE = Span(100, 200)
GUESTS = frozenset({"rennes/101", "rennes/102"})
FACTS = OutageFacts(OUTAGE, GUESTS, users=frozenset({"acme@pve"}), slack=20)


def stop(user: str, guest: str = "rennes/101", started: int = 95) -> TaskSeen:
    return TaskSeen(f"UPID:{user}:{guest}", user, "qmstop", guest, started)


def test_a_guest_stopped_by_the_tenants_own_user_is_the_clients() -> None:
    tasks = [stop("acme@pve"), stop("acme@pve", "rennes/102")]
    (proposal,) = propose(replace(FACTS, tasks=tasks))
    assert (proposal.party, proposal.basis) == (Party.CLIENT, "not_attributable")
    assert proposal.evidence == tuple(task.upid for task in tasks)


def test_a_task_that_explains_a_part_says_so() -> None:
    (proposal,) = propose(replace(FACTS, tasks=[stop("acme@pve")]))
    assert proposal.caveat == "covers_a_part"


def test_a_stop_by_anybody_else_is_the_hosters() -> None:
    (proposal,) = propose(replace(FACTS, tasks=[stop("root@pam")]))
    assert (proposal.party, proposal.basis) == (Party.HOSTER, None)


def test_a_stop_through_ha_is_of_whoever_asked_for_it() -> None:
    """HA carries it out as root@pam, which is the hoster's own user."""
    asked = [
        replace(stop("acme@pve", guest, 94), type="hastop", upid=f"UPID:asked:{guest}")
        for guest in sorted(GUESTS)
    ]
    carried_out = [stop("root@pam", guest, 96) for guest in GUESTS]
    (proposal,) = propose(replace(FACTS, tasks=[*carried_out, *asked]))
    assert (proposal.party, proposal.caveat) == (Party.CLIENT, "")
    assert proposal.evidence == tuple(task.upid for task in asked)
    early = [stop("root@pam", guest, 93) for guest in GUESTS]
    found = propose(replace(FACTS, tasks=[*early, *asked]))
    assert [one.party for one in found] == [Party.CLIENT, Party.HOSTER]


def test_a_task_long_before_or_after_the_start_is_no_evidence() -> None:
    tasks = [stop("acme@pve", started=70), stop("acme@pve", started=101)]
    (proposal,) = propose(replace(FACTS, tasks=tasks))
    assert (proposal.party, proposal.evidence) == (Party.HOSTER, ())


def test_a_lost_node_is_the_hosters_and_is_named() -> None:
    trouble = PlatformTrouble("node rennes/pve1 offline", Span(90, 210), GUESTS)
    (proposal,) = propose(replace(FACTS, troubles=[trouble]))
    assert (proposal.party, proposal.evidence) == (Party.HOSTER, (trouble.what,))


def test_a_lost_storage_is_supposed_after_what_is_shown() -> None:
    lost = PlatformTrouble("storage:rennes/ceph down", Span(90, 210), GUESTS, supposed=True)
    (proposal,) = propose(replace(FACTS, troubles=[lost]))
    assert (proposal.party, proposal.caveat) == (Party.HOSTER, "disks_unknown")
    first, second = propose(replace(FACTS, troubles=[lost], tasks=[stop("acme@pve")]))
    assert (first.party, second.evidence) == (Party.CLIENT, (lost.what,))


def test_a_suspension_and_a_window_come_before_what_the_tasks_say() -> None:
    excuses = [
        Excuse(Party.SUSPENSION, Span(90, 300), "evidence:12"),
        Excuse(Party.MAINTENANCE, Span(150, 300), "evidence:13"),
    ]
    first, second, _ = propose(replace(FACTS, excuses=excuses, tasks=[stop("root@pam")]))
    assert (first.party, first.basis, first.caveat) == (Party.SUSPENSION, "suspension", "")
    assert (second.party, second.caveat) == (Party.MAINTENANCE, "covers_a_part")


def test_guests_that_a_suspension_keeps_out_are_its_own_before_the_task_that_stopped_them() -> None:
    mine = Excuse(Party.SUSPENSION, Span(90, 300), "suspension:S-1", guests=FACTS.guests)
    first, *_ = propose(replace(FACTS, excuses=[mine], tasks=[stop("noc@pve")]))
    assert (first.party, first.evidence, first.caveat) == (
        Party.SUSPENSION,
        ("suspension:S-1",),
        "",
    )


def test_a_suspension_of_other_guests_explains_nothing() -> None:
    other = Excuse(Party.SUSPENSION, Span(90, 300), "S-1", guests=frozenset({"rennes/999"}))
    (proposal,) = propose(replace(FACTS, excuses=[other]))
    assert proposal.party is Party.HOSTER


def test_of_a_suspended_part_a_person_looks_at_the_rest() -> None:
    part = Excuse(
        Party.SUSPENSION, Span(90, 300), "S-1", guests=frozenset(sorted(FACTS.guests)[:1])
    )
    facts = replace(FACTS, guests=FACTS.guests | {"rennes/998"}, excuses=[part])
    assert [(one.party, one.caveat) for one in propose(facts)] == [
        (Party.SUSPENSION, "covers_a_part")
    ]


def test_a_suspension_is_on_record_a_little_after_the_outage_that_it_makes() -> None:
    late = Excuse(Party.SUSPENSION, Span(105, 300), "S-1")
    window = Excuse(Party.MAINTENANCE, Span(105, 300), "W-1")
    found = propose(replace(FACTS, slack=20, excuses=[late, window]))
    assert [one.caveat for one in found] == ["", "covers_a_part"]


def test_a_stop_mode_backup_is_told_apart() -> None:
    backup = TaskSeen("UPID:b", "root@pam", "vzdump", "rennes/101", 95)
    (proposal,) = propose(replace(FACTS, tasks=[backup]))
    assert proposal.caveat == "stop_mode_backup"


def test_what_only_touches_an_outage_explains_nothing() -> None:
    before, after = Excuse(Party.QUOTA, Span(0, 100), "a"), Excuse(Party.QUOTA, Span(200, 300), "b")
    (proposal,) = propose(replace(FACTS, excuses=[before, after]))
    assert proposal.caveat == "no_evidence"


def test_a_task_at_either_end_of_the_slack_is_evidence() -> None:
    for started in (80, 100):
        (proposal,) = propose(replace(FACTS, tasks=[stop("acme@pve", started=started)]))
        assert proposal.party is Party.CLIENT
