"""A cluster or a backup server outside of where data must stay (R34)."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.contract import location
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="abroad",
    severity="critical",
    text=N_("{name}: outside France, or location unknown"),
    next_step=N_("Guests and backups stay in France (art. 3): correct the site or move them."),
    unobserved_text=N_("the country of site {site} is not known"),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each cluster and backup server outside France, or on a site without a country in the
    configuration.
    """
    for name in location.abroad(inputs.countries, inputs.sites):
        yield Violation(rule=RULE.id, subject=site_ref(name), words=(f"name={name}",))


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield each cluster and backup server on a site without a country in the configuration."""
    for name, country in location.abroad(inputs.countries, inputs.sites).items():
        if not country:
            yield Unobserved(site_ref(name), (f"site={inputs.sites[name]}",))


def site_ref(name: str) -> Ref:
    """The subject: where a cluster or a backup server stands."""
    return Ref.of("site-of", name)
