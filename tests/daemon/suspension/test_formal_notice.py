"""The formal notice to pay leaves as a mail, and the mail server's word on it is the proof."""

import dataclasses
from datetime import timedelta

import msgspec
import pytest

from noc_tui.api.suspension import FormalNotice
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.late_payment import formal_notice_of
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.suspension import store
from storage import outbox
from storage.evidence import acts_on
from storage.register import TENANTS
from tests.daemon.suspension.lab import Lab
from tests.support.cases import ANSWERS, OMAR
from tests.support.changes import recorded
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
SEND = FormalNotice(send=True)


async def unproven(lab: Lab, **facts: str) -> Case:
    """A case without the proof that a formal notice was sent by other means."""
    case = await lab.draft("late-payment")
    today = lab.now().astimezone(PARIS).date()
    (proof,) = [tick for tick in case.ticks if tick.target == "formal_notice_proof"]
    event = ev.ProofWithdrawn(
        at=lab.now(), by=OMAR, number=proof.evidence[0].number, reason="sent by nocd"
    )
    case = await lab.tell(case, event)
    given = {**ANSWERS, "insolvency_check_on": str(today), **facts}
    return await lab.tell(case, ev.Edited(at=lab.now(), by=OMAR, facts=given))


async def test_it_is_proven_once_the_mail_server_took_it(lab: Lab) -> None:
    case = await unproven(lab)
    drawn = await lab.part.notices.formal_notice(case.id, OMAR, FormalNotice())
    assert (await store.load(lab.context.writer, case.id)).formal_notice is None
    sent = await lab.part.notices.formal_notice(case.id, OMAR, SEND)
    assert "1\u202f250,00\u00a0€" in drawn.text
    assert sent.until == drawn.until

    async def accepted() -> bool:
        await lab.part.notices.follow()
        return formal_notice_of(await store.load(lab.context.writer, case.id)) is not None

    await until(accepted)
    case = await store.load(lab.context.writer, case.id)
    assert case.formal_notice is not None
    today = case.formal_notice.sent_at.astimezone(PARIS).date()
    assert case.formal_notice.until == today + timedelta(days=8)
    assert case.fact("formal_notice_until") == str(case.formal_notice.until)
    mail = await outbox.MESSAGES.get(lab.context.writer, case.formal_notice.message_id)
    assert mail is not None
    assert mail.purpose == "formal-notice"
    kinds = [one.kind for one in await acts_on(lab.context.writer, f"suspension:{case.id}")]
    assert "suspension.formal-notice-queued" in kinds
    assert "suspension.formal-notice-delivered" in kinds
    with pytest.raises(Conflict, match=r"was sent, or is on its way \(C\. civ\. 1344\)"):
        await lab.part.notices.formal_notice(case.id, OMAR, SEND)


async def test_it_is_addressed_to_the_client_s_place_where_the_register_has_it(lab: Lab) -> None:
    case = await unproven(lab)
    drawn = await lab.part.notices.formal_notice(case.id, OMAR, FormalNotice())
    (before,) = [line for line in drawn.text.splitlines() if line.startswith("Destinataire")]
    assert before.endswith(case.tenant_name)
    async with recorded(lab.context.writer) as change:
        tenant = await TENANTS.get(change, case.tenant)
        assert tenant is not None
        place = "1 rue de l’Exemple, 35000 Rennes"
        await change.put(TENANTS, [msgspec.structs.replace(tenant, postal_address=place)])
    drawn = await lab.part.notices.formal_notice(case.id, OMAR, FormalNotice())
    assert f"{case.tenant_name}, {place}" in drawn.text


async def test_no_formal_notice_leaves_for_what_is_no_debt(lab: Lab) -> None:
    case = await unproven(lab, dispute_raised_on="2026-01-10")
    with pytest.raises(Conflict, match="disputed the invoice on 2026-01-10"):
        await lab.part.notices.formal_notice(case.id, OMAR, SEND)
    other = await lab.draft("contract-breach")
    with pytest.raises(Conflict, match="this is another ground"):
        await lab.part.notices.formal_notice(other.id, OMAR, SEND)
    with pytest.raises(Conflict, match="at least this many days to pay: 8"):
        await lab.part.notices.formal_notice(case.id, OMAR, FormalNotice(days=7, send=True))
    assert (await store.load(lab.context.writer, case.id)).formal_notice is None


async def test_one_with_a_blank_does_not_leave(lab: Lab) -> None:
    case = await unproven(lab, unpaid_part="")
    with pytest.raises(Conflict, match="still has a blank"):
        await lab.part.notices.formal_notice(case.id, OMAR, SEND)


async def test_without_a_mail_server_nothing_is_on_record_as_sent(lab: Lab) -> None:
    case = await unproven(lab)
    config = msgspec.structs.replace(lab.context.config, smtp=None)
    lab.part.notices.context = dataclasses.replace(lab.context, config=config)
    with pytest.raises(Conflict, match="no mail server"):
        await lab.part.notices.formal_notice(case.id, OMAR, SEND)
    assert (await store.load(lab.context.writer, case.id)).formal_notice is None
