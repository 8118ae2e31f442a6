"""The mail tells the plan that is carried out, at its moment, in the words that were approved."""

import dataclasses
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.values import Case, NoticeText
from noc_tui.daemon.core.errors import Conflict
from noc_tui.letters.writing import Writing
from storage import outbox
from tests.daemon.suspension.lab import Lab
from tests.support.cases import LEA, OMAR, TERMS

pytestmark = pytest.mark.anyio


async def drafted(lab: Lab, ground: str, **how: object) -> Case:
    case = await lab.draft(ground, **how)  # type: ignore[arg-type]  # its own keywords
    return await lab.tell(case, replace(await lab.part.notices.draft(case, "fr"), by=OMAR))


async def edited(lab: Lab, case: Case, old: str, new: str) -> Case:
    """The case after the operator changed some words of the notice."""
    text = case.notice.text
    assert old in text.body
    written = NoticeText(
        language=text.language, subject=text.subject, body=text.body.replace(old, new)
    )
    event = ev.Edited(at=lab.now(), by=OMAR, text=written)
    return await lab.tell(case, lab.part.notices.with_text(case, event, TERMS))


async def replanned(lab: Lab, case: Case, means: str) -> Case:
    plan = replace(case.plan, means=(means,))
    event = lab.part.notices.with_text(case, ev.Edited(at=lab.now(), by=OMAR, plan=plan), TERMS)
    return await lab.tell(case, event)


