"""The mails: every ground in both languages, and no name of anything runs or forges anything."""

from pathlib import Path

import msgspec
import pytest

from noc_tui.contract.suspension.values import PlannedGuest
from noc_tui.daemon.suspension.mail_templates import BLANK, LetterError, Letters, Voice
from tests.support.cases import NOW, TERMS, filled, guest, suspended

VOICE = Voice("Exemple", "noc@example.fr")
EVIL = "Acme\r\nBcc: x@evil.example {{ 7*191 }} {% include '/etc/passwd' %} [b]\u202e"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("ground", [row.id for row in TERMS.grounds])
def test_every_ground_says_what_article_6_asks(ground: str, language: str) -> None:
    case = filled(ground)
    written = Letters(VOICE).notice(case, TERMS, language, NOW)
    whole = f"{written.subject}\n{written.body}"
    article = TERMS.ground(ground).article
    for needed in (case.id, "Acme", "web101 (rennes/101)", f"article {article}", "10:00"):
        assert needed in whole
    assert TERMS.ground(ground).label.in_(language) in whole
    assert VOICE.contact in whole
    assert "{{" not in whole
    assert BLANK not in whole


def test_after_the_fact_the_mail_says_so() -> None:
    assert "Nous avons suspendu" in Letters(VOICE).notice(suspended(), TERMS, "fr", NOW).body
    assert "Nous allons" in Letters(VOICE).notice(filled(), TERMS, "fr", NOW).body


def test_names_never_run_and_never_break_a_line() -> None:
    named = PlannedGuest(ref=guest(101).ref, kind="qemu", name=EVIL)
    case = filled("late-payment")
    plan = msgspec.structs.replace(case.plan, guests=(named,))
    facts = dict(case.facts) | {"invoice_ref": EVIL, "remedy": EVIL}
    evil = msgspec.structs.replace(case, tenant_name=EVIL, plan=plan, facts=facts)
    for letters in (Letters(VOICE), Letters(Voice(EVIL, EVIL))):
        written = letters.notice(evil, TERMS, "fr", NOW)
        assert "1337" not in written.subject + written.body
        assert "{{ 7*191 }}" in written.body
        assert "\n" not in written.subject
        assert not any(line.startswith("Bcc") for line in written.body.splitlines())
        assert "\u202e" not in written.body


def test_a_restored_guest_is_named_and_only_that_one() -> None:
    case = suspended()
    written = Letters(VOICE).restored(case, [guest(102).ref], "clean", "en", NOW)
    assert "web102" in written.body
    assert "web101" not in written.body
    assert "some of" in written.body


def test_a_hosters_own_template_comes_first_and_cannot_reach_out(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    own = tmp_path / "fr" / "attack.txt"
    own.write_text("Objet {{ case }}\n\nTexte de {{ hoster }}", encoding="utf-8")
    letters = Letters(VOICE, tmp_path)
    assert letters.notice(filled("attack"), TERMS, "fr", NOW).subject == "Objet S-1"
    own.write_text("{{ ''.__class__.__mro__[1].__subclasses__() }}", encoding="utf-8")
    with pytest.raises(LetterError, match=r"fr/attack\.txt"):
        Letters(VOICE, tmp_path).notice(filled("attack"), TERMS, "fr", NOW)
