"""The words of a mail, out of its exact bytes."""


def read_plain_text(raw: bytes) -> str:
    """Return the plain text of a mail, decoded; empty where it has none."""
    from email import message_from_bytes, policy  # not for a console's first frame

    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    return "" if body is None else str(body.get_content())
