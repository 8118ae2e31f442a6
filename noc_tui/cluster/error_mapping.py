"""From Proxmox's refusals and the network's failures to our errors. Pure.

Sources: pve-http-server, qemu-server, pve-container, pve-cluster, pve-ha-manager 8.4 and 9.x;
proxmox-rest-server for PBS, whose error bodies are plain text under a standard reason phrase.
"""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from noc_tui.cluster import errors

_PRIVILEGE = re.compile(r"Permission check failed \((/[^,\s]*), ([^)\s]+)\)")
_LOCK = re.compile(r"(?:VM|CT) is locked(?: \(([\w-]+)\))?")
_LOCK_BUSY = re.compile(r"can't lock file|got lock request timeout|can't acquire lock")
_DIGEST = re.compile(r"checksum miss?match|detected modified configuration")
_NO_QUORUM = re.compile(r"no quorum|cluster not ready|/etc/pve/\S* - Permission denied")
_GONE = re.compile(
    r"[Cc]onfiguration file '[^']*' does not exist"
    r"|no such (?:resource|task|pool|storage|user|group)"
    r"|(?:pool|user|group|storage|datastore) '[^']*' does not exist"
)
# Said before anything was done: the node's file system or name resolution fails.
_NODE_BROKEN = re.compile(
    r"RPCEnvironment init request failed|ipcc_send_rec|hostname lookup '[^']*' failed"
)

_MOST_PARAMETERS = 50
"""No call of ours has so many: what a refusal names beyond them is left out."""


@dataclass(frozen=True, slots=True)
class CallContext:
    """What was asked of whom: where an error's words come from."""

    cluster: str
    endpoint: str
    is_write: bool


class _Told(msgspec.Struct):
    message: str | None = None
    errors: dict[str, object] | None = None


_TOLD = msgspec.json.Decoder(_Told)


def refusal(asked: CallContext, status: int, reason: str, body: bytes) -> errors.ClusterError:
    """The error for an HTTP status of 400 or more."""
    said, named = _words(reason, body)
    told: Any = {"status": status}  # the classes share their parameters
    who = (asked.cluster, asked.endpoint, said)
    if status >= 595 or status in (502, 503, 504):
        if asked.is_write:
            return errors.AmbiguousOutcome(*who, **told)
        return errors.NodeUnreachable(*who, **told)
    if status == 401:
        return errors.AuthenticationFailed(*who, **told)
    if status == 403:
        found = _PRIVILEGE.search(said)
        path, privilege = (found[1], found[2]) if found else (None, None)
        return errors.PermissionMissing(*who, path=path, privilege=privilege, **told)
    return _by_words(who, " ".join((said, *named.values())), named, told)


def _by_words(
    who: tuple[str, str, str], words: str, named: dict[str, str], told: Any
) -> errors.ClusterError:
    lock = _LOCK.search(words)
    if lock is not None:
        return errors.Locked(*who, lock=lock[1], **told)
    for pattern, kind in (
        (_NODE_BROKEN, errors.NodeUnreachable),
        (_NO_QUORUM, errors.NoQuorum),
        (_LOCK_BUSY, errors.Locked),
        (_DIGEST, errors.DigestConflict),
        (_GONE, errors.ObjectMissing),
    ):
        if pattern.search(words):
            return kind(*who, **told)
    if told["status"] == 404:
        return errors.ObjectMissing(*who, **told)
    if told["status"] == 400:
        return errors.ParameterRefused(*who, errors=named, **told)
    return errors.RequestRefused(*who, **told)


def _words(reason: str, body: bytes) -> tuple[str, dict[str, str]]:
    """Proxmox's own words, the fullest there are: `message` of the body, PBS's text, the reason."""
    try:
        told = _TOLD.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        text = body[:2000].decode("utf-8", "replace").strip()
        plain = text and not text.startswith(("<", "{", "["))
        return errors.cut_words(text if plain else reason), {}
    named = {
        errors.cut_words(key): errors.cut_words(str(value))
        for key, value in islice((told.errors or {}).items(), _MOST_PARAMETERS)
    }
    return errors.cut_words(told.message or reason), named


def task_failure(cluster: str, status: str) -> errors.ClusterError:
    """The error for a task's exit status that is not OK, e.g. `VM is locked (backup)`."""
    said = errors.cut_words(status)
    return _by_words((cluster, "", said), said, {}, {"status": None})
