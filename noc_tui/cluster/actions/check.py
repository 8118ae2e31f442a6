"""The findings of a step about a guest, and the one write that the step may need."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from noc_tui.cluster.client import Method
from noc_tui.i18n import N_

NoteCode = Literal[
    "nic_missing", "nic_added", "nic_changed", "nic_was_down", "nic_pending", "no_nic",
    "passthrough", "user_mode_net", "template", "paused", "locked", "ha_gone", "ha_changed",
    "ha_error", "ha_disarmed", "ha_crm_dead", "ha_lrm_dead", "ha_lrm_mode", "ha_later",
    "rule_shadowed", "firewall_changed", "datacenter_firewall_off", "was_barred",
    "was_off", "own_account", "link_up", "outside_firewall", "not_barred", "starts_at_boot",
    "ha_wants", "runs", "rule_missing", "filter_off",
    "own_entry", "pending_applied",
    "hibernated", "ha_silent", "no_account", "guest_firewall_off", "established",
    "rule_edited", "rule_left", "ran_when_ordered", "firewall_service_off",
    "firewall_service_unknown",
]  # fmt: skip

NOTES: Mapping[NoteCode, str] = {
    "nic_missing": N_("{detail}: the interface is gone"),
    "nic_added": N_("{detail}: an interface was added since"),
    "nic_changed": N_("{detail}: the interface was changed since; what changed is kept"),
    "nic_was_down": N_("{detail}: its link was down before, and stays down"),
    "nic_pending": N_("{detail}: a change of this interface waits for the next start"),
    "pending_applied": N_("{detail}: a change that waits for the next start takes effect with it"),
    "hibernated": N_("the guest hibernates: nothing of it can be changed until it runs"),
    "no_nic": N_("the guest has no interface to cut"),
    "passthrough": N_("{detail}: a device passed through may carry traffic that this does not cut"),
    "user_mode_net": N_("{detail}: a user-mode network, which the firewall does not see"),
    "template": N_("a template never runs: nothing but the barrier is needed"),
    "paused": N_("the guest is paused and stays so: stopping it would lose its memory"),
    "locked": N_("the guest is locked ({detail}): the change waits for that"),
    "ha_gone": N_("HA does not manage the guest any more"),
    "ha_changed": N_("HA is now set to {detail} by someone else"),
    "ha_silent": N_("HA does not act on the guest: its manager does not run"),
    "ha_error": N_("HA reports an error for the guest: investigate it"),
    "ha_disarmed": N_(
        "HA is disarmed ({detail}): it stops and starts nothing until ha-manager crm-command arm-ha"
    ),
    "ha_crm_dead": N_(
        "HA's manager on {detail} is silent: nothing is decided until one takes over"
    ),
    "ha_lrm_dead": N_("HA's agent on {detail} is silent: nothing is carried out on that node"),
    "ha_lrm_mode": N_("{detail}: in this mode HA's agent starts and stops nothing"),
    "ha_later": N_("HA acts once this is over: {detail}"),
    "rule_shadowed": N_("a rule above ours lets traffic through: {detail}"),
    "firewall_changed": N_("firewall option {detail} was changed since; it is left as it is"),
    "datacenter_firewall_off": N_("the datacenter's firewall is off: no filter has any effect"),
    "firewall_service_off": N_(
        "{detail}: this service of the node does not run: no filter has any effect"
    ),
    "firewall_service_unknown": N_(
        "{detail}: it is not known whether this service of the node runs"
    ),
    "guest_firewall_off": N_("the guest's firewall is off: no filter has any effect"),
    "established": N_("connections that are open already go on until they end"),
    "was_barred": N_("{detail} was barred before, and stays so"),
    "own_entry": N_("{detail} has an entry of its own here, which beats that of a group"),
    "no_account": N_("{detail} has no account in this cluster: there is nothing to bar here"),
    "own_account": N_("{detail} is the account that we act by: it cannot be barred"),
    "ran_when_ordered": N_(
        "the guest ran when this was ordered, and was off when it could be read: the restoration "
        "starts it"
    ),
    "was_off": N_("the guest was off before, and stays off"),
    "link_up": N_("{detail}: the link is up"),
    "outside_firewall": N_("{detail}: the firewall does not see this interface"),
    "not_barred": N_("{detail} has access"),
    "starts_at_boot": N_("it starts with its node"),
    "ha_wants": N_("HA is asked for {detail}"),
    "runs": N_("it runs"),
    "rule_edited": N_("the filter's rule at position {detail} has another comment than ours"),
    "rule_left": N_(
        "a firewall rule that blocks the same stays at position {detail}: it is not marked as "
        "ours; remove it by hand if it is"
    ),
    "rule_missing": N_("the filter's rule is not there: {detail}"),
    "filter_off": N_("the firewall's options are not those of the filter"),
}


DOUBTS: frozenset[NoteCode] = frozenset(
    {"passthrough", "user_mode_net", "no_nic", "firewall_service_unknown"}
)
"""What keeps a means from being known to work, however well its settings were read back."""


class StepNote(msgspec.Struct, frozen=True):
    """Something that an operator should know; its text is `NOTES[code]`, filled with `detail`,
    which is foreign text.
    """

    code: NoteCode
    detail: str = ""


class StepFinding(msgspec.Struct, frozen=True):
    """`done`: the guest is as the step wants it. `todo`: it is not, and one write may change that.
    `waits`: it is not, and no write of this step changes that (HA acts, a shutdown runs).
    `moved`: the world went elsewhere; a person decides, the step writes nothing.
    """

    kind: Literal["done", "todo", "waits", "moved"]
    notes: tuple[StepNote, ...] = ()


class Write(msgspec.Struct, frozen=True):
    """One API write, as it is sent, printed in a rehearsal, and kept as evidence."""

    method: Method
    path: str
    values: Mapping[str, str | int]
    is_task: bool = False

    def __str__(self) -> str:
        values = " ".join(f"{key}={value}" for key, value in sorted(self.values.items()))
        return f"{self.method} /{self.path} {values}".rstrip()


DONE = StepFinding("done")
TODO = StepFinding("todo")


def with_digest(values: dict[str, str | int], digest: str | None) -> dict[str, str | int]:
    """The values with the digest of what was read, so that nobody else's change is overwritten."""
    return values if digest is None else {**values, "digest": digest}
