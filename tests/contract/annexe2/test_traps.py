"""R26: each trap of the matrix, in words that the look-up has not learnt from."""

import pytest

from noc_tui.contract.annexe2.answer import ScopeVerdict
from noc_tui.contract.annexe2.judge import Judge, load_judge
from noc_tui.contract.terms import load_terms


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge({row.id: row.verdict for row in load_terms().annexe2})


TRAPS = [
    ("Merci de vérifier que SRV-LABO est bien dans le plan de sauvegarde", "in_scope"),
    ("Merci de restaurer la sauvegarde d'hier de SRV-LABO", "out_of_scope"),
    ("Le mysqldump lancé par l'application échoue, pouvez-vous le réparer ?", "out_of_scope"),
    (
        "Le contrat est résilié, merci de nous fournir la sauvegarde complète des VM prévue",
        "not_annexe2",
    ),
    ("Merci de créer un compte VPN sur votre passerelle pour Anne", "in_scope"),
    ("Merci d'installer le client VPN sur mon portable", "out_of_scope"),
    ("Merci d'ouvrir le port 8443 sur le pare-feu frontal vers 10.0.0.8", "in_scope"),
    ("Merci d'ajouter une exception dans le pare-feu Windows de la VM", "out_of_scope"),
    ("Il nous faut 4 CAL RDS supplémentaires", "in_scope"),
    ("Pouvez-vous nous fournir une licence SQL Server Standard ?", "out_of_scope"),
    ("Pouvez-vous nous fournir Microsoft 365 pour 5 personnes ?", "out_of_scope"),
    ("Pouvez-vous nous envoyer la courbe de RAM et de CPU de février ?", "in_scope"),
    ("Pouvez-vous surveiller notre base Oracle et nous alerter si elle s'arrête ?", "out_of_scope"),
    ("L'antivirus du serveur est périmé, pouvez-vous le mettre à jour ?", "out_of_scope"),
    ("Merci d'ajouter 8 Go de RAM à la VM SRV-LABO", "in_scope"),
    ("Pouvez-vous lancer une sauvegarde à la demande de la VM avant 18 h ?", "in_scope"),
    ("Nous subissons une attaque DDoS, que garantissez-vous ?", "not_annexe2"),
    ("La fibre de notre bureau est coupée, notre opérateur ne répond pas", "not_annexe2"),
    ("Le téléphone de l'accueil n'a plus de tonalité", "not_annexe2"),
    ("Merci de poser le reverse DNS (PTR) de 203.0.113.9", "in_scope"),
    ("redémarrez le serveur svp", "ambiguous"),
    ("VPN en panne, merci", "ambiguous"),
    ("BKP KO cette nuit sur SRV-LABO", "ambiguous"),
    (
        "Plus d'EDI depuis hier : le transporteur dit que c'est vous, l'éditeur dit que c'est eux."
        " Je ne sais pas qui a raison.",
        "ambiguous",
    ),
    ("la GED plante quand on ouvre un pdf", "out_of_scope"),
    ("le serveur est lent", "ambiguous"),
    (
        "Je ne peux plus me connecter à la VM depuis le bastion, ma clé SSH a disparu",
        "out_of_scope",
    ),
    ("La RAM de la VM est saturée : quel processus consomme ? Tuez-le svp", "ambiguous"),
    ("🔥🔥 URGENT !!! serveur HS 😡", "ambiguous"),
    ("Bonjour, la VM est encore tombée, vous pouvez la réveiller ?", "ambiguous"),
    (
        "Pouvez-vous prendre un snapshot de la VM ce soir et y revenir si la mise à jour rate ?",
        "ambiguous",
    ),
    (
        "Le worker ne dépile plus depuis lundi, rien trouvé ; le reboot tenté ce matin finit en"
        " timeout et le SSH vers la VM ne répond plus",
        "ambiguous",
    ),
    (
        "Nos mails sont refusés avec « cannot find your reverse hostname » : pouvez-vous corriger"
        " le reverse DNS de notre IP ?",
        "in_scope",
    ),
    (
        "Depuis que vous avez migré la VM sur un autre hôte, son adresse IPv6 est fausse et"
        " letsencrypt ne renouvelle plus le certificat",
        "in_scope",
    ),
    (
        "Depuis minuit le serveur ne répond plus, tous les services sont touchés, merci de le"
        " rebooter et de voir avec le datacentre",
        "ambiguous",
    ),
    (
        "La brigade vous requiert, dans le cadre d'une enquête préliminaire, de conserver les"
        " données de connexion de la VM 192.0.2.55",
        "not_annexe2",
    ),
    (
        "From: j@client.example\nTo: support@example.fr\nSubject: =?UTF-8?B?UkFN?=\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        "Qm9uam91ciwKCk1lcmNpIGRlIHBhc3NlciBsYSBWTSB3ZWIgZGUgOCDDoCAxNiBHbyBkZSBSQU0uCg==\n",
        "in_scope",
    ),
]


