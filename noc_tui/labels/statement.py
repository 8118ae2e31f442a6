"""The words for states, causes and bases, in the language of a statement or of the console."""

from collections.abc import Callable, Sequence

import msgspec

from noc_tui.i18n import N_

_KINDS = {
    "outage": N_("outage"),
    "exclusion": N_("exclusion"),
    "withdrawn": N_("exclusion withdrawn"),
    "unmeasured": N_("unmeasured"),
}
_CAUSES = {
    "connectivity": N_("external connectivity lost"),
    "instances": N_("all instances unreachable"),
    "claimed": N_("client's own evidence"),
    "hoster": N_("attributed to the provider"),
    "maintenance": N_("maintenance"),
    "suspension": N_("suspension"),
    "quota": N_("quota reached"),
    "emergency": N_("emergency"),
    "client": N_("attributed to the client"),
    "third_party": N_("attributed to a third party"),
    "attack": N_("attack"),
    "force_majeure": N_("force majeure"),
}
_BASES = {
    "maintenance": N_("maintenance"),
    "suspension": N_("suspension"),
    "quota": N_("quota reached"),
    "emergency": N_("emergency"),
    "attack": N_("attack"),
    "force_majeure": N_("force majeure"),
    "not_attributable": N_("not attributable to the provider"),
}
_CREDITS = {
    "not_due": N_("not due"),
    "claimable": N_("can be claimed"),
    "claimed": N_("claimed"),
    "granted": N_("granted"),
    "refused": N_("refused"),
    "lapsed": N_("lapsed"),
    "unverified": N_("not as recorded"),
}
_REASONS = {
    "not observed": N_("nobody could observe"),
    "not observed yet": N_("before the first observation"),
}
_READINGS = {
    "cut": N_(
        "Excluded time left in the base: {left}, credit {tier} %. Taken out of it: {out}, credit"
        " {other} %. The second is credited: a contract of adhesion is read for the client (C. civ."
        " 1190)."
    ),
    "contractual": N_(
        "Excluded time left in the base: {left}, credit {tier} %. Taken out of it: {out}, credit"
        " {other} %. The first is credited: a negotiated contract is read for the provider (C. civ."
        " 1190)."
    ),
}
_NEEDS = {
    "reviewed": N_("its incident was reviewed"),
    "closed": N_("the month is over"),
    "claimed": N_("its credit was claimed"),
}
_CAVEATS = {
    "no_evidence": N_("nothing shows another cause"),
    "covers_a_part": N_("explains a part only"),
    "unannounced": N_("it was not announced"),
    "stop_mode_backup": N_("a backup was running"),
    "disks_unknown": N_("whether their disks lie on it is not known"),
}

SHOWN_EVIDENCE = 3
"""So many pieces of evidence are shown of a proposal; the document has them all."""


class Words(msgspec.Struct, frozen=True):
    """Words by their code; an unknown code is shown as it is."""

    translate: Callable[[str], str]

    def kind(self, code: str) -> str:
        return self.translate(_KINDS.get(code, code))

    def cause(self, code: str) -> str:
        return self.translate(_CAUSES.get(code, code)) if code else ""

    def basis(self, code: str | None) -> str:
        return self.translate(_BASES.get(code, code)) if code else ""

    def credit(self, code: str) -> str:
        return self.translate(_CREDITS.get(code, code))

    def reason(self, text: str) -> str:
        known = _REASONS.get(text)
        return text if known is None else self.translate(known)

    def readings(self, rates: tuple[str, str], tiers: tuple[int, int], credited: str) -> str:
        """Return both readings of a month's base where they lead to two tiers: the rates and tiers
        with excluded time left in and taken out, and which is credited.
        """
        text = self.translate(_READINGS[credited])
        return text.format(left=rates[0], tier=tiers[0], out=rates[1], other=tiers[1])

    def need(self, code: str) -> str:
        """Return why a decision waits for a second person."""
        return self.translate(_NEEDS.get(code, code))

    def caveat(self, code: str) -> str:
        return self.translate(_CAVEATS.get(code, code)) if code else ""

    def proof(self, evidence: Sequence[str], caveat: str) -> str:
        """Return what a proposal rests on, in a line: the first pieces of evidence, then the
        doubt.
        """
        rest = len(evidence) - SHOWN_EVIDENCE
        shown = ", ".join(evidence[:SHOWN_EVIDENCE]) + (f" (+{rest})" if rest > 0 else "")
        return " · ".join(filter(None, (shown, self.caveat(caveat))))
