"""What a notice says (R16): every ground, language and moment; and nothing foreign runs."""

import itertools
import re
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.suspension.maturity import matures_at
from noc_tui.contract.suspension.notice import Moment
from noc_tui.contract.suspension.notice_facts import collect_notice_facts
from noc_tui.contract.suspension.values import (
    Case,
    Condition,
    PlannedGuest,
    Schedule,
    Tick,
    TickEvidence,
    Unproven,
    Waiver,
)
from noc_tui.i18n import Language
from noc_tui.letters.grounds import ground_words
from noc_tui.letters.layout import PrintedLetter, lay_out
from noc_tui.letters.letter import LetterSender
from noc_tui.letters.notice_part import BLANK, MARKS
from noc_tui.letters.suspension_notice import fill_marks, write_notice
from noc_tui.letters.writing import Writing
from tests.support.cases import NOW, OMAR, TERMS, filled, guest, suspended

SENDER = LetterSender(
    name="Exemple",
    contact="noc@example.fr",
    phone="+33 2 00 00 00 00",
    legal_name="Exemple SAS",
    legal_form="société par actions simplifiée",
    capital="10 000 €",
    registration="RCS Rennes 000 000 000",
    address="1 rue de l’Exemple, 35000 Rennes",
    complaints="reclamations@example.fr",
    authorities="autorites@example.fr",
    users="abuse@example.fr",
)
EVIL = "Acme\r\nBcc: x@evil.example {{ 7*191 }} <b>x</b> [b]\u202e"
GROUNDS = [row.id for row in TERMS.grounds]
PLACE = "https://www.example.fr/films/"
MOMENTS: tuple[Moment, ...] = ("before", "at", "after")


def printed(case: Case, language: Language = "fr", moment: Moment = "before") -> PrintedLetter:
    facts = collect_notice_facts(case, TERMS, moment)
    letter = write_notice(facts, SENDER, language, "")
    filled_in = fill_marks(letter.body, facts, language, matures_at(case, TERMS, NOW))
    return lay_out(
        type(letter)(language, letter.subject, letter.recipient, letter.reference, filled_in),
        SENDER,
        NOW,
    )


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_every_ground_says_what_r16_asks(ground: str, language: Language) -> None:
    text = printed(filled(ground), language).plain
    article = TERMS.ground(ground).article
    for needed in (
        "S-1",
        "Acme",
        "web101 (VM 101, cluster rennes)",
        f"article {article} (",
        ground_words(TERMS.ground(ground), Writing(language)),
        "reclamations@example.fr",
        "Exemple SAS",
        "RCS Rennes",
        "noc@example.fr",
        "autorites@example.fr",
        "abuse@example.fr",
    ):
        assert needed in text, needed
    assert not any(mark in text for mark in MARKS)
    assert re.search(r"\bR\d", text) is None
    assert ("Rennes (article 18" in text) == (ground != "authority-request")


@pytest.mark.parametrize(("ground", "language"), [*itertools.product(GROUNDS, ("fr", "en"))])
def test_the_tense_is_that_of_the_moment(ground: str, language: Language) -> None:
    before = printed(filled(ground), language, "before").plain
    later = printed(suspended(), language, "after").plain
    going = {"fr": "va être appliquée", "en": "is going to be applied"}[language]
    if ground == "maintenance":
        going = {"fr": "va interrompre", "en": "is going to interrupt"}[language]
    done = {"fr": "a été appliquée", "en": "has been applied"}[language]
    assert going in before
    assert done not in before
    assert done in later
    assert going not in later


def test_a_report_about_content_says_where_why_and_how_far() -> None:
    given = {"content_location": "https://a.example.fr/x", "why_unlawful": "hameçonnage"}
    for ground, said in (("authority-report", True), ("charte-breach", True), ("attack", False)):
        case = filled(ground)
        case = msgspec.structs.replace(case, facts={**case.facts, **given})
        text = printed(case, "fr").plain
        for needed in (*given.values(), "sans limite territoriale"):
            assert (needed in text) == said, (ground, needed)


