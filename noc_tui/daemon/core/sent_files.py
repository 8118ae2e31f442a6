"""The files that a request sends with a case or a decision: none empty, none too large."""

import hashlib
from collections.abc import Iterable, Mapping

from noc_tui.api.suspension import FileContent
from noc_tui.breach_evidence import FILE_BYTES
from noc_tui.daemon.core.errors import BadRequest
from noc_tui.i18n import _
from noc_tui.labels import formats

Files = Mapping[str, FileContent]
"""Files by the SHA-256 of their content."""


def by_digest(files: Iterable[FileContent]) -> Files:
    """The files by their SHA-256. Raises `BadRequest` for one that is empty or too large."""
    found = {}
    for file in files:
        if not file.content:
            raise BadRequest(_("{name}: the file is empty").format(name=file.name))
        if len(file.content) > FILE_BYTES:
            limit = formats.size(FILE_BYTES)
            text = _("{name}: a file of a case has at most {limit}")
            raise BadRequest(text.format(name=file.name, limit=limit))
        found[hashlib.sha256(file.content).hexdigest()] = file
    return found