async def mail_of(lab: Lab, case: Case) -> EmailMessage:
    found = await outbox.MESSAGES.get(lab.context.writer, case.notice.message_id)
    assert found is not None
    message = message_from_bytes(found.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def plain(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


async def test_the_mail_is_drawn_anew_from_the_plan_that_is_sent(lab: Lab) -> None:
    case = await drafted(lab, "charte-breach")
    assert "déconnexion" in case.notice.text.body
    case = await replanned(lab, case, "vm_stop")
    case = await lab.tell(case, ev.Checked(at=lab.now(), by=OMAR))
    case = await lab.part.notices.send(case.id, OMAR)
    message = await mail_of(lab, case)
    assert "un arrêt propre sera demandé" in plain(message)
    assert "déconnexion" not in plain(message)
    assert "va être appliquée" in plain(message)
    assert message["Subject"] == case.notice.text.subject
    assert message.get_content_type() == "multipart/alternative"
    html = message.get_body(("html",))
    assert html is not None
    assert "un arrêt propre sera demandé" in html.get_content()


async def test_a_plan_changed_beneath_the_text_is_told_all_the_same(lab: Lab) -> None:
    case = await drafted(lab, "charte-breach")
    plan = replace(case.plan, means=("vm_stop",))
    case = await lab.tell(case, ev.Edited(at=lab.now(), by=OMAR, plan=plan))  # text left as it was
    assert "déconnexion" in case.notice.text.body
    case = await lab.tell(case, ev.Checked(at=lab.now(), by=OMAR))
    case = await lab.part.notices.send(case.id, OMAR)
    assert "un arrêt propre" in plain(await mail_of(lab, case))
    assert "un arrêt propre" in case.notice.text.body
    assert case.notice.digest == digest(case)


async def test_own_words_are_bound_to_their_plan(lab: Lab) -> None:
    case = await edited(
        lab, await drafted(lab, "charte-breach"), "Clause appliquée", "Clause retenue"
    )
    case = await replanned(lab, case, "vm_stop")
    with pytest.raises(Conflict, match="another plan or another moment"):
        await lab.tell(case, ev.Checked(at=lab.now(), by=OMAR))
    with pytest.raises(Conflict, match="another plan or another moment"):
        await lab.part.notices.send(case.id, OMAR)
    assert (await lab.load(case)).notice.message_id == ""


async def test_own_words_are_approved_and_sent(lab: Lab) -> None:
    case = await edited(
        lab, await drafted(lab, "charte-breach"), "Clause appliquée", "Voici : clause appliquée"
    )
    case = await lab.tell(case, ev.Checked(at=lab.now(), by=OMAR))
    case = await lab.tell(case, ev.Approved(at=lab.now(), by=LEA, seen=digest(case)))
    case = await lab.part.notices.send(case.id, OMAR)
    assert "Voici : clause appliquée" in plain(await mail_of(lab, case))
    assert case.notice.digest == digest(case) == case.approval.digest if case.approval else ""


async def test_words_changed_after_the_approval_void_it(lab: Lab) -> None:
    case = await drafted(lab, "charte-breach")
    case = await lab.tell(case, ev.Checked(at=lab.now(), by=OMAR))
    case = await lab.tell(case, ev.Approved(at=lab.now(), by=LEA, seen=digest(case)))
    agreed = digest(case)
    case = await edited(lab, case, "Clause appliquée", "Autre chose : clause")
    assert (case.state, case.approval) == ("draft", None)
    assert digest(case) != agreed


async def test_an_owed_notice_is_told_in_its_own_tense_with_its_start(lab: Lab) -> None:
    case = await drafted(lab, "service-threat")
    case = await lab.state(await lab.ordered(case), "suspended")
    case = await lab.until(case, lambda now: now.notice.delivery == "accepted")
    text = plain(await mail_of(lab, case))
    assert "vient d’être appliquée" in text
    assert "va être" not in text
    assert "⟦" not in text
    assert "Début\u00a0:" in text


async def test_the_client_is_told_once_when_an_announced_measure_begins(lab: Lab) -> None:
    case = await lab.suspended("charte-breach")
    case = await lab.until(case, lambda now: bool(now.effect_message_id))
    await lab.part.runner.resume()
    await lab.poll()
    mails = await outbox.messages_about(lab.context.writer, f"suspension:{case.id}")
    told = [mail for mail in mails if mail.purpose == "in-force"]
    assert [mail.id for mail in told] == [case.effect_message_id]
    message = message_from_bytes(told[0].raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert "La mesure annoncée par notre notification du" in plain(message)
    assert case.started_at is not None
    assert Writing("fr").instant(case.started_at) in plain(message)


async def test_a_notice_at_effect_is_not_told_twice(lab: Lab) -> None:
    case = await lab.suspended("service-threat")
    case = await lab.until(case, lambda now: now.notice.delivery == "accepted")
    mails = await outbox.messages_about(lab.context.writer, f"suspension:{case.id}")
    assert [mail.purpose for mail in mails] == ["notice"]
    assert case.effect_message_id == ""


async def test_own_words_for_before_do_not_go_out_after(lab: Lab) -> None:
    """An owed notice is then drawn without them: the client is told in any case."""
    case = await lab.draft("service-threat")
    draft = await lab.part.notices.draft(case, "fr", "before")
    case = await lab.tell(case, replace(draft, by=OMAR))
    written = replace(
        case.notice.text, body=case.notice.text.body.replace("va être", "sera bientôt")
    )
    event = ev.Edited(
        at=lab.now(), by=OMAR, text=written, drawn=case.notice.drawn, basis=case.notice.basis
    )
    case = await lab.tell(case, event)
    with pytest.raises(Conflict, match="another plan or another moment"):
        await lab.ordered(case)
    case = await lab.load(case)
    assert case.notice.mode == "after"
    assert case.ordered_at is None


async def test_the_mail_of_restoration_is_a_letter_too(lab: Lab) -> None:
    case = await lab.restored(await lab.suspended())
    found = await outbox.messages_about(lab.context.writer, f"suspension:{case.id}")
    (raw,) = [one.raw for one in found if one.purpose == "restored"]
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    text = plain(message)
    for needed in ("Vos services ont été rétablis", "VM rétablies", "clean", "heure de Paris"):
        assert needed in text


async def test_an_opening_that_cannot_be_used_does_not_keep_the_client_in_the_dark(
    lab: Lab, tmp_path: Path
) -> None:
    (tmp_path / "own" / "fr").mkdir(parents=True)
    (tmp_path / "own" / "fr" / "service-threat.txt").write_text("{% if %}", encoding="utf-8")
    case = await drafted(lab, "service-threat")
    suspension = replace(lab.context.config.suspension, mail_templates=tmp_path / "own")
    config = replace(lab.context.config, suspension=suspension)
    lab.context = lab.part.notices.context = dataclasses.replace(lab.context, config=config)
    with pytest.raises(Conflict, match=r"fr/service-threat\.txt"):
        await lab.part.notices.draft(case, "fr")
    letter = await lab.part.notices._ready(lab.context.writer, case, lab.now(), owed=True)
    assert "tribunaux compétents de Rennes" in letter[1].plain