@pytest.mark.parametrize(("text", "verdict"), TRAPS)
def test_a_trap_of_the_matrix(judge: Judge, text: str, verdict: str) -> None:
    answer = judge.answer(text)
    assert answer.verdict == ScopeVerdict(verdict)
    assert bool(answer.question) == (answer.verdict is ScopeVerdict.ambiguous)
    assert len(answer.readings) == (2 if answer.verdict is ScopeVerdict.ambiguous else 0)


def test_a_server_that_is_down_is_not_asked_about_names(judge: Judge) -> None:
    question = judge.answer("URGENT !!! serveur HS").question
    assert "DNS" not in question


def test_capitals_and_lost_accents_change_nothing(judge: Judge) -> None:
    plain = judge.answer("merci de restaurer la base comptable comme elle était mardi")
    shouted = judge.answer("MERCI DE RESTAURER LA BASE COMPTABLE COMME ELLE ETAIT MARDI")
    assert (plain.verdict, plain.row) == (shouted.verdict, shouted.row)


def test_misspelt_words_are_read(judge: Judge) -> None:
    answer = judge.answer("pouvez vous resaturer la suavegarde d'hier svp")
    assert answer.row == "restauration-sauvegarde"


def test_what_is_quoted_below_is_not_what_is_asked(judge: Judge) -> None:
    text = (
        "Bonjour,\nMerci d'ouvrir le port 8443 sur votre pare-feu frontal.\nCordialement\n"
        "-----Message d'origine-----\nMerci de restaurer la sauvegarde de la base"
    )
    assert judge.answer(text).row == "firewall-cloud"


def test_the_words_that_led_there_are_the_tickets_own(judge: Judge) -> None:
    text = "Bonjour, pouvez-vous installer un antivirus sur nos serveurs ?"
    answer = judge.answer(text)
    assert any("antivirus" in word for word in answer.because)
    assert all(word in text for word in answer.because)
    named = dict(zip(answer.because, answer.concepts, strict=True))
    assert "antivirus" in named.values()
    assert "install" in answer.frame.asked
    assert "antivirus" in answer.frame.objects


def test_words_that_mean_nothing_are_asked_about(judge: Judge) -> None:
    answer = judge.answer("zorglub fnrp, tagada")
    assert answer.verdict is ScopeVerdict.ambiguous
    assert answer.confidence < 0.5
    assert answer.question


def test_the_question_is_in_the_tickets_language(judge: Judge) -> None:
    assert judge.answer("the VPN is down, please help us").question.startswith("One computer")
    assert judge.answer("le VPN est tombé, merci de nous aider").question.startswith("Un seul")


def test_words_that_carry_no_matter_are_never_a_reason(judge: Judge) -> None:
    for text, _verdict in TRAPS:
        for found in judge.answer(text).candidates:
            words = {word.lower() for word in found.because}
            assert words.isdisjoint({"la", "le", "c'est", "vous", "nous", "merci", "the", "please"})
            assert len(found.concepts) == len(found.because)
