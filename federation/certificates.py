"""The broker owner's own certificate authority, and the server certificate it signs.

No other trust takes part: a node learns the authority's certificate with its enrolment, inside an
answer that the one-time code protects, and believes no other. P-256, for TLS 1.3.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from federation import keyfiles
from federation.errors import KeysError
from schemas.ids import NodeId

AUTHORITY_LIFE: Final = timedelta(days=7305)  # 20 years: longer than any machine in a village
SERVER_LIFE: Final = timedelta(days=825)  # the longest that common clients accept
RENEW_BEFORE: Final = timedelta(days=60)  # a start of the node in these days renews it
BACKDATED: Final = timedelta(days=3653)  # a village's dead clock battery must not cut its line


@dataclass(frozen=True, slots=True)
class Certificates:
    """What the broker and its clients need."""

    authority: str
    """The authority's certificate, PEM: given to every node."""
    certificate: Path
    private_key: Path
    expires_at: datetime
    """When the server certificate ends; aware UTC."""


def ensure_certificates(
    folder: Path, *, node: NodeId, names: Sequence[str], now: datetime
) -> Certificates:
    """Make what is missing in `folder`; renew a server certificate that ends soon or lacks a name.

    `names` are the host names and IP addresses under which clients reach the broker; loopback is
    always among them. The authority is made once and never replaced. Raises `KeysError`.
    """
    keyfiles.make_folder(folder)
    authority_key = _private_key(folder / "authority.key")
    authority_file = folder / "authority.crt"
    if not authority_file.exists():
        made = _authority(authority_key, node, now)
        keyfiles.write_new(authority_file, _pem(made))
    authority = _read(authority_file)
    server_key = _private_key(folder / "server.key")
    server_file = folder / "server.crt"
    wanted = tuple(dict.fromkeys(("localhost", "127.0.0.1", *names)))
    if not server_file.exists() or not _serves(_read(server_file), authority, wanted, now):
        made = _server(server_key, authority, authority_key, wanted, now)
        server_file.unlink(missing_ok=True)
        keyfiles.write_new(server_file, _pem(made))
    server = _read(server_file)
    return Certificates(
        authority=_pem(authority).decode(),
        certificate=server_file,
        private_key=folder / "server.key",
        expires_at=server.not_valid_after_utc,
    )


def _authority(key: ec.EllipticCurvePrivateKey, node: NodeId, now: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"zhengwu {node} authority")])
    public = key.public_key()
    return (
        _builder(name, name, public, now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    names: Sequence[str],
    now: datetime,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "zhengwu broker")])
    public = key.public_key()
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    end = min(SERVER_LIFE, authority.not_valid_after_utc - now)
    return (
        _builder(subject, authority.subject, public, now, end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_name(one) for one in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(issuer_id, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _serves(
    server: x509.Certificate, authority: x509.Certificate, names: Sequence[str], now: datetime
) -> bool:
    found = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        server.issuer == authority.subject
        and server.not_valid_after_utc - now > RENEW_BEFORE
        and all(_name(one) in found for one in names)
    )


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    if not path.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        secret = made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        keyfiles.write_new(path, secret)
    try:
        key = serialization.load_pem_private_key(keyfiles.read(path), password=None)
    except ValueError:
        raise KeysError(f"{path} is not a private key") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeysError(f"{path} is not a P-256 key")
    return key


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _read(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError:
        raise KeysError(f"{path} is not a certificate") from None
