"""What the evidence names is opened where a screen is of it."""

import pytest

from noc_tui.console.references import (
    CaseRef,
    GuestList,
    GuestRef,
    IncidentRef,
    Reference,
    TenantRef,
    reference_of_subject,
)


@pytest.mark.parametrize(
    ("subject", "opened"),
    [
        ("tenant:acme", TenantRef("acme")),
        ("guest:rennes/101", GuestRef("rennes", 101)),
        ("ha:rennes/vm:110", GuestRef("rennes", 110)),
        ("suspension:S-1", CaseRef("S-1")),
        ("incident:12", IncidentRef(12)),
        ("incident:twelve", None),
        ("node:rennes/pve1", GuestList(cluster="rennes", node="pve1")),
        ("node:", None),
        ("operator:omar", None),
        ("nocd", None),
        ("", None),
    ],
)
def test_a_subject_is_a_screen_or_none(subject: str, opened: Reference | None) -> None:
    assert reference_of_subject(subject) == opened
