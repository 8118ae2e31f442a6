"""The rule on where guests and backups are: in France (R34), and backups on the second site
(R29).
"""

from collections.abc import Mapping

FRANCE = "FR"


def abroad(countries: Mapping[str, str], used: Mapping[str, str]) -> dict[str, str]:
    """Return what stands outside France: name -> country, "" when its site's country is not
    known.

    `countries` gives each site's ISO code, `used` each cluster's or backup server's site.
    """
    return {
        name: countries.get(site, "")
        for name, site in used.items()
        if countries.get(site, "") != FRANCE
    }


def second_site(guest_site: str, backup_site: str) -> bool:
    """Return whether a backup stands on another site than its guest."""
    return guest_site != backup_site
