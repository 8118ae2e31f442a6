"""Writes README.txt of a pack, in French and in English."""

from noc_tui.text import visible

_FRENCH = """\
DOSSIER DE PREUVES : {subject}

Entrées du journal de preuve qui concernent ce sujet : {count}
  ici en entier : {in_full}
  ici par leur seule empreinte, car elles parlent aussi d'autres clients : {shared}{note}

  manifest.json   ce que le dossier contient : sujet, nombre d'entrées, empreinte de chaque fichier
  manifest.sig    la signature de manifest.json (Ed25519)
  timeline.md     les entrées dans l'ordre, pour la lecture
  entries.jsonl   les mêmes entrées, complètes, une par ligne
  documents/      les courriels et journaux que ces entrées contiennent
  links.jsonl     une empreinte de chaque entrée de la chaîne, y compris celles d'autrui
  key.pem         la clé publique du signataire
  verify.py       un programme de vérification

COMMENT VÉRIFIER. Ne faites pas confiance au programme verify.py de ce dossier : qui a pu modifier
le dossier a pu le modifier aussi. Obtenez le vérificateur et la clé par une autre voie :

  1. le vérificateur : le programme noc-tui installé sur une autre machine, ou le fichier
     noc_tui/evidence/pack_verifier.py de ses sources (Python 3.9 ou plus récent, rien d'autre) ;
  2. la clé : key.pem d'un dossier reçu plus tôt, ou une empreinte de tête signée, reçue plus tôt.

  noc-tui evidence verify-pack dossier.zip --key cle.pem
  python3 -I pack_verifier.py dossier.zip --key cle.pem

La première ligne est le verdict : « intact » si tout concorde ; sinon altered (modifié),
incomplete (incomplet), truncated (tronqué), unsigned (non signé), key-changed (clé changée sans
l'accord de la précédente), wrong-key (autre clé que la vôtre), forked (autre histoire que celle
de vos empreintes de tête) ou unreadable (illisible). Le code de sortie est 0 pour intact seulement.
Sans --key, le dossier peut être signé par n'importe qui. Avec --head et des empreintes de tête
reçues plus tôt, on voit aussi si l'histoire a été réécrite depuis par le détenteur de la clé.
"""

_ENGLISH = """\
EVIDENCE PACK: {subject}

Entries of the evidence log that concern this subject: {count}
  in full here: {in_full}
  by their hash only, since they tell of other tenants too: {shared}{note}

  manifest.json   what the pack holds: subject, number of entries, digest of each file
  manifest.sig    the signature over manifest.json (Ed25519)
  timeline.md     the entries in order, to be read
  entries.jsonl   the same entries in full, one a line
  documents/      the mails and logs that these entries hold
  links.jsonl     a hash for every entry of the chain, those about others included
  key.pem         the signer's public key
  verify.py       a verifier

HOW TO CHECK IT. Do not trust the verify.py of this pack: who could change the pack could change it
too. Get the verifier and the key from elsewhere:

  1. the verifier: the program noc-tui as it is installed on another machine, or the file
     noc_tui/evidence/pack_verifier.py of its sources (Python 3.9 or newer, nothing else);
  2. the key: key.pem of a pack that you received earlier, or a signed head received earlier.

  noc-tui evidence verify-pack pack.zip --key key.pem
  python3 -I pack_verifier.py pack.zip --key key.pem

The first line is the verdict: "intact" if everything agrees; else altered, incomplete, truncated,
unsigned, key-changed (a key that the one before did not endorse), wrong-key (another key than
yours), forked (another history than your heads know) or unreadable. The exit code is 0 for intact
only. Without --key the pack may be signed by anybody. With --head and signed heads that you
received earlier, you also see whether the holder of the key has rewritten history since.
"""

_UNSIGNED_FRENCH = """

ATTENTION : nocd n'était pas joignable lors de l'export : le dossier n'est pas signé.
Entrées postérieures à la dernière empreinte de tête signée, que rien ne couvre : {uncovered}"""

_UNSIGNED_ENGLISH = """

CAUTION: nocd could not be reached when this was exported: the pack is not signed.
Entries after the last signed head, which no signature covers: {uncovered}"""


def readme(subject: str, *, count: int, shared: int, signed: bool, uncovered: int) -> str:
    """The text. `uncovered` entries came after the head."""
    notes = ("", "") if signed else (_UNSIGNED_FRENCH, _UNSIGNED_ENGLISH)
    return "\n".join(
        text.format(
            subject=visible(subject),
            count=count,
            in_full=count - shared,
            shared=shared,
            note=note.format(uncovered=uncovered),
        )
        for text, note in zip((_FRENCH, _ENGLISH), notes, strict=True)
    )
