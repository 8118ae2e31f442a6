"""A certificate authority made for a test run, and servers' certificates of it."""

import hashlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Python 3.13 checks certificates strictly: who signs says so, and what is signed names the key.
_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(subject: x509.Name, issuer: x509.Name, days: float = 1) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
    )


@dataclass(frozen=True)
class Served:
    """A server's TLS context, and what a client may trust it by."""

    context: ssl.SSLContext
    ca_file: Path
    fingerprint: str


def make_tls(folder: Path, name: str = "ca", host: str = "127.0.0.1", *, days: float = 1) -> Served:
    """A new authority, and a certificate of it for that host that ends in so many days."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    public = authority_key.public_key()
    authority = (
        _builder(_name(name), _name(name))
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_SIGNS, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    certificate = (
        _builder(_name(host), _name(name), days)
        .public_key(key.public_key())
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)]
            ),
            critical=False,
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    ca_file = folder / f"{name}.pem"
    ca_file.write_bytes(authority.public_bytes(pem))
    chain = folder / f"{name}-server.pem"
    chain.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    digest = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
    pairs = ":".join(digest[i : i + 2] for i in range(0, 64, 2)).upper()
    return Served(context, ca_file, pairs)
