"""What an order answers of the suspension that carries it out (R37)."""

from noc_tui.contract.authority.deadline import term_of
from noc_tui.contract.authority.kinds import OrderKinds
from noc_tui.contract.authority.values import AuthorityOrder


def order_facts(order: AuthorityOrder, kinds: OrderKinds) -> dict[str, str]:
    """Return the facts of the case: who ordered what, on which basis, received when, to be done by
    when. `kind` is the id of a kind; instants are RFC 3339.
    """
    kind = kinds.of(order.kind)
    due = order.term if kind is None else term_of(order, kind)
    answers = {
        "authority": order.authority,
        "reference": order.reference,
        "kind": order.kind,
        "legal_basis": order.legal_basis,
        "received_at": order.received_at.isoformat(),
        "scope_verbatim": order.scope,
        "genuine_check": order.authenticity,
    }
    return answers if due is None else {**answers, "due_by": due.isoformat()}