def test_after_it_took_effect_the_start_and_the_deadline_are_dates() -> None:
    case = suspended(scope="tenant")
    text = printed(case, "fr", "after").plain
    assert "Début\u00a0: mardi 10 mars 2026 à 10\u00a0h (heure de Paris)" in text
    assert "expire le mercredi 25 mars 2026 à 10\u00a0h (heure de Paris)" in text
    drafted = collect_notice_facts(filled(scope="tenant"), TERMS, "at")
    body = write_notice(drafted, SENDER, "fr", "").body
    assert "⟦date et heure de début⟧" in body
    assert "⟦échéance⟧" in body


def with_facts(case: Case, **facts: str) -> Case:
    return msgspec.structs.replace(case, facts={**case.facts, **facts})


def test_a_prior_notice_of_maintenance_tells_the_window_and_not_today() -> None:
    text = printed(filled("maintenance")).plain
    assert "Début\u00a0: jeudi 12 mars 2026 à 22\u00a0h (heure de Paris)" in text
    assert "Fin\u00a0: vendredi 13 mars 2026 à 2\u00a0h (heure de Paris), soit 4\u00a0h" in text
    assert "rien ne vous est reproché" in text
    assert "résili" not in text


def test_guest_users_are_blamed_only_when_the_facts_say_so() -> None:
    case = filled("contract-breach")
    assert "Invités" not in printed(case).plain
    assert "article 8 (Obligations du client)" in printed(case).plain
    blamed = with_facts(case, breach_by="guest-user")
    assert "un de vos Invités" in printed(blamed).plain


def test_amounts_and_days_of_a_debt_are_french() -> None:
    text = printed(filled("late-payment")).plain
    assert "Montant dû\u00a0: 1\u202f250,00\u00a0€" in text
    assert "Émise le\u00a0: 5 janvier 2026" in text
    assert "EUR" not in text
    assert "2026-" not in text.replace("F-2026-001", "")


def test_the_notifier_of_content_is_not_named() -> None:
    text = printed(filled("regulation-breach-5-1")).plain
    assert "a rights holder" not in text
    assert "dont l’identité n’est pas communiquée" in text
    assert "https://files.example.fr/x" in text
    assert "sans limite territoriale" in text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("none", "Aucun moyen automatisé"),
        ("detection", "moyens de détection automatisés"),
        ("", "décidée par une personne, sans moyen automatisé"),
        (
            "filtre de messagerie",
            "ayant servi au constat\u00a0: filtre de messagerie. La mesure a été décidée",
        ),
    ],
)
def test_automated_means_are_told_as_far_as_they_are_known(given: str, says: str) -> None:
    assert says in printed(with_facts(filled("attack"), automated_means=given)).plain


def test_an_authoritys_order_is_contested_where_it_says() -> None:
    case = with_facts(
        filled("authority-request"), order_redress="tribunal administratif, deux mois"
    )
    text = printed(case).plain
    assert "tribunal administratif, deux mois" in text
    assert "tribunaux compétents de Rennes" not in text
    assert "pas prononcée à vos torts" in text
    assert "Ce que nous vous demandons" in text
    assert "ne contournez pas la mesure par un autre moyen" in text


def test_what_was_observed_is_told_with_its_time_and_its_proof() -> None:
    proof = (TickEvidence(kind="log", text="4 000 mails an hour", sha256="ab" * 32),)
    case = with_facts(
        filled("attack"),
        observed="balayage de ports vers internet",
        observed_at="2026-03-10T03:12:00+01:00",
        source="own",
    )
    case = msgspec.structs.replace(case, ticks=(Tick(target="finding", evidence=proof),))
    text = printed(case).plain
    for needed in (
        "balayage de ports vers internet",
        "mardi 10 mars 2026 à 3\u00a0h\u00a012",
        "nos propres constatations",
        "extrait de journal\u00a0: «\u00a04 000 mails an hour\u00a0»",
        f"SHA-256 {'ab' * 32}",
    ):
        assert needed in text, needed


