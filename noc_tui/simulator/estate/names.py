"""Names of invented clients and of their machines."""

from noc_tui.simulator.dice import Dice

FIRST = (
    "Atelier", "Boulangerie", "Cabinet", "Clinique", "Domaine", "Éditions", "Ferme", "Garage",
    "Groupe", "Imprimerie", "Institut", "Laboratoire", "Librairie", "Maison", "Menuiserie",
    "Office", "Papeterie", "Pépinière", "Studio", "Transports",
)  # fmt: skip
SECOND = (
    "Armor", "Belle-Rive", "Brocéliande", "Chantepie", "des Dunes", "des Landes", "du Bocage",
    "du Golfe", "du Phare", "Erdre", "Fleurie", "Grand-Large", "Kerlouan", "l'Estuaire",
    "la Colombe", "Loire", "Montaigu", "Océane", "Penthièvre", "Retz", "Rhuys", "Sèvre",
    "Trégor", "Vilaine", "Ys",
)  # fmt: skip
ROLES = ("web", "db", "app", "mail", "file", "vpn", "erp", "dc", "rds", "proxy", "git", "mon")

HOSTILE = (
    "[bold]x[/]",
    "red\x1b[31mtitle\x1b]0;owned\x07\x1b[2J",
    "invoice\u202etxt.exe",
    "n" * 500,
    "tab\there\nline two\r",
    "<script>alert(1)</script>",
    "'; DROP TABLE guests; --",
    "{{ 7 * 7 }}${7*7}%s%n",
    "wide-文字列-🜁",
    "a\u0301\u0300\u0316combining",
)
"""Names that no screen, mail or export may obey."""

_PLAIN = str.maketrans("éÉèêçôî'", "eeeecoi-")


def tenant_name(number: int) -> str:
    """The name of the client `number`; different for each of the first thousands."""
    first = FIRST[number % len(FIRST)]
    second = SECOND[(number // len(FIRST) + number * 7) % len(SECOND)]
    turn = number // (len(FIRST) * len(SECOND))
    return f"{first} {second}" + (f" {turn + 1}" if turn else "")


def slug(name: str) -> str:
    """A pool's name from a client's."""
    return "-".join(name.lower().translate(_PLAIN).split())


def guest_name(tenant: str, role: str, number: int) -> str:
    """At most 63 characters, as a DNS label."""
    return f"{tenant[:40]}-{role}-{number:02d}"


def address(dice: Dice) -> str:
    """An address of a documentation range."""
    return f"203.0.113.{dice.integer(1, 254)}"
