"""The measures of a notice: each one, and the VMs to which it applies (R16, R18)."""

from noc_tui.letters.letter import Blocks
from noc_tui.letters.measures import MeasureWords
from noc_tui.letters.notice_part import BLANK, NoticePart


class MeasuresPart(NoticePart):
    """What is done, in the words of what is done."""

    __slots__ = ()

    def write(self, blocks: Blocks) -> None:
        """Add every measure, in the tense of the moment."""
        _, facts, field = self.writing.translate, self.facts, self.writing.field
        words = MeasureWords(self.writing)
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
        if facts.told.get("content_location", "").strip():
            blocks.say(
                _(
                    "The measure has effect wherever the content is accessed from, without"
                    " territorial limit."
                )
            )
        if facts.data_access:
            blocks.say(field(_("Your access to your data during the measure"), facts.data_access))

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
                "It applies to this VM only: {names}. Your other services are not affected.",
                "They apply to this VM only: {names}. Your other services are not affected.",
                count,
            )
        else:
            text = ngettext(
                "It applies to these VMs only: {names}. Your other services are not affected.",
                "They apply to these VMs only: {names}. Your other services are not affected.",
                count,
            )
        return text.format(names=self.names())