def test_an_emergency_says_what_it_protects_and_why_it_could_not_wait() -> None:
    text = printed(filled("emergency"), "en").plain
    for needed in (
        "What was found: 4 000 connections an hour",
        "What the measure protects: other tenants",
        "Why the measure could not wait: other tenants were out",
        "These facts are shown by the following",
    ):
        assert needed in text, needed


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_order_is_told_with_its_kind_its_words_and_its_term(language: Language) -> None:
    case = with_facts(
        filled("authority-request"),
        kind="content-removal",
        legal_basis=load_order_kinds().kind[1].basis.fr,
        due_by="2026-03-11T08:30:00+01:00",
    )
    text = printed(case, language).plain
    kind = load_order_kinds().of("content-removal")
    assert kind is not None
    day = {"fr": "mercredi 11 mars 2026 à 8\u00a0h\u00a030", "en": "Wednesday 11 March 2026"}
    for needed in (kind.label.in_(language), kind.basis.in_(language), day[language]):
        assert needed in text, needed
    quoted = {"fr": "«\u00a0take it off the network\u00a0»", "en": "“take it off the network”"}
    assert quoted[language] in text


@pytest.mark.parametrize(
    ("moment", "by"),
    [
        ("before", "By when: Tuesday 10 March 2026 at 09:00 (Paris time)"),
        ("after", "By when: as soon as you receive this letter"),
    ],
)
def test_a_term_that_was_over_when_the_measure_was_taken_is_not_asked_for(
    moment: Moment, by: str
) -> None:
    case = suspended() if moment == "after" else filled()
    asked = with_facts(case, remedy_by="2026-03-10T09:00:00+01:00")
    assert by in printed(asked, "en", moment).plain
    later = with_facts(case, remedy_by="2026-03-11T09:00:00+01:00")
    assert "By when: Wednesday 11 March 2026 at 09:00" in printed(later, "en", moment).plain


def test_the_rule_of_article_5_1_is_named_and_no_fraud_that_nobody_stated() -> None:
    case = msgspec.structs.replace(filled("art-5-1-breach"), aspects=("abusive",))
    assert "Règle enfreinte\u00a0: interdiction de toute utilisation abusive" in printed(case).plain
    assert "fraud" not in printed(filled("risk-abnormal-fraud")).plain


def test_the_regulation_on_digital_services_is_cited_for_content_alone() -> None:
    third = with_facts(filled("charte-breach"), source="third-party", content_location="")
    assert "2065, article 17)" not in printed(third).plain
    assert "2065, article 17)" in printed(filled("regulation-breach-5-1")).plain


def test_answers_of_another_ground_are_not_told() -> None:
    text = printed(filled("attack")).plain
    assert "F-2026-001" not in text
    assert "files.example.fr" not in text
    assert "Tribunal" not in text


def test_names_never_run_forge_or_break_a_line() -> None:
    named = PlannedGuest(ref=guest(101).ref, kind="qemu", name=EVIL)
    case = with_facts(filled("late-payment"), invoice_ref=EVIL, remedy=EVIL)
    plan = msgspec.structs.replace(case.plan, guests=(named,))
    evil = msgspec.structs.replace(case, tenant_name=EVIL, plan=plan)
    letter = printed(evil)
    assert "1337" not in letter.plain
    assert "\n" not in letter.subject
    assert not any(line.startswith("Bcc") for line in letter.plain.splitlines())
    assert "\u202e" not in letter.plain + letter.html
    assert "<b>" not in letter.html
    assert "&lt;b&gt;" in letter.html


def test_html_says_what_the_text_says() -> None:
    letter = printed(filled("attack"))
    assert letter.html.count("<h2>") == 7
    for line in letter.plain.splitlines():
        bare = line.removeprefix("- ")
        assert bare in letter.html.replace("&#x27;", "'").replace("&quot;", '"'), line
    assert "<script" not in letter.html


