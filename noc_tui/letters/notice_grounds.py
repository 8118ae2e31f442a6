"""The grounds of a notice: the clause, the law, the rule that was breached (R15, R16, R19)."""

from collections.abc import Iterable

from noc_tui.contract.terms import Article
from noc_tui.i18n import N_
from noc_tui.letters.grounds import RISK, ground_words
from noc_tui.letters.letter import Blocks
from noc_tui.letters.notice_part import NoticePart

_CONDUCT = {
    "C3": N_("the VMs and the services may not be diverted from their purpose"),
    "C5": N_("no unlawful file and no unlawful link may be published from the VMs"),
    "C6": N_("no service that lifts the limits of file hosts may run"),
    "C7": N_(
        "no intrusion or attempted intrusion may come from a VM: scanning, sniffing and spoofing"
        " among others"
    ),
    "C10": N_("anonymising proxies and card sharing are forbidden"),
    "C11": N_("no unsolicited mail may be sent"),
}
"""What a clause of the Charte asks of a client; the terms' labels also speak to operators."""
_ASPECTS = {
    "robots": N_("no access to the services that we host by means of a robot"),
    "fraudulent": N_("no fraudulent use of the services"),
    "abusive": N_("no abusive use of the services"),
    "excessive": N_("no excessive use of the services"),
    "third-party-rights": N_("no infringement of the rights of third parties"),
}
"""What article 5.1 asks of a client, by the aspects of the terms."""


class GroundsPart(NoticePart):
    """Under which clause, by which law."""

    __slots__ = ()

    def write(self, blocks: Blocks) -> None:
        """Add the clause applied, what was breached, the law where content is concerned."""
        _, facts, field = self.writing.translate, self.facts, self.writing.field
        blocks.heading(_("Grounds"))
        rows = [
            field(
                _("Clause applied"),
                _("{article}, for the following ground: {ground}").format(
                    article=self._article(facts.article),
                    ground=ground_words(facts.ground, self.writing, facts.aspects),
                ),
            )
        ]
        rows += [field(_("Article breached"), self._article(one)) for one in facts.breached]
        if duty := facts.told.get("duty_breached", "").strip():
            rows.append(field(_("Obligation breached"), duty))
        elif facts.unknown_breached:
            rows.append(field(_("Obligation breached"), facts.unknown_breached))
        if facts.ground.id != RISK:
            rows += [field(_("Rule breached"), _(_ASPECTS[one])) for one in facts.aspects]
        rows += [field(_("Also"), self._article(one)) for one in facts.related]
        for clause in facts.clauses:
            conduct = _CONDUCT.get(clause.id)
            label = clause.label.in_(self.writing.language)
            words = label if conduct is None else _(conduct)
            rows.append(field(_("Rule of the Charte"), words))
        rows += self._law()
        blocks.rows(rows)
        if facts.by_guest_user:
            blocks.say(
                _(
                    "The facts were committed with the account of one of your guest users"
                    " (Invités), for whom you answer under article 5.2."
                )
            )

    def _law(self) -> Iterable[str]:
        """The law where content is concerned, and why the content is against it."""
        _, field, told = self.writing.translate, self.writing.field, self.facts.told
        for key, label in (
            ("legal_provision", _("Legal provision")),
            ("why_unlawful", _("Why the content is unlawful")),
        ):
            if answer := told.get(key, "").strip():
                yield field(label, answer)

    def _article(self, article: Article) -> str:
        _ = self.writing.translate
        title = article.title.in_(self.writing.language)
        if article.id.startswith("annexe"):
            return _("annex {number} ({title}) of the specific terms of sale").format(
                number=article.id.removeprefix("annexe "), title=title
            )
        return _("article {number} ({title}) of the specific terms of sale").format(
            number=article.id, title=title
        )
