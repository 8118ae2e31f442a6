"""Which entries are a subject's: through cases, guests, pools, mails and power orders."""

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.evidence.closure import ERASED, Holding, Mention, concern, names_of


def mentions(*named: str | tuple[str, str]) -> list[Mention]:
    """Entries from 1 on, each at the time of its number: its names, or its kind and its names."""
    pairs = [("x", one) if isinstance(one, str) else one for one in named]
    return [
        Mention(seq, seq, kind, frozenset(names.split()))
        for seq, (kind, names) in enumerate(pairs, 1)
    ]


def of(subject: str, found: list[Mention], *holdings: Holding) -> tuple[list[int], list[int]]:
    """The numbers of the entries in full, and of those that are shared."""
    concerned = concern(subject, found, holdings)
    return sorted(concerned.full), sorted(concerned.shared)


def test_a_case_brings_what_names_it_alone() -> None:
    found = mentions(
        "suspension:S-1 tenant:acme guest:r/1", "suspension:S-1 guest:r/1", "suspension:S-1",
        "suspension:S-2 tenant:zeta", "suspension:S-2",
    )  # fmt: skip
    assert of("tenant:acme", found) == ([1, 2, 3], [])
    assert of("tenant:zeta", found) == ([4, 5], [])


def test_a_case_that_is_assigned_later_brings_what_was_said_before() -> None:
    found = mentions("incident:1", "incident:1 tenant:acme outage:4", "outage:4", "incident:1")
    assert of("tenant:acme", found) == ([1, 2, 3, 4], [])


def test_a_power_order_is_the_tenants_who_had_the_guest_when_it_was_given() -> None:
    held = (Holding("guest:r/1", 0, "acme"), Holding("guest:r/1", 3, "zeta"))
    found = mentions(
        "guest:r/1 order:7", "guest:r/1 order:7", "guest:r/1 order:8", "guest:r/1 order:7"
    )
    assert of("tenant:acme", found, *held) == ([1, 2, 4], [])
    assert of("tenant:zeta", found, *held) == ([3], [])


def test_a_pool_is_the_tenants_of_its_time() -> None:
    held = (Holding("pool:r/p", 0, "acme"), Holding("pool:r/p", 2, "zeta"))
    found = mentions("guest:r/9 pool:r/p", "guest:r/9 pool:r/p")
    assert of("tenant:acme", found, *held) == ([1], [])
    assert of("tenant:zeta", found, *held) == ([2], [])


def test_a_mail_is_whom_it_was_written_to_although_its_window_is_many_tenants() -> None:
    found = mentions(
        "maintenance:1 tenant:acme tenant:zeta",
        "maintenance:1 tenant:acme mail:a",
        "maintenance:1 tenant:zeta mail:z",
        "maintenance:1 mail:a",
        "maintenance:1 mail:z",
        "maintenance:1",
    )
    assert of("tenant:acme", found) == ([2, 4], [1, 6])
    assert of("tenant:zeta", found) == ([3, 5], [1, 6])
    assert of("maintenance:1", found) == ([1, 2, 3, 4, 5, 6], [])


def test_an_alert_brings_its_pages() -> None:
    found = mentions("alert:f guest:r/1 tenant:acme", "alert:f", "alert:g", "alert:f")
    assert of("tenant:acme", found) == ([1, 2, 4], [])
    assert of("guest:r/1", found) == ([1, 2, 4], [])


def test_an_erasure_comes_with_what_it_erased() -> None:
    found = mentions(
        "tenant:acme", "tenant:zeta", ("evidence.erased", "entry:1 entry:2"),
        ("evidence.erased", "entry:2"), ("register.note", "entry:1"),
    )  # fmt: skip
    assert of("tenant:acme", found) == ([1, 3], [])


def test_a_suspension_brings_what_happened_to_its_guests_meanwhile() -> None:
    found = mentions(
        "guest:r/1 order:1", "suspension:S tenant:acme guest:r/1", "guest:r/1 order:2",
        "guest:r/2 order:3", "suspension:S", "guest:r/1 order:4",
    )  # fmt: skip
    assert of("suspension:S", found) == ([2, 3, 5], [])


