"""What is opened for an alert and for a problem."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from noc_tui.console.references import (
    CaseRef,
    GuestList,
    GuestRef,
    IncidentRef,
    ModeRef,
    Reference,
    TenantRef,
)
from noc_tui.console.screens.overview import data as overview
from noc_tui.console.screens.triage import screen as triage
from noc_tui.problems import Problem
from noc_tui.ref import Ref
from storage.oncall import Alert

ALERT = Alert(
    fingerprint="x", rule="node-down", severity="critical", scope="", subject="", tenant="",
    words=(), deadline=None, state="open", since=datetime(2026, 3, 10, tzinfo=UTC), raised=1,
    resolved_at=None, acknowledged_at=None, acknowledged_by="", acknowledged_severity="",
    snoozed_until=None, assignee="", incident=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "fields", "opened"),
    [
        ("guest:rennes/101", {}, GuestRef("rennes", 101)),
        ("ha:rennes/vm:101", {}, GuestRef("rennes", 101)),
        ("replication:rennes/101-0", {}, GuestRef("rennes", 101)),
        ("suspension:S-1/rennes", {}, CaseRef("S-1")),
        ("tenant:acme", {"rule": "outage", "incident": 4}, IncidentRef(4)),
        ("tenant:acme", {"tenant": "acme"}, TenantRef("acme")),
        ("node:rennes/n1", {}, GuestList(cluster="rennes", node="n1")),
        ("evidence", {}, ModeRef("evidence")),
        ("cluster:rennes", {}, ModeRef("overview")),
    ],
)
def test_an_alert_opens_what_it_is_about(
    subject: str, fields: dict[str, object], opened: Reference
) -> None:
    alert = replace(ALERT, subject=subject, **fields)
    assert triage.reference_of(alert) == opened


@pytest.mark.parametrize(
    ("subject", "opened"),
    [
        ("tenant:acme", TenantRef("acme")),
        ("tenant:acme/2026-03", TenantRef("acme")),
        ("node:rennes/n1", GuestList(cluster="rennes", node="n1")),
        ("guest:rennes/101", GuestRef("rennes", 101)),
        ("unknown:rennes", GuestList(cluster="rennes", states=("unknown",), words="two")),
        ("backup:rennes/stale", GuestList(cluster="rennes", backup="stale", words="two")),
        ("storage:rennes/ceph", None),
        ("cluster:rennes", ModeRef("triage")),
    ],
)
def test_a_problem_opens_what_it_is_about(subject: str, opened: Reference | None) -> None:
    problem = Problem(
        key="x", severity="critical", where="rennes", text="two", subject=Ref.parse(subject)
    )
    assert overview.reference_of(problem) == opened