def test_a_missing_answer_is_a_blank() -> None:
    case = filled("attack")
    facts = {key: answer for key, answer in case.facts.items() if key != "remedy"}
    assert BLANK in printed(msgspec.structs.replace(case, facts=facts)).plain


@given(
    ground=st.sampled_from(GROUNDS),
    language=st.sampled_from(("fr", "en")),
    moment=st.sampled_from(MOMENTS),
    answer=st.text(max_size=40),
    key=st.sampled_from(
        ("remedy", "observed", "observed_at", "expected_end", "order_days", "issue_date", "amount")
    ),
)
def test_no_answer_breaks_the_letter(
    ground: str, language: Language, moment: Moment, answer: str, key: str
) -> None:
    case = msgspec.structs.replace(with_facts(filled(ground), **{key: answer}), started_at=NOW)
    letter = printed(case, language, moment)
    assert letter.plain.isprintable() or "\n" in letter.plain
    assert "\r" not in letter.plain


def planned(case: Case, means: tuple[str, ...], ports: tuple[str, ...] = ()) -> Case:
    return msgspec.structs.replace(
        case, plan=msgspec.structs.replace(case.plan, means=means, ports=ports)
    )


def test_withdrawn_access_is_told_where_it_is_chosen_and_first() -> None:
    case = filled("attack")
    assert "acme@pve" not in printed(case).plain
    text = printed(planned(case, ("vm_cut_network", "barrier"))).plain
    assert "compte concerné\u00a0: acme@pve" in text
    assert text.index("acme@pve") < text.index("déconnexion")


@pytest.mark.parametrize(
    ("means", "ports", "says"),
    [
        ("vm_block_smtp_out", (), "trafic sortant\u00a0: TCP, ports 25, 465 et 587"),
        ("vm_public_ip_off", (), "adresses publiques, dans les deux sens"),
        ("vm_internet_cut", (), "adresses publiques, dans les deux sens"),
        ("udp_icmp_limit", (), "trafic entrant\u00a0: UDP, tous ports\u00a0; ICMP"),
        ("port_filter", ("out:tcp:6660:6669,7000",), "TCP, ports 6660–6669 et 7000"),
        ("protocol_limit", ("in:tcp:22",), "trafic entrant\u00a0: TCP, port 22"),
        ("vm_stop", (), "un arrêt propre sera demandé"),
        ("content_removal", (), "demande de retrait du contenu"),
    ],
)
def test_a_measure_is_told_in_the_words_of_what_is_done(
    means: str, ports: tuple[str, ...], says: str
) -> None:
    assert says in printed(planned(filled("attack"), (means,), ports)).plain


def test_a_remedy_that_was_set_aside_leaves_no_blank() -> None:
    """An owed notice would else never leave."""
    case = filled("attack")
    facts = {key: answer for key, answer in case.facts.items() if key != "remedy"}
    waiver = Waiver(step="remedy", reason="not known yet", by=OMAR, at=NOW)
    text = printed(msgspec.structs.replace(case, facts=facts, waivers=(waiver,))).plain
    assert BLANK not in text
    assert "dès que nous le savons" in text


def test_a_hoster_without_an_address_is_answered_by_mail() -> None:
    facts = collect_notice_facts(filled("attack"), TERMS, "before")
    body = write_notice(facts, LetterSender(name="Exemple"), "fr", "").body
    assert "en répondant au présent courrier" in body
    assert BLANK not in body


def test_the_term_of_an_order_is_the_authoritys() -> None:
    case = with_facts(filled("authority-request"), order_until="2026-04-01T12:00:00+02:00")
    assert (
        "mercredi 1er avril 2026 à 12\u00a0h (heure de Paris), selon le terme"
        in printed(case).plain
    )
    days = with_facts(filled("authority-request"), order_days="30")
    assert "après 30\u00a0jours, selon le délai fixé par l’autorité" in printed(days).plain


