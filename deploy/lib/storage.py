"""An S3 storage for tests: moto, which checks users, policies and signatures.

The argument is a folder for a certificate. Prints one line of JSON when it is ready; then reads a
bucket's name per line and prints the names of its objects. Exits when standard input closes, so it
can't outlive a test.
"""
import datetime
import ipaddress
import json
import os
import socket
import ssl
import sys
import threading

os.environ["S3_IGNORE_SUBDOMAIN_BUCKETNAME"] = "true"

import boto3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from moto import settings
from moto.server import ThreadedMotoServer

REGION = "eu-west-1"
BUCKET = "things"
# The permissions of each user.
USERS = {
    "admin": ["s3:*"],
    "good": ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"],
    "keeper": ["s3:PutObject", "s3:GetObject"],
    "blind": ["s3:PutObject", "s3:DeleteObject"],
    "reader": ["s3:GetObject", "s3:DeleteObject"],
}


def client(service, url, key="setup", secret="setup"):
    return boto3.client(
        service, endpoint_url=url, region_name=REGION, aws_access_key_id=key,
        aws_secret_access_key=secret)


def make_users(url):
    """The access key and secret of each user, by name."""
    iam, keys = client("iam", url), {}
    for name, actions in USERS.items():
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        iam.create_user(UserName=name)
        iam.put_user_policy(
            UserName=name, PolicyName="test",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        made = iam.create_access_key(UserName=name)["AccessKey"]
        keys[name] = {"id": made["AccessKeyId"], "secret": made["SecretAccessKey"]}
    return keys


def make_certificate(folder):
    """An untrusted certificate for storage.example and 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "storage.example")])
    names = [x509.DNSName("storage.example"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now, day = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - day).not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256()))
    paths = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    with open(paths[0], "wb") as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
    with open(paths[1], "wb") as file:
        file.write(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption()))
    return paths


def copy(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve_tls(port, certificate, key):
    """A TLS port that forwards to `port`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            plain, _ = listener.accept()
            try:
                secure = context.wrap_socket(plain, server_side=True)
                inner = socket.create_connection(("127.0.0.1", port))
            except OSError:
                plain.close()
                continue
            for pair in ((secure, inner), (inner, secure)):
                threading.Thread(target=copy, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def main():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    url = f"http://127.0.0.1:{port}"
    keys = make_users(url)
    client("s3", url).create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    certificate, key = make_certificate(sys.argv[1])
    print(json.dumps({
        "port": port, "tlsPort": serve_tls(port, certificate, key), "certificate": certificate,
        "bucket": BUCKET, "region": REGION, "users": keys,
    }), flush=True)
    admin = client("s3", url, keys["admin"]["id"], keys["admin"]["secret"])
    for line in sys.stdin:
        found = admin.list_objects_v2(Bucket=line.strip()).get("Contents", [])
        print(json.dumps([item["Key"] for item in found]), flush=True)
    os._exit(0)


main()
