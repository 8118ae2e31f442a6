"""Words what a case rests on and what was done with it: proofs, answers, who did what and when."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from noc_tui.contract.suspension.proofs import standing_proofs
from noc_tui.contract.suspension.values import Case, ClientAnswer, TickEvidence
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.text import visible
from storage.evidence import EntryHead

ACTS = {
    "suspension.opened": N_("case opened"),
    "suspension.edited": N_("draft changed"),
    "suspension.proof-withdrawn": N_("proof withdrawn"),
    "suspension.step-waived": N_("step set aside"),
    "suspension.checked": N_("checked"),
    "suspension.approved": N_("approved"),
    "suspension.notice-queued": N_("notice on its way"),
    "suspension.notice-delivered": N_("mail server's word on the notice"),
    "suspension.notice-set-aside": N_("notice set aside"),
    "suspension.ordered": N_("ordered"),
    "suspension.debt-seen": N_("debt looked at"),
    "suspension.insolvency-seen": N_("insolvency looked for"),
    "suspension.start-released": N_("planned start came"),
    "suspension.order-moved": N_("order moved to another time"),
    "suspension.start-held": N_("held at its planned start"),
    "suspension.condition-fell": N_("cancelled by itself"),
    "suspension.reviewed": N_("reviewed"),
    "suspension.cancelled": N_("dropped"),
    "suspension.execution-began": N_("execution began"),
    "suspension.executed": N_("carried out"),
    "suspension.drift-seen": N_("differences seen"),
    "suspension.reapply-ordered": N_("ordered again"),
    "suspension.data-access-set": N_("client's access to its data changed"),
    "suspension.client-answered": N_("client's answer entered"),
    "suspension.letter-sent": N_("termination letter posted"),
    "suspension.remedied": N_("cause remedied"),
    "suspension.restore-ordered": N_("restoration ordered"),
    "suspension.restored": N_("restored"),
    "mail.queued": N_("mail queued"),
    "mail.accepted": N_("mail accepted by the server"),
    "mail.refused": N_("mail refused by the server"),
    "evidence.erased": N_("content erased"),
}
"""What is done with a case, by the kind of its entry; other kinds are the program's own steps."""


def proof_lines(case: Case, sizes: Mapping[str, int], targets: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each proof that stands or was withdrawn, with who and when; `sizes` are
    those of the files that are kept, by their SHA-256, `targets` what they prove, by its id.
    """
    for target, proof in standing_proofs(case):
        yield f"{proof.number}. {targets.get(target, target)} · {_proof(proof, sizes)}"
    for gone in case.withdrawn:
        who, when = visible(gone.by.name), formats.instant(gone.at)
        yield (
            f"{gone.evidence.number}. {targets.get(gone.target, gone.target)} · "
            f"{visible(gone.evidence.text)} · "
            + _("withdrawn by {who} on {when}: {reason}").format(
                who=who, when=when, reason=visible(gone.reason)
            )
        )


def _proof(proof: TickEvidence, sizes: Mapping[str, int]) -> str:
    parts = [visible(proof.text)]
    if proof.has_file:
        kept = sizes.get(proof.sha256)
        parts.append(_("not kept") if kept is None else formats.size(kept))
        parts.append(f"sha256 {proof.sha256[:12]}")
    if proof.by is not None:
        parts += [visible(proof.by.name), formats.instant(proof.at)]
    return " · ".join(parts)


def answer_lines(answers: Iterable[ClientAnswer]) -> Iterator[str]:
    """Yield a line for each answer of the client: when it arrived, its words or its file."""
    for answer in answers:
        said = [visible(answer.text)] if answer.text else []
        if answer.file:
            said.append(f"{visible(answer.name)} · sha256 {answer.file[:12]}")
        yield f"{formats.instant(answer.received_at)} · {' · '.join(said)}"


def act_lines(acts: Iterable[EntryHead]) -> Iterator[str]:
    """Yield a line for each act on the case: when, what, by whom, its entry's number. Changes of
    the draft that one account made in a row are one line, with the first and the last number.
    """
    known = (act for act in acts if act.kind in ACTS)
    for _key, found in groupby(known, _row_of):
        first, *others = found
        numbers = f"{first.seq}–{others[-1].seq}" if others else str(first.seq)
        when, what = formats.instant(first.at), _(ACTS[first.kind])
        yield f"{when} · {what} · {visible(first.account)} · {numbers}"


def _row_of(act: EntryHead) -> tuple[int, str]:
    """What acts of one line have in common; each act but a change of the draft has its own."""
    return (0 if act.kind == "suspension.edited" else act.seq, act.account)