def with_means(case: Case, *means: str) -> Case:
    return msgspec.structs.replace(case, plan=msgspec.structs.replace(case.plan, means=means))


@pytest.mark.parametrize(
    ("means", "said"),
    [
        (("vm_public_ip_off",), True),
        (("vm_block_smtp_out",), True),
        (("vm_block_smtp_out", "vm_cut_network"), False),
        (("vm_public_ip_off", "vm_stop"), False),
        (("vm_cut_network",), False),
    ],
)
def test_a_filter_says_that_open_connections_may_go_on(means: tuple[str, ...], said: bool) -> None:
    text = printed(with_means(filled(), *means), "en").plain
    assert ("Connections that are already open may continue" in text) == said


def test_what_was_only_configured_is_told_as_such_once_it_was_done() -> None:
    case = with_means(suspended("charte-breach"), "vm_public_ip_off")
    doubt = Unproven(guest=case.plan.guests[0].ref, means="vm_public_ip_off", kind="configured")
    doubtful = msgspec.structs.replace(case, unproven=(doubt,))
    text = printed(doubtful, "en", "at").plain
    assert "were not seen to take effect yet:" in text
    assert "- Disable the public IP addresses: web101 (VM 101, cluster rennes)" in text
    for without in (printed(case, "en", "at"), printed(doubtful, "en", "before")):
        assert "not seen to take effect" not in without.plain


def test_an_order_s_notice_names_its_legal_basis() -> None:
    text = printed(filled("authority-request"), "en", "at").plain
    assert "Legal basis: article 60-1 of the code of criminal procedure" in text


def test_one_vm_and_one_measure_are_told_in_the_singular() -> None:
    case = with_means(filled("attack"), "vm_cut_network")
    alone = msgspec.structs.replace(case.plan, guests=(guest(101),))
    one = printed(msgspec.structs.replace(case, plan=alone)).plain
    for needed in ("VM concernée\u00a0:", "Mesure qui va être prise\u00a0:", "Elle s’applique à"):
        assert needed in one, needed
    plan = msgspec.structs.replace(
        case.plan, guests=(guest(101), guest(102)), means=("vm_cut_network", "vm_stop")
    )
    more = printed(msgspec.structs.replace(case, plan=plan)).plain
    for needed in ("VM concernées\u00a0:", "Mesures qui vont être prises", "Elles s’appliquent à"):
        assert needed in more, needed


@pytest.mark.parametrize(
    ("moment", "means", "says"),
    [
        ("before", "vm_cut_network", "la mesure n’a alors plus lieu d’être."),
        ("at", "vm_cut_network", "nous le vérifions et rétablissons les services."),
        ("after", "vm_cut_network", "nous le vérifions et rétablissons les services."),
        ("at", "content_removal", "nous le vérifions.\n"),
    ],
)
def test_services_are_restored_only_after_something_was_done(
    moment: Moment, means: str, says: str
) -> None:
    assert says in printed(with_means(suspended("attack"), means), "fr", moment).plain


def test_a_territory_is_told_of_content_and_of_nothing_else() -> None:
    assert "sans limite territoriale" in printed(filled("regulation-breach-5-1")).plain
    elsewhere = with_facts(filled("art-5-1-breach"), content_location="")
    assert "sans limite territoriale" not in printed(elsewhere).plain


def test_a_rule_of_the_charte_is_cited_with_its_annex() -> None:
    case = filled("regulation-breach-5-1")
    tick = Tick(target="C5", evidence=(TickEvidence(kind="text", text="copie de la page"),))
    text = printed(msgspec.structs.replace(case, ticks=(*case.ticks, tick))).plain
    assert "Règle de la Charte\u00a0:" in text
    assert "annexe 1 (Charte de bonne conduite)" in text


def test_a_least_delay_in_hours_is_not_rounded_to_a_day() -> None:
    case = filled("contract-breach")
    plan = msgspec.structs.replace(case.plan, schedule=Schedule())
    text = printed(msgspec.structs.replace(case, plan=plan)).plain
    assert "au plus tôt le mercredi 11 mars 2026 à 10\u00a0h (heure de Paris)" in text


