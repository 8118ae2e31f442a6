"""What rules say about an incident is read in the reader's language, whatever nocd's was."""

from collections.abc import Iterator

import pytest

from noc_tui import i18n
from noc_tui.commands.incident import list_incident_lines
from noc_tui.contract.attribution import Party
from noc_tui.contract.calendar import Month
from noc_tui.contract.credits import CreditClaimed
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.availability import claims, decisions, incidents
from noc_tui.daemon.core import identity
from noc_tui.daemon.core.errors import Conflict, Forbidden
from noc_tui.daemon.core.identity import itself, require
from noc_tui.labels.incidents import LineText, kind_of
from noc_tui.labels.statement import Words
from noc_tui.queries.incidents import list_incidents, read_incident
from noc_tui.roles import Caller, Role
from storage.database import Writer
from storage.outages import OUTAGES
from tests.support.played_estate import Estate, guest

pytestmark = pytest.mark.anyio
OMAR = Caller(1, "omar", Role.OPERATOR)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    i18n.use("en")
    yield
    i18n.use("en")


async def test_titles_kinds_and_lines_by_rule_follow_the_reader(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(4)
    estate.put(guest(201, "zeta"))
    await estate.poll(2)
    (outage,) = await OUTAGES.read(writer)
    async with writer.change(itself()) as change:
        await decisions.attribute(change, OMAR, outage.id, Party.HOSTER, "le commutateur", ())
    i18n.use("fr")
    found = await read_incident(writer, 1)
    assert found is not None
    said = [(kind_of(line.kind), line.text) for line in found.timeline]
    assert said[0] == ("ouverture", "zeta indisponible")
    assert said[1][1].startswith("services indisponibles depuis ")
    assert ("rétablissement", "services rétablis, client\xa0: zeta") in said
    assert said[-1] == ("imputation", "imputée à l’hébergeur\xa0: le commutateur")
    assert [one.title for one in await list_incidents(writer)] == ["zeta indisponible"]


async def test_an_incident_reads_as_lines_of_text(estate: Estate, writer: Writer) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(4)
    actor = identity.actor(OMAR)
    async with writer.change(itself()) as change:
        incident = await incidents.find(change, 1)
        note = await incidents.note(change, actor, incident, "called")
        await incidents.note(change, actor, incident, "called twice", note.id)
        span = (estate.at(3), estate.at(4))
        await decisions.exclude(change, OMAR, "zeta", span, "quota", "full")
    found = await read_incident(writer, 1)
    assert found is not None
    assert "\n".join(list_incident_lines(found)) == (
        "1  open  zeta unavailable\n"
        "\n"
        "outage 1: zeta, since 2026-03-01 00:15:00\n"
        "  ? quota reached · evidence:13 · explains a part only\n"
        "  ▒ exclusion 1: zeta, 2026-03-01 00:15:00 → 2026-03-01 00:20:00 · quota reached · full\n"
        "\n"
        "2026-03-01 00:20:00      1  opened      nocd · zeta unavailable\n"
        "2026-03-01 00:20:00      2  outage      nocd · zeta is down since 2026-03-01 00:15:00\n"
        "2026-03-01 00:30:00      3  note        omar · called\n"
        "2026-03-01 00:30:00      4  correction ↺ 3  omar · called twice\n"
        "\n"
        "Missing before it can be resolved:\n"
        "  - outage 1 of zeta has not ended\n"
        "  - outage 1 of zeta has no attribution"
    )


async def test_what_somebody_wrote_stays_as_written(writer: Writer) -> None:
    async with writer.change(itself()) as change:
        actor = identity.actor(OMAR)
        incident = await incidents.open_incident(change, actor, "Lien {0} coupé", "tenant:acme")
        await incidents.note(change, actor, incident, "rule=out {tenant}")
    found = await read_incident(writer, incident.id)
    assert found is not None
    assert found.title == "Lien {0} coupé"
    assert [line.text for line in found.timeline] == ["Lien {0} coupé", "rule=out {tenant}"]


async def test_what_is_refused_is_said_in_the_language_of_who_asked(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(4)
    actor = identity.actor(OMAR)
    i18n.use("fr")
    async with writer.change(itself()) as change:
        incident = await incidents.find(change, 1)
        with pytest.raises(Conflict, match="il ne peut pas passer à l’état «\xa0revu\xa0»"):
            await incidents.move(change, actor, incident, "reviewed")
        with pytest.raises(Conflict, match="pas terminée\xa0; l’indisponibilité"):
            await incidents.move(change, actor, incident, "resolved")
        with pytest.raises(Conflict, match="doit avoir un titre"):
            await incidents.open_incident(change, actor, "  ")
        early = CreditClaimed(estate.at(6), estate.at(6) - 1, "e-mail", "")
        terms = load_shipped_book()
        with pytest.raises(Conflict, match="avant d’être envoyée"):
            await claims.claim(change, OMAR, "zeta", Month(2026, 2), early, terms=terms)


def test_a_role_that_does_not_suffice_is_named_in_the_language_of_who_asked() -> None:
    i18n.use("fr")
    with pytest.raises(Forbidden, match=r"le rôle «\xa0opérateur\xa0».*«\xa0responsable\xa0»"):
        require(OMAR, Role.LEAD)


def test_what_is_back_is_named_in_the_readers_language() -> None:
    said = [LineText.of("found", what=one) for one in ("node:rennes/pve1", "quorum:rennes")]
    assert [one.text for one in said] == [
        "node rennes/pve1 is back",
        "the quorum of cluster rennes is back",
    ]
    i18n.use("fr")
    assert LineText.of("found", what="storage:rennes/ceph").text.startswith(
        "rétabli\xa0: le stockage rennes/ceph"
    )


def test_of_much_evidence_the_first_pieces_are_shown() -> None:
    words = Words(str)
    assert words.proof(["a", "b"], "") == "a, b"
    assert words.proof(["a", "b", "c", "d", "e"], "unannounced") == (
        "a, b, c (+2) · it was not announced"
    )
