"""Which guests need a licence of the hoster, and which have one."""

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.licences import LicenceFinding, SuppliedLicences, System, compare_licences

OSTYPES = st.sampled_from(("l26", "win11", "win10", "other", None))
SYSTEMS = st.dictionaries(st.sampled_from([f"r/{n}" for n in range(101, 109)]), OSTYPES)
SUPPLIES = st.lists(
    st.builds(
        SuppliedLicences,
        st.sampled_from(["", *(f"r/{n}" for n in range(101, 112))]),
        st.integers(1, 4),
    )
)


def test_a_guests_own_licence_comes_first_and_the_tenants_cover_the_rest() -> None:
    systems = [System("r/101", "win11"), System("r/102", "win10"), System("r/103", "win11"),
               System("r/104", "l26"), System("r/105", None)]  # fmt: skip
    found = compare_licences(systems, [SuppliedLicences("r/102", 1), SuppliedLicences("", 1)])
    assert found == LicenceFinding(
        need=("r/101", "r/102", "r/103"), uncovered=("r/103",), unread=("r/105",), idle=0
    )


def test_a_licence_of_a_guest_that_is_gone_is_idle() -> None:
    found = compare_licences(
        [System("r/101", "l26")], [SuppliedLicences("r/900", 2), SuppliedLicences("", 1)]
    )
    assert (found.uncovered, found.idle) == ((), 3)


@given(SYSTEMS, SUPPLIES)
def test_no_licence_is_counted_twice(
    systems: dict[str, str | None], supplied: list[SuppliedLicences]
) -> None:
    found = compare_licences([System(*one) for one in systems.items()], supplied)
    covered = len(found.need) - len(found.uncovered)
    assert covered + found.idle == sum(one.quantity for one in supplied)
    assert set(found.uncovered) <= set(found.need)
    assert set(found.need).isdisjoint(found.unread)
    assert not (found.uncovered and any(not one.guest for one in supplied) and found.idle
                and covered < sum(one.quantity for one in supplied if not one.guest))  # fmt: skip