def test_what_was_paid_is_told_where_a_part_is_still_due() -> None:
    text = printed(with_facts(filled("late-payment"), unpaid_part="250.00")).plain
    assert "Déjà reçu\u00a0: 1\u202f000,00\u00a0€" in text
    assert "Montant dû\u00a0: 250,00\u00a0€" in text


@pytest.mark.parametrize(
    ("language", "scope", "said"),
    [
        ("en", "take it off the network until further order", True),
        ("en", "couper l’accès au site de la société et en informer le tribunal", False),
        ("fr", "take it off the network until further order", False),
    ],
)
def test_english_words_of_a_french_order_are_a_translation(
    language: Language, scope: str, said: bool
) -> None:
    text = printed(with_facts(filled("authority-request"), scope_verbatim=scope), language).plain
    assert scope in text
    assert ("translation" in text or "traduction" in text) is said


def test_a_filter_of_icmp_leaves_ipv6_its_neighbours() -> None:
    """Neighbour discovery and the packet size of IPv6 are ICMPv6: the letter says that it stays."""
    assert not any("ipv6" in port for port in TERMS.means_of("udp_icmp_limit").ports)
    plan = msgspec.structs.replace(filled().plan, means=("udp_icmp_limit",), barrier=())
    text = printed(msgspec.structs.replace(filled(), plan=plan), "en").plain
    assert "ICMP over IPv4" in text
    assert "ICMPv6, without which IPv6 does not work, is not blocked." in text
    assert "ICMPv6" not in printed(filled(), "en").plain


def test_an_order_is_told_with_its_reasons_its_place_and_its_territory() -> None:
    """Regulation (EU) 2022/2065, article 9: what the order does not say is told as not said."""
    text = printed(with_facts(filled("authority-request"), content_location=PLACE)).plain
    assert "Motifs de l’ordre\u00a0: non communiqués" in text
    assert f"Contenu visé\u00a0: {PLACE}" in text
    assert "Portée territoriale de l’ordre\u00a0: non précisée" in text
    known = {"order_reasons": "contrefaçon", "order_territory": "France"}
    text = printed(with_facts(filled("authority-request"), content_location=PLACE, **known)).plain
    assert "Motifs de l’ordre\u00a0: contrefaçon" in text
    assert "Portée territoriale de l’ordre\u00a0: France" in text


def test_our_choice_of_measures_is_not_laid_at_the_door_of_the_authority() -> None:
    text = printed(filled("authority-request")).plain
    assert "celles que nous avons retenues pour y satisfaire" in text
    assert "jusqu’à nouvelle décision de l’autorité" in text


def test_nothing_is_said_of_vms_that_nobody_looked_at() -> None:
    text = printed(filled()).plain
    assert "celles qui dépendent de celles-ci peuvent s’en trouver affectées" in text
    assert "ne sont pas concernés" not in text
    assert (
        "Aucune mesure n’est prise sur vos autres VM" not in printed(filled(scope="tenant")).plain
    )


@pytest.mark.parametrize(
    ("means", "left"),
    [
        (("vm_block_smtp_out",), "inchangé, seul le trafic désigné ci-dessus"),
        (("vm_public_ip_off",), "par la console de la plateforme et par les réseaux privés"),
        (
            ("vm_cut_network",),
            "par la console de la plateforme\u00a0; le réseau de la VM est coupé",
        ),
        (("vm_cut_network", "vm_stop"), ""),
        (("barrier", "vm_public_ip_off"), ""),
    ],
)
def test_the_way_to_the_data_follows_from_the_measures(means: tuple[str, ...], left: str) -> None:
    case = filled()
    case = msgspec.structs.replace(case, plan=msgspec.structs.replace(case.plan, means=means))
    text = printed(case).plain
    line = next(line for line in text.splitlines() if line.startswith("Accès à vos données"))
    assert left in line
    assert ("inchangé" in line) == bool(left)
    assert "by ticket, supervised" in line


