"""A ticket's tenant is the one whose name stands in it, and nobody's where it may be two."""

import pytest
from msgspec.structs import replace

from noc_tui.console.screens.scope.named_tenant import find_named_tenant
from tests.console.screens.scope.test_screen import ACME

TENANTS = [
    replace(ACME, id="colombe", name="Cabinet la Colombe"),
    replace(ACME, id="fleurie", name="Éditions Fleurie SARL"),
    replace(ACME, id="ys", name="Ys"),
]


@pytest.mark.parametrize(
    ("text", "tenant"),
    [
        ("web-01 est en panne.\nLa gérante, CABINET  LA COLOMBE", "colombe"),
        ("cordialement\neditions-fleurie", "fleurie"),
        ("Éditions Fleurie S.A.R.L. et Cabinet la Colombe", ""),
        ("les éditions fleuries du printemps", ""),
        ("Ys ne répond plus", ""),
        ("", ""),
    ],
)
def test_the_tenant_that_a_ticket_names(text: str, tenant: str) -> None:
    assert find_named_tenant(text, TENANTS) == tenant
