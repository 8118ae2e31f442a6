"""Time stamps over signed heads (RFC 3161): what is asked of an authority, and how it is checked.

A time stamp says that a head existed at an instant, under the authority's key. What is stamped is
the SHA-256 of the head's one line, so that `openssl ts -verify -data` reads the same file.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from storage.heads import HEAD, Head

STAMPED = "evidence.stamped"
"""The kind of the entries that hold a time stamp."""

Certificates = Sequence[x509.Certificate]


class BadTimeStampError(ValueError):
    """A time stamp that does not hold; the text is one English line."""


class TimeStamp(msgspec.Struct, frozen=True):
    """A time stamp as its entry holds it: the head's line, the authority's answer as it came (DER,
    base64), the authority's name, and the instant that it states (RFC 3339 UTC).
    """

    head: str
    response: str
    authority: str
    at: str

    @property
    def answer(self) -> bytes:
        """The authority's answer as it came. Raises `BadTimeStampError`."""
        try:
            return base64.b64decode(self.response, validate=True)
        except binascii.Error as error:
            raise BadTimeStampError(f"the answer is not base64: {error}") from error

    @property
    def signed_head(self) -> Head:
        """The head. Raises `BadTimeStampError`."""
        try:
            return HEAD.decode(self.head)
        except msgspec.DecodeError as error:
            raise BadTimeStampError(f"what was stamped is no head: {error}") from error


def read_time_stamp(content: bytes) -> TimeStamp:
    """The time stamp that an entry's payload holds. Raises `BadTimeStampError`."""
    try:
        return msgspec.json.decode(content, type=TimeStamp)
    except msgspec.DecodeError as error:
        raise BadTimeStampError(f"the entry holds no time stamp: {error}") from error


def load_certificates(file: Path) -> Certificates:
    """The certificates that an authority is trusted by, PEM. Raises `OSError`, `ValueError`."""
    return x509.load_pem_x509_certificates(file.read_bytes())


def request_for(line: str) -> TimeStampRequest:
    """The request for a head's line, with a nonce and for the authority's certificate."""
    builder = TimestampRequestBuilder().data(line.encode()).hash_algorithm(HashAlgorithm.SHA256)
    return builder.nonce(nonce=True).cert_request(cert_request=True).build()


def take_answer(
    line: str, asked: TimeStampRequest, answer: bytes, trusted: Certificates
) -> TimeStamp:
    """The time stamp that was asked for, checked. Raises `BadTimeStampError`."""
    response = _checked(line, answer, trusted)
    if response.tst_info.nonce != asked.nonce:
        raise BadTimeStampError("the answer is to another request")
    return TimeStamp(
        head=line,
        response=base64.b64encode(answer).decode(),
        authority=_name(response),
        at=_written(response.tst_info.gen_time),
    )


def check_time_stamp(stamp: TimeStamp, trusted: Certificates) -> None:
    """Check a time stamp that was kept; `trusted` certificates may be none, and then whose it is
    stays unknown. Raises `BadTimeStampError`.
    """
    response = _checked(stamp.head, stamp.answer, trusted)
    if _written(response.tst_info.gen_time) != stamp.at:
        raise BadTimeStampError(f"it does not state {stamp.at}")


def _checked(line: str, answer: bytes, trusted: Certificates) -> TimeStampResponse:
    try:
        response = decode_timestamp_response(answer)
        if response.status != 0:
            said = "; ".join(response.status_string) or f"status {response.status}"
            raise BadTimeStampError(f"it was not granted: {said}")
        if response.tst_info.message_imprint.message != hashlib.sha256(line.encode()).digest():
            raise BadTimeStampError("it is over something else")
        if trusted:
            _verify(response, line, trusted)
    except VerificationError as error:
        raise BadTimeStampError(f"it is not the authority's: {error}") from error
    except BadTimeStampError:
        raise
    except ValueError as error:  # of the decoder, which reads each part when it is asked for
        raise BadTimeStampError(f"it cannot be read: {error}") from error
    return response


def _verify(response: TimeStampResponse, line: str, trusted: Certificates) -> None:
    builder = VerifierBuilder()
    for one in trusted:
        builder = builder.add_root_certificate(one)
    builder.build().verify_message(response, line.encode())


def _name(response: TimeStampResponse) -> str:
    """The common name of the certificate that signed, as far as the answer shows one."""
    signers = {(one.issuer, one.serial_number) for one in response.signed_data.signer_infos}
    for der in response.signed_data.certificates:
        found = x509.load_der_x509_certificate(der)
        if (found.issuer, found.serial_number) in signers:
            names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            return str(names[0].value) if names else found.subject.rfc4514_string()
    return ""


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
