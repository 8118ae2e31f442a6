"""The data of the look-up agrees with itself and with the terms file."""

import tomllib
from collections import defaultdict
from importlib import resources
from pathlib import Path

import pytest

from noc_tui.contract.annexe2 import composites, judge, lexicon, model, questions
from noc_tui.contract.annexe2.own import lexicon_with, stand_ins_for
from noc_tui.contract.terms import load_terms

ROWS = {row.id for row in load_terms().annexe2}
DATA = resources.files("noc_tui.contract.annexe2") / "data"


def test_every_row_and_verdict_of_the_weights_is_known() -> None:
    shipped = model.load_model()
    assert set(shipped.rows) == ROWS
    assert set(shipped.verdicts) == {"in_scope", "out_of_scope", "not_annexe2", "ambiguous"}
    assert len(shipped.bias) == len(shipped.rows) + len(shipped.verdicts)
    width = len(shipped.bias)
    assert all(len(shipped.weights(name) or ()) == width for name in list(shipped.lines)[::97])


def test_affinities_name_concepts_and_rows_that_exist() -> None:
    concepts = {name for name in lexicon.load_sections() if name.startswith("concept.")}
    affinities = tomllib.loads((DATA / "affinities.toml").read_text(encoding="utf-8"))["concept"]
    assert {f"concept.{name}" for name in affinities} <= concepts
    assert {row for rows in affinities.values() for row in rows} <= ROWS


def test_composites_name_concepts_and_rows_that_exist() -> None:
    sections = lexicon.load_sections()
    concepts = {name[8:] for name in sections if name.startswith("concept.")}
    concepts |= {f"?{name[4:]}" for name in sections if name.startswith("cue.")}
    for composite in composites.load_composites():
        named = composite.every | composite.some | composite.none
        assert named <= concepts, composite.name
        assert composite.every | composite.some, composite.name
        assert (composite.every | composite.some).isdisjoint(composite.none), composite.name
        assert set(composite.rows) <= ROWS, composite.name


def test_questions_have_two_different_readings_of_different_verdicts() -> None:
    verdicts = {row.id: row.verdict for row in load_terms().annexe2}
    concepts = {name[8:] for name in lexicon.load_sections() if name.startswith("concept.")}
    for question in questions.load_questions():
        one, other = question.readings
        assert verdicts[one] != verdicts[other], question.id
        assert question.fr.endswith("?"), question.id
        assert question.en.endswith("?"), question.id
        assert set(question.about) <= concepts, question.id


def test_no_term_is_written_twice_in_a_concept() -> None:
    for name, terms in lexicon.load_sections().items():
        assert len(terms) == len(set(terms)), name


def test_no_word_alone_speaks_for_two_concepts_of_contrary_verdicts() -> None:
    """A single word that stands for both an Oui and a Non row would say nothing."""
    affinities = tomllib.loads((DATA / "affinities.toml").read_text(encoding="utf-8"))["concept"]
    verdicts = {row.id: row.verdict for row in load_terms().annexe2}
    said: dict[str, set[str]] = defaultdict(set)
    for name, terms in lexicon.load_sections().items():
        rows = affinities.get(name.removeprefix("concept."), {})
        strong = {verdicts[row] for row, strength in rows.items() if strength >= 3}
        for term in terms:
            if " " not in term and len(strong) == 1:
                said[term] |= strong
    assert {term: kinds for term, kinds in said.items() if len(kinds) > 1} == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "own.toml"),
        ("[other.x]\nterms = []", "[other]"),
        ("[concept.x]\nwords = []", "[concept.x]"),
        ("[concept.x]\nterms = [1]", "[concept.x]"),
    ],
)
def test_a_bad_vocabulary_file_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(lexicon.VocabularyError) as caught:
        lexicon.read_sections(text, "own.toml")
    assert told in str(caught.value)


def test_a_hosters_own_words_are_read_as_the_concept_they_are_given_to(tmp_path: Path) -> None:
    verdicts = {row.id: row.verdict for row in load_terms().annexe2}
    ticket = "Merci d'installer Zorgaflex sur le serveur"
    own = tmp_path / "own.toml"
    own.write_text('[concept.antivirus]\nterms = ["zorgaflex"]\n', encoding="utf-8")
    assert judge.load_judge(verdicts).answer(ticket).row != "antivirus"
    assert judge.load_judge(verdicts, own).answer(ticket).row == "antivirus"


def test_a_hosters_own_words_are_put_in_words_that_sentences_were_learnt_in(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = (
        '[concept.antivirus]\nterms = ["zorgaflex*"]\n[concept.rds]\nterms = ["la salle bleue"]\n'
    )
    own.write_text(text, encoding="utf-8")
    put_in = stand_ins_for(own)
    assert put_in("Zorgaflex2 dans la salle bleue, été") == "antivirus dans rds, été"
    assert put_in("Rien de cela") == "Rien de cela"
    assert stand_ins_for(None)("Zorgaflex") == "Zorgaflex"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[concept.nothing]\nterms = ["x"]', "[concept.nothing]"),
        ('[concept.antivirus]\nterms = ["rgpd"]', "concept.gdpr"),
        ('[concept.antivirus]\nterms = ["ddos"]', "'ddos'"),
    ],
)
def test_own_words_that_contradict_the_shipped_ones_are_refused(
    tmp_path: Path, text: str, told: str
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(lexicon.VocabularyError) as caught:
        lexicon_with(own)
    assert told in str(caught.value)
    assert str(own) in str(caught.value)


def test_terms_know_prefixes_choices_and_gaps() -> None:
    made = lexicon.Lexicon({"concept.x": ["pare feu(x)?", "ouvr* ~ port(s)?", "(a|b) c"]})
    assert lexicon.expand("(a|b) (c )?d") == ["a c d", "a d", "b c d", "b d"]
    assert [hit.last for hit in made.find(["ouvrir", "un", "autre", "port"])] == [3]
    assert not list(made.find(["ouvrir", "un", "tout", "autre", "vieux", "port"]))
    assert list(made.find(["b", "c"]))
    with pytest.raises(lexicon.VocabularyError):
        lexicon.Lexicon({"concept.x": ["~ seul"]})
