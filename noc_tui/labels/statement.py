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

    def caveat(self, code: str) -> str:
        return self.translate(_CAVEATS.get(code, code)) if code else ""

    def proof(self, evidence: Sequence[str], caveat: str) -> str:
        """Return what a proposal rests on, in a line: the first pieces of evidence, then the
        doubt.
        """
        rest = len(evidence) - SHOWN_EVIDENCE
        shown = ", ".join(evidence[:SHOWN_EVIDENCE]) + (f" (+{rest})" if rest > 0 else "")
        return " · ".join(filter(None, (shown, self.caveat(caveat))))
