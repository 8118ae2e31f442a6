"""`noc-tui evidence retention`: what is kept how long, what goes tonight and why."""

import argparse

from noc_tui.api import evidence as api
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.output import say, say_json
from noc_tui.i18n import N_, _, language, ngettext
from noc_tui.labels import formats
from noc_tui.text import visible

COUNTS_FROM = {
    "entry": N_("from the entry"),
    "closing": N_("from the closing of its case"),
    "contract_end": N_("from the contract’s end"),
    "year_end": N_("from the year’s end"),
}
SHOWN = 20
"""Contents of a rule that are listed one by one."""


def run(arguments: argparse.Namespace) -> int:
    """Ask `nocd`, which alone knows what is kept apart; the exit code."""
    config = load_configuration(arguments)
    plan = ask(arguments, config, api.RETENTION())
    if arguments.json:
        say_json(plan)
        return 0
    say(_("Next run: {at}").format(at=formats.instant(plan.at)))
    for rule in plan.rules:
        _say_rule(rule)
    if plan.disputed:
        text = _("kept because of a dispute: {subjects}")
        say(text.format(subjects=visible(", ".join(plan.disputed))))
    return 0


def _say_rule(rule: api.RetentionDue) -> None:
    months = ngettext("{n} month", "{n} months", rule.months).format(n=rule.months)
    since = _(COUNTS_FROM[rule.counts_from])
    say(f"{rule.label.in_(language())} · {months}, {since} · {rule.under}")
    if not rule.number:
        say("  " + _("nothing is due"))
        return
    how = _("only by two leads") if rule.two_leads else _("erased tonight")
    number = ngettext("{n} content", "{n} contents", rule.number).format(n=rule.number)
    say(f"  {number}, {how}")
    for one in rule.contents[:SHOWN]:
        about = ", ".join(one.subjects)
        say(visible(f"  {one.entry}  {formats.instant(one.at)}  {one.kind}  {about}"))
    if rule.number > SHOWN:
        say("  …")
