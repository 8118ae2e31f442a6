"""Privileges and built-in roles of Proxmox VE 8.4, and what 9 made of them."""

_ROLES = {
    "PVEUserAdmin": "Group.Allocate Realm.AllocateUser User.Modify",
    "NoAccess": "",
    "PVEDatastoreAdmin": (
        "Datastore.Allocate Datastore.AllocateSpace Datastore.AllocateTemplate Datastore.Audit"
    ),
    "PVEDatastoreUser": "Datastore.AllocateSpace Datastore.Audit",
    "PVEVMAdmin": (
        "VM.Allocate VM.Audit VM.Backup VM.Clone VM.Config.CDROM VM.Config.CPU VM.Config.Cloudinit"
        " VM.Config.Disk VM.Config.HWType VM.Config.Memory VM.Config.Network VM.Config.Options"
        " VM.Console VM.Migrate VM.Monitor VM.PowerMgmt VM.Snapshot VM.Snapshot.Rollback"
    ),
    "PVEVMUser": ("VM.Audit VM.Backup VM.Config.CDROM VM.Config.Cloudinit VM.Console VM.PowerMgmt"),
    "PVETemplateUser": "VM.Audit VM.Clone",
    "PVEPoolAdmin": "Pool.Allocate Pool.Audit",
    "PVEPoolUser": "Pool.Audit",
    "PVESysAdmin": "Sys.Audit Sys.Console Sys.Syslog",
    "PVESDNAdmin": "SDN.Allocate SDN.Audit SDN.Use",
    "PVESDNUser": "SDN.Audit SDN.Use",
    "PVEMappingAdmin": "Mapping.Audit Mapping.Modify Mapping.Use",
    "PVEMappingUser": "Mapping.Audit Mapping.Use",
    "PVEAuditor": "Datastore.Audit Mapping.Audit Pool.Audit SDN.Audit Sys.Audit VM.Audit",
}
_ADMINISTRATOR_ONLY = (
    "Permissions.Modify Realm.Allocate Sys.AccessNetwork Sys.Incoming Sys.Modify Sys.PowerMgmt"
)

EVERYTHING = frozenset(
    name for text in (*_ROLES.values(), _ADMINISTRATOR_ONLY) for name in text.split()
)
"""Every privilege."""

BUILTIN_ROLES: dict[str, frozenset[str]] = {
    **{role: frozenset(text.split()) for role, text in _ROLES.items()},
    "Administrator": EVERYTHING,
    "PVEAdmin": EVERYTHING - {*_ADMINISTRATOR_ONLY.split(), "Mapping.Modify"},
}
"""Roles that come with the product, by name (8.4)."""

_AGENT = frozenset(
    f"VM.GuestAgent.{name}"
    for name in ("Audit", "FileRead", "FileWrite", "FileSystemMgmt", "Unrestricted")
)
"""What 9 has in the place of `VM.Monitor`, which is no more."""


def roles_of(*, new: bool) -> dict[str, frozenset[str]]:
    """Return the built-in roles of 8.4, or (`new`) of 9."""
    if not new:
        return dict(BUILTIN_ROLES)
    return {
        name: (held - {"VM.Monitor"} | _AGENT) if "VM.Monitor" in held else held
        for name, held in BUILTIN_ROLES.items()
    }


_CATEGORIES = {
    "vms": "/vms",
    "storage": "/storage",
    "nodes": "/nodes",
    "dc": "/",
    "access": "/access",
    "sdn": "/sdn",
    "mapping": "/mapping",
}
_SYSTEM = {"Sys.Audit", "Sys.Modify"}


def capabilities_of(category: str) -> tuple[str, frozenset[str]]:
    """The path and the privileges that a login answer tells under `cap.<category>`."""
    chosen = {
        "vms": {name for name in EVERYTHING if name.startswith("VM.")} | {"Permissions.Modify"},
        "storage": {name for name in EVERYTHING if name.startswith("Datastore.")}
        | {"Permissions.Modify"},
        "nodes": {name for name in EVERYTHING if name.startswith("Sys.")} | {"Permissions.Modify"},
        "dc": {*_SYSTEM, "SDN.Allocate", "SDN.Audit", "SDN.Use"},
        "access": {"User.Modify", "Group.Allocate", "Permissions.Modify"},
        "sdn": {"SDN.Allocate", "SDN.Audit", "SDN.Use", "Permissions.Modify"},
        "mapping": {name for name in EVERYTHING if name.startswith("Mapping.")}
        | {"Permissions.Modify"},
    }
    return _CATEGORIES[category], frozenset(chosen[category])


CATEGORIES = tuple(_CATEGORIES)
