"""The measures of a notice: each one, and the VMs to which it applies (R16, R18)."""

from noc_tui.letters.letter import Blocks
from noc_tui.letters.measures import MeasureWords, word_access_left
from noc_tui.letters.notice_part import BLANK, NoticePart


class MeasuresPart(NoticePart):
    """What is done, in the words of what is done."""

    __slots__ = ()

    def write(self, blocks: Blocks) -> None:
        """Add every measure, in the tense of the moment."""
        _, facts, field = self.writing.translate, self.facts, self.writing.field
        words = MeasureWords(self.writing, facts.moment)
        lines = words.lines(facts.measures)
        blocks.heading(_("Measures"))
        blocks.say(self._measures_title(len(lines)))
        blocks.rows(lines or [BLANK])
        blocks.say(*words.exceptions(facts.measures))
        if facts.leaves_open_connections:
            blocks.say(_("Connections that are already open may continue until they end."))
        if facts.configured and facts.moment != "before":
            blocks.say(
                _("Of these, the following are configured, and were not seen to take effect yet:")
            )
            language = self.writing.language
            blocks.rows(
                field(one.label.in_(language), self.named(one.guests)) for one in facts.configured
            )
        blocks.say(self._applied_to(len(lines)))
        self._milder(blocks)
        self._reach(blocks)
        self._access(blocks)

    def _access(self, blocks: Blocks) -> None:
        """The client's way to its data: what the measures leave, then what we offer besides."""
        _, facts, field = self.writing.translate, self.facts, self.writing.field
        left = word_access_left(facts.measures, self.writing)
        said = [left] if left else []
        if facts.data_access and facts.data_access not in (left, *said):
            said.append(facts.data_access)
        if said:
            text = _("; ").join(said)
            blocks.say(field(_("Your access to your data during the measure"), text))

    def _measures_title(self, count: int) -> str:
        if self.facts.moment == "before":
            return self.writing.ngettext(
                "Measure that is going to be taken:",
                "Measures that are going to be taken, in this order:",
                count,
            )
        return self.writing.ngettext("Measure taken:", "Measures taken, in this order:", count)

    def _applied_to(self, count: int) -> str:
        """To which VMs these measures apply; their number is that of the lines told."""
        ngettext, facts = self.writing.ngettext, self.facts
        if facts.whole:
            text = ngettext(
                "It applies to all your VMs: {names}.",
                "They apply to all your VMs: {names}.",
                count,
            )
        elif len(facts.guests) == 1:
            text = ngettext(
                "It applies to this VM only: {names}.",
                "They apply to this VM only: {names}.",
                count,
            )
        else:
            text = ngettext(
                "It applies to these VMs only: {names}.",
                "They apply to these VMs only: {names}.",
                count,
            )
        said = text.format(names=self.names())
        return said if facts.whole else f"{said} {self._others(len(facts.guests))}"

    def _others(self, chosen: int) -> str:
        """What is known of the client's other VMs: nothing is done to them, and no more."""
        return self.writing.ngettext(
            "No measure is taken on your other VMs; those that depend on this one may be affected.",
            "No measure is taken on your other VMs; those that depend on these may be affected.",
            chosen,
        )

    def _milder(self, blocks: Blocks) -> None:
        """Why the mildest measures were not enough, where others are taken (annexe 1)."""
        _, facts = self.writing.translate, self.facts
        reason = facts.told.get("milder", "").strip()
        if reason and facts.beyond_mildest:
            label = (
                _("Why a milder measure would not be enough")
                if facts.moment == "before"
                else _("Why a milder measure was not enough")
            )
            blocks.say(self.writing.field(label, reason))

    def _reach(self, blocks: Blocks) -> None:
        """How far a measure against content reaches: beyond the content itself, it may be."""
        _, facts = self.writing.translate, self.facts
        if not facts.told.get("content_location", "").strip() or facts.asks_only:
            return
        blocks.say(
            _(
                "The measure has effect wherever the content is accessed from, without territorial"
                " limit."
            ),
            _("Any other site that this VM serves in the same way is unreachable too.")
            if len(facts.guests) == 1
            else _("Any other site that these VMs serve in the same way is unreachable too."),
        )
