"""Certificates for servers in tests, made in a folder. As a program, it makes one with its key: the
arguments are the folder, the name of the files, and the host.
"""
import datetime
import ipaddress
import os
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def certificate(folder, name, days, host):
    """Creates a self-signed certificate and its key; returns their paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "server " + name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.IPAddress(ipaddress.ip_address(host))] if host[0].isdigit() else [
        x509.DNSName(host)]
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=30))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256()))
    path, secret = os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key")
    with open(path, "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
    with open(secret, "wb") as file:
        file.write(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
    return path, secret


def certificates(folder, name):
    """Creates one that is good for 127.0.0.1, one that has expired, one for an other host and one
    for the host `name`. Returns their paths by these names, and a file that trusts all of them."""
    pairs = {
        "good": certificate(folder, "good", 30, "127.0.0.1"),
        "expired": certificate(folder, "expired", -1, "127.0.0.1"),
        "other": certificate(folder, "other", 30, "elsewhere.example"),
        "named": certificate(folder, "named", 30, name),
    }
    trusted = os.path.join(folder, "trusted.pem")
    with open(trusted, "w") as file:
        file.write("".join(open(path).read() for path, _ in pairs.values()))
    return pairs, trusted


if __name__ == "__main__":
    certificate(sys.argv[1], sys.argv[2], 30, sys.argv[3])
