"""The matrix of annexe 2 on its own: every row, layer and article, with what it says."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.getters import query_one
from textual.widgets import Label, Static

from noc_tui.console.commands import Command
from noc_tui.console.fact_lines import facts
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.scope.tables import TONES, value_of
from noc_tui.console.terms import terms_book
from noc_tui.contract.annexe2.answer import ScopeVerdict
from noc_tui.contract.terms import Row
from noc_tui.i18n import N_, _, language
from noc_tui.labels.formats import label_line
from noc_tui.labels.scope import COVERAGES, VERDICTS
from widgets.columns import Column
from widgets.live_table import LiveTable


class ScopeMatrix(NocScreen[None]):
    """Browse; nothing is decided here."""

    CSS_PATH = "scope.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("scope.matrix.close", "escape", "app.pop_screen", N_("Back")),
    )

    table = query_one("#matrix", LiveTable)
    known = query_one("#known", Static)

    def body(self) -> ComposeResult:
        yield Label(_("The matrix of annexe 2, its layers, and what other articles settle"),
                    id="heading", markup=False)  # fmt: skip
        yield _table()
        with VerticalScroll(id="detail"):
            yield Static(id="known", classes="detail")

    def on_mount(self) -> None:
        rows = terms_book(self.session).default.annexe2
        self.table.update({row.id: row for row in rows})
        self.table.focus()

    @on(LiveTable.RowHighlighted)
    def _detail(self) -> None:
        row: Row | None = self.table.cursor_row
        if row is None:
            self.known.update("")
            return
        terms = terms_book(self.session).default
        lang = language()
        told = [
            (_("Verdict"), _(VERDICTS[ScopeVerdict(row.verdict)])),
            (_("Infogérance"), label_line(_(COVERAGES[row.infogerance]), getattr(row.why, lang))),
        ]
        if row.note is not None:
            told.append((_("Note"), getattr(row.note, lang)))
        told += [(_("Footnote"), getattr(terms.footnotes[note], lang)) for note in row.footnotes]
        if row.equivalents:
            labels = " · ".join(terms.row(other).label for other in row.equivalents)
            told.append((_("Also said by"), labels))
        self.known.update(facts(told))


def _table() -> LiveTable[Row]:
    return LiveTable(
        [
            Column("label", _("Row"), 30, lambda row: row.label, stretch=4),
            Column(
                "value", _("Value"), 5, value_of, tone=lambda row: TONES.get(row.verdict, "")
            ),
            Column("where", _("Where"), 20, lambda row: row.where, stretch=1),
            Column("notes", _("Footnotes"), 9, lambda row: " ".join(row.footnotes), priority=2),
        ],
        words=lambda row: f"{row.label} {row.id} {row.where}",
        empty=_("The terms file has no row of annexe 2."),
        no_match=_("No row matches {filter}"),
        id="matrix",
    )  # fmt: skip
