"""`noc-tui suspension grounds|means|facts|clauses`: what the other verbs may be told."""

from collections.abc import Mapping
from datetime import date

from noc_tui.commands.output import table
from noc_tui.contract.suspension.answers import TICKED, answer_kinds
from noc_tui.contract.suspension.facts import CHOICES
from noc_tui.contract.terms import Terms
from noc_tui.contract.terms_book import TermsBook
from noc_tui.i18n import N_, _, language

LISTS = ("grounds", "means", "facts", "clauses")
_FORMS: Mapping[str, str] = {
    "text": N_("a text"),
    "date": N_("YYYY-MM-DD"),
    "instant": N_("a time with its offset"),
    "amount": N_("an amount in euros"),
    "confirm": N_("yes or no"),
    "days": N_("a number of days"),
    "choice": N_("one of these: {known}"),
    "evidence": N_("evidence"),
    "clause": N_("evidence, by clause (C1, C2, …)"),
}
_HEADERS: Mapping[str, tuple[str, ...]] = {
    "grounds": (N_("ground"), N_("article"), N_("what it is"), N_("facts"), N_("means")),
    "means": (N_("means"), N_("effect"), N_("what it is")),
    "clauses": (N_("clause"), N_("can be ticked"), N_("what it is"), N_("means")),
}


def terms_of_tenant(book: TermsBook, tenant: str | None, today: date) -> Terms:
    """Return the terms under which a case would be opened: those of the tenant, or the default."""
    return book.default if tenant is None else book.for_tenant(tenant, today)


def list_rows(what: str, terms: Terms) -> list[dict[str, object]]:
    """Return a list's rows as `--json` gives them."""
    if what == "grounds":
        return [
            {
                "ground": row.id,
                "article": row.article,
                "label": row.label.in_(language()),
                "facts": list(row.requires),
                "means": list(row.means),
            }
            for row in terms.grounds
        ]
    if what == "means":
        return [
            {"means": row.id, "effect": row.effect, "label": row.label.in_(language())}
            for row in terms.means
        ]
    if what == "clauses":
        return [
            {
                "clause": row.id,
                "ticked": row.tickable,
                "label": row.label.in_(language()),
                "means": list(row.means),
            }
            for row in terms.charte
        ]
    return _fact_rows(terms)


def _fact_rows(terms: Terms) -> list[dict[str, object]]:
    labels = {row.id: row.label.in_(language()) for row in terms.requirements}
    labels = {row.id: row.label.in_(language()) for row in terms.steps} | labels
    asked = {
        key: [ground.id for ground in terms.grounds if key in ground.requires] for key in labels
    }
    return [
        {
            "fact": key,
            "given_by": "--tick" if kind in TICKED else "--fact",
            "form": kind,
            "label": labels.get(key, ""),
            "grounds": asked.get(key, []),
        }
        for key, kind in sorted(answer_kinds(terms).items())
    ]


def list_lines(what: str, terms: Terms) -> list[str]:
    """Return a list as lines for people."""
    rows = list_rows(what, terms)
    if what == "facts":
        return _fact_lines(rows)
    header = [_(text) for text in _HEADERS[what]]
    return list(table(header, [[_text(value) for value in row.values()] for row in rows]))


def _fact_lines(rows: list[dict[str, object]]) -> list[str]:
    header = [_("fact"), _("given by"), _("form"), _("what it is"), _("grounds that ask for it")]
    cells = [
        [
            str(row["fact"]),
            f"{row['given_by']} {'C1' if row['form'] == 'clause' else row['fact']}=…",
            _(_FORMS[str(row["form"])]).format(known=", ".join(CHOICES.get(str(row["fact"]), ()))),
            str(row["label"]),
            _text(row["grounds"]),
        ]
        for row in rows
    ]
    return list(table(header, cells))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