def test_an_incident_brings_its_outages_and_no_other_matter_of_its_tenants() -> None:
    found = mentions(
        "outage:1 tenant:acme", "incident:5 outage:1 tenant:acme", "outage:1",
        "outage:2 tenant:acme", "tenant:acme", "incident:5 mail:m", "mail:m",
    )  # fmt: skip
    assert of("incident:5", found) == ([1, 2, 3, 6, 7], [])


def test_what_concerns_nobody_is_nobodys() -> None:
    found = mentions("observer:cluster:rennes", "cluster:rennes", "guest:r/1")
    assert of("tenant:acme", found) == ([], [])
    assert of("tenant:nobody", found) == ([], [])


def test_names_come_from_subjects_and_from_what_the_payload_refers_to() -> None:
    payload = {"tenant": "a", "tenants": ["b"], "message_id": "<m>", "intent": 7, "text": "x"}
    assert names_of(["guest:r/1"], payload) == {
        "guest:r/1", "tenant:a", "tenant:b", "mail:<m>", "order:7",
    }  # fmt: skip
    assert names_of(["observer:probe:acme/tcp://h:1"], None) == {
        "observer:probe:acme/tcp://h:1", "probe:acme/tcp://h:1",
    }  # fmt: skip
    assert names_of(["tenant:acme/2026-10"], {"tenant": ""}) == {
        "tenant:acme", "tenant:acme/2026-10",
    }  # fmt: skip


def test_a_probe_is_its_tenants() -> None:
    found = [Mention(1, 1, "x", names_of(["observer:probe:acme/tcp://h:1"], None))]
    assert of("tenant:acme", found) == ([1], [])
    assert of("tenant:zeta", found) == ([], [])


THINGS = st.sampled_from(
    ["tenant:a", "tenant:b", "suspension:1", "incident:1", "outage:1", "outage:2", "guest:r/1",
     "guest:r/2", "pool:r/p", "alert:f", "mail:m", "order:1", "maintenance:1", "node:r/n"]
)  # fmt: skip
HOLDINGS = st.lists(
    st.builds(
        Holding,
        st.sampled_from(["guest:r/1", "guest:r/2", "pool:r/p"]),
        st.integers(0, 8),
        st.sampled_from(["a", "b"]),
    ),
    max_size=4,
)


@given(st.lists(st.frozensets(THINGS, max_size=4), max_size=8), HOLDINGS)
def test_no_entry_is_in_full_in_two_tenants_packs_and_none_that_names_one_is_left_out(
    names: list[frozenset[str]], holdings: list[Holding]
) -> None:
    found = [Mention(seq, seq, "x", one) for seq, one in enumerate(names, 1)]
    a, b = concern("tenant:a", found, holdings), concern("tenant:b", found, holdings)
    assert not a.full & (b.full | b.shared)
    assert a.shared == b.shared
    for mention in found:
        assert ("tenant:a" in mention.names) <= (mention.seq in a.full | a.shared)
        assert ("tenant:b" in mention.names) <= (mention.seq not in a.full)


@given(st.lists(st.frozensets(THINGS, max_size=4), max_size=8), THINGS, st.data())
def test_every_entry_that_names_a_subject_is_its_own_and_so_is_its_erasure(
    names: list[frozenset[str]], subject: str, data: st.DataObject
) -> None:
    found = [Mention(seq, seq, "x", one) for seq, one in enumerate(names, 1)]
    erased = data.draw(st.integers(1, max(1, len(found))))
    erasure = Mention(len(found) + 1, 9, ERASED, frozenset({f"entry:{erased}"}))
    concerned = concern(subject, [*found, erasure], [])
    own = concerned.full | concerned.shared
    assert {one.seq for one in found if subject in one.names} <= own
    assert (erasure.seq in concerned.full) is (erased in own)
