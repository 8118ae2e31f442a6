"""What a ground may hold beside its checklist: an authority's delay, a dispute, a citation."""

from collections.abc import Iterator

from noc_tui.contract.suspension.values import Case
from noc_tui.contract.terms import Ground, Terms
from noc_tui.i18n import N_, _, language

FACTS = {
    "order_days": N_("The authority's own delay, in days"),
    "order_until": N_("The authority's own end (time with its offset)"),
    "dispute_raised_on": N_("The client disputed the invoice on (YYYY-MM-DD)"),
    "dispute_answer": N_("How the dispute was answered"),
    "announced_at": N_("When the window was announced (time with its offset)"),
    "milder": N_("Why a milder means is not enough"),
}
CITE, ASPECT = "cite:", "aspect:"
_BY_TERMINATION = ("order_days", "order_until")
_BY_GROUND = {
    "late-payment": ("dispute_raised_on", "dispute_answer"),
    "maintenance": ("announced_at",),
}


def extras(case: Case, terms: Terms) -> Iterator[tuple[str, str]]:
    """(key, text) of each choice; a key of `FACTS`, `cite:GROUND` or `aspect:NAME`."""
    ground = terms.ground(case.ground)
    keys = _BY_TERMINATION if ground.termination == "order" else _BY_GROUND.get(ground.id, ())
    for key in keys:
        yield key, f"{_(FACTS[key])} · {case.fact(key) or '—'}"
    yield from _cited(case, ground, terms)
    for aspect in ground.aspects:
        mark = "☑" if aspect in case.aspects else "☐"
        yield f"{ASPECT}{aspect}", f"{mark} {aspect}"


def _cited(case: Case, ground: Ground, terms: Terms) -> Iterator[tuple[str, str]]:
    if ground.immediate_cites:
        cited = terms.ground(ground.immediate_cites)
        mark = "☑" if cited.id in case.cites else "☐"
        text = _("The danger is immediate: cite article {article} too").format(
            article=cited.article
        )
        yield f"{CITE}{cited.id}", f"{mark} {text} · {cited.label.in_(language())}"


def toggled(names: tuple[str, ...], name: str) -> list[str]:
    """The names with that one put in, or taken out."""
    return [one for one in names if one != name] if name in names else [*names, name]
