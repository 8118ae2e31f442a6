"""The estate's own certificate authority and the certificates of its daemons."""

import hashlib
import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LIFE = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """A certificate, its key, both PEM files' paths, and what the API tells about it."""

    certificate_file: Path
    key_file: Path
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the DER form, `AB:CD:…` as Proxmox writes it."""
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        return ":".join(f"{byte:02X}" for byte in hashlib.sha256(der).digest())

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def context(self) -> ssl.SSLContext:
        """A TLS context for the daemon that shows this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate_file, self.key_file)
        return context


class Authority:
    """A CA whose certificate lies in `directory`, and which signs for loopback names only.

    One that lies there already is used again.

    The machine's own time is used for validity: clients check certificates against it, whatever
    the simulated time is.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self.directory = directory
        self.ca_file = directory / f"{name}-ca.pem"
        self._name = _name("Proxmox Virtual Environment", name)
        key_file = directory / f"{name}-ca.key"
        if self.ca_file.exists() and key_file.exists():
            self._key = _read_key(key_file)
            return
        self._key = ec.generate_private_key(ec.SECP256R1())
        _write(key_file, _private(self._key))
        _write(self.ca_file, self._ca_certificate().public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> ServerCertificate:
        """A server certificate for `name`, `localhost` and the loopback addresses.

        One that lies in the directory is used again, so that clients who know it go on.
        """
        files = (self.directory / f"{name}.pem", self.directory / f"{name}.key")
        if all(file.exists() for file in files):
            return ServerCertificate(*files, x509.load_pem_x509_certificate(files[0].read_bytes()))
        return self.renew(name)

    def renew(self, name: str) -> ServerCertificate:
        """A server certificate with a key of its own, in the place of one that may be there."""
        files = (self.directory / f"{name}.pem", self.directory / f"{name}.key")
        key = ec.generate_private_key(ec.SECP256R1())
        names = [
            x509.DNSName(name),
            x509.DNSName("localhost"),
            x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
            x509.IPAddress(ipaddress.ip_address("::1")),
        ]
        certificate = (
            _builder(_name(name, "PVE Cluster Node"), self._name, key)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        _write(files[0], certificate.public_bytes(serialization.Encoding.PEM))
        _write(files[1], _private(key))
        return ServerCertificate(*files, certificate)

    def _ca_certificate(self) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        return (
            _builder(self._name, self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )


def _name(common: str, unit: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "PVE Cluster Manager CA"),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _LIFE)
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} holds no elliptic curve key")
    return key


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