def test_a_breach_names_the_obligation_and_whose_account_it_was() -> None:
    case = with_facts(
        filled("contract-breach"), duty_breached="ne pas nuire", breach_by="guest-user"
    )
    text = printed(case).plain
    assert "Obligation enfreinte\u00a0: ne pas nuire" in text
    assert "avec le compte d’un de vos Invités" in text


def test_of_a_clause_with_limbs_the_letter_states_what_the_facts_show() -> None:
    case = msgspec.structs.replace(filled("risk-abnormal-fraud"), aspects=("abnormal", "endangers"))
    text = printed(case).plain
    assert "Utilisation anormale des services\u00a0; Utilisation mettant en péril" in text
    assert "ou présentant un risque" not in text


def test_the_client_is_told_why_a_milder_measure_was_not_enough() -> None:
    said = "Pourquoi une mesure moins contraignante ne suffisait pas"
    assert said in printed(filled(), moment="at").plain
    assert "moins contraignante ne suffirait pas" in printed(filled(), moment="before").plain
    case = filled()
    plan = msgspec.structs.replace(case.plan, means=("vm_block_smtp_out",))
    mildest = msgspec.structs.replace(case, plan=plan)
    assert said not in printed(mildest, moment="at").plain


def test_what_carries_out_a_conditional_order_is_said() -> None:
    case = filled("late-payment")
    start = NOW + timedelta(days=10)
    schedule = Schedule(start=start, conditions=(Condition(kind="unpaid"),))
    plan = msgspec.structs.replace(case.plan, schedule=schedule)
    case = msgspec.structs.replace(case, plan=plan)
    assert "notre système l’applique à l’heure prévue" in printed(case).plain
    late = printed(case, moment="at").plain
    assert "notre système l’a appliquée à l’heure fixée" in late
    assert "n’a pu vous être annoncée" in late
    assert "la condition annoncée" not in late
    assert "sans moyen automatisé" in printed(filled("late-payment")).plain


def test_a_late_notice_says_that_it_is_and_why() -> None:
    case = filled("contract-breach")
    why = msgspec.structs.replace(case.notice, mode="waived", reason="serveur injoignable")
    text = printed(msgspec.structs.replace(case, notice=why), moment="at").plain
    assert "n’a pu vous être adressée avant la mesure" in text
    assert "serveur injoignable" in text
    assert "après la prise d’effet" in printed(filled("attack"), moment="after").plain
    assert "après la prise d’effet" not in printed(filled("attack"), moment="at").plain


def test_a_debt_is_told_with_its_due_date_and_how_to_pay_it() -> None:
    text = printed(with_facts(filled("late-payment"), unpaid_part="250.00")).plain
    assert "Échéance\u00a0: 28 février 2026" in text
    assert "Montant de la facture (TTC)" in text
    assert "les services sont alors rétablis sans délai" in text


def test_whoever_may_have_lost_data_is_told_of_its_duty() -> None:
    assert "article 33" in printed(filled("service-threat")).plain
    assert "article 33" not in printed(filled("contract-breach")).plain


def test_articles_named_beside_are_cited_and_no_others() -> None:
    text = printed(with_facts(filled("emergency"), also_articles="9, 99")).plain
    assert "Également\u00a0: article 9 (" in text
    assert "99" not in text.split("2. Fondement")[1].split("3. Mesures")[0]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_third_partys_report_is_named_and_not_quoted(language: Language) -> None:
    proof = TickEvidence(kind="report", text="watchers.eml", sha256="ab" * 32, number=3)
    case = filled("charte-breach")
    case = msgspec.structs.replace(case, ticks=(Tick(target="C7", evidence=(proof,)),))
    text = " ".join(printed(case, language).plain.split())
    assert "watchers" not in text
    assert ("pièce n° 3" if language == "fr" else "exhibit no. 3") in text.replace("\u00a0", " ")
