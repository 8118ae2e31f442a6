"""What the program knows of every effect that a means of the terms may have."""

from datetime import UTC, datetime
from typing import get_args

from noc_tui.contract.suspension.values import BARRIER, Case, Person, Plan
from noc_tui.contract.terms import Effect, load_terms
from noc_tui.daemon.suspension.feasibility import PRIVILEGES
from noc_tui.daemon.suspension.planner import effects_of, parts_of

TERMS = load_terms()


def test_every_effect_says_what_it_reads_and_which_privileges_it_needs() -> None:
    case = Case(
        id="S-1",
        tenant="acme",
        tenant_name="Acme",
        ground="service-threat",
        terms_version=TERMS.version,
        opened_by=Person(uid=1001, name="omar", role="operator"),
        opened_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        plan=Plan(means=tuple(row.id for row in TERMS.means), barrier=("client@pve",)),
    )
    effects = effects_of(case, TERMS)
    assert effects[0] == BARRIER, "the client is kept out before anything else"
    assert set(effects) == set(get_args(Effect)), "the shipped terms have a means for each"
    assert parts_of(case, TERMS) == {"acl", "ha", "managers", "firewall"}
    assert set(PRIVILEGES) == set(get_args(Effect))
