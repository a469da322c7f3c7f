"""What ACM refuses, with its codes and words; the certificates come from openssl. Sources of the words: handlers/acm."""
import subprocess

import pytest

from conftest import error_of, eventually

VALIDATION = "ValidationException"
EC = ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")

# For `openssl ca`, which alone can choose both dates.
AUTHORITY = """[ca]
default_ca = own
[own]
database = {0}/index.txt
serial = {0}/serial
new_certs_dir = {0}
default_md = sha256
policy = any
[any]
commonName = supplied
"""


class Maker:
    """Keys and certificates in a folder; everything by its file's name without ".pem"."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "index.txt").touch()
        (folder / "serial").write_text("01\n")
        (folder / "ca.conf").write_text(AUTHORITY.format(folder))

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def read(self, name):
        return (self.folder / f"{name}.pem").read_bytes()

    def self_signed(self, name, subject, *more, key=EC):
        self.openssl("req", "-x509", "-newkey", *key, "-nodes", "-keyout", f"{name}-key.pem", "-out", f"{name}.pem",
                     "-days", "30", "-subj", subject, *more)
        return dict(Certificate=self.read(name), PrivateKey=self.read(name + "-key"))

    def dated(self, name, begin, end):
        """By the authority of the folder."""
        self.openssl("req", "-newkey", *EC, "-nodes", "-keyout", f"{name}-key.pem", "-out", f"{name}.csr", "-subj",
                     f"/CN={name}.test")
        self.openssl("ca", "-batch", "-notext", "-config", "ca.conf", "-cert", "root.pem", "-keyfile", "root-key.pem", "-in",
                     f"{name}.csr", "-out", f"{name}.pem", "-startdate", begin, "-enddate", end, "-extfile", "v3.conf")
        return dict(Certificate=self.read(name), PrivateKey=self.read(name + "-key"))


@pytest.fixture
def maker(tmp_path):
    made = Maker(tmp_path)
    (tmp_path / "v3.conf").write_text("basicConstraints = CA:FALSE\n")
    return made


def test_what_cannot_be_imported(aws, maker):
    """ACM User Guide, "Prerequisites for importing ACM certificates"."""
    acm = aws.client("acm")
    good = maker.self_signed("good", "/CN=good.test")
    root = maker.self_signed("root", "/CN=root.test")
    other = maker.self_signed("other", "/CN=other.test")
    leaf = maker.dated("leaf", "20200101000000Z", "20491231000000Z")
    maker.openssl("req", "-new", "-key", "good-key.pem", "-subj", "/CN=old.test", "-out", "old.csr")
    maker.openssl("x509", "-req", "-in", "old.csr", "-signkey", "good-key.pem", "-out", "version1.pem")
    chain = ("Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, "
             "followed by any intermediaries in order. The index within the chain of the invalid certificate is: {}")
    cases = [
        ("The certificate field contains more than one certificate. You can specify only one certificate in this field.",
         dict(Certificate=good["Certificate"] + root["Certificate"])),
        ("The certificate body/chain provided is not in a valid PEM format", dict(Certificate=b"x")),
        ("The certificate body/chain provided is not in a valid PEM format", dict(CertificateChain=b"x")),
        (chain.format(0), dict(**leaf, CertificateChain=other["Certificate"])),
        (chain.format(1), dict(**leaf, CertificateChain=root["Certificate"] + other["Certificate"])),
        ("The private key is not supported.", dict(PrivateKey=b"x")),
        ("The private key does not match the public key of the certificate.", dict(PrivateKey=other["PrivateKey"])),
        ("The algorithm or the size of the certificate's key is not supported.",
         maker.self_signed("edwards", "/CN=e.test", key=("ed25519",))),
        ("The certificate must be an X.509 version 3 certificate.", dict(Certificate=maker.read("version1"))),
        ("The certificate names no domain: it must contain a fully qualified domain name.",
         maker.self_signed("nameless", "/O=Nobody")),
        ("The certificate's validity has not begun yet.", maker.dated("early", "20480101000000Z", "20491231000000Z")),
        ("The certificate is expired.", maker.dated("late", "20200101000000Z", "20210101000000Z")),
    ]
    for message, given in cases:
        refused = error_of(acm.import_certificate, **{**good, **given})
        assert (refused.code, refused.status, refused.message) == (VALIDATION, 400, message), given
    assert acm.list_certificates()["CertificateSummaryList"] == []

    arn = acm.import_certificate(**leaf, CertificateChain=root["Certificate"], Tags=[{"Key": "a"}])["CertificateArn"]
    again = error_of(acm.import_certificate, CertificateArn=arn, **good, Tags=[{"Key": "b"}])
    assert (again.code, again.message) == (VALIDATION, "Tagging is not permitted on re-import.")
    acm.import_certificate(CertificateArn=arn, **good)
    detail = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert (detail["DomainName"], detail["Status"]) == ("good.test", "ISSUED")
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"][0]["Key"] == "a"
    requested = acm.request_certificate(DomainName="a.test", ValidationMethod="DNS")["CertificateArn"]
    again = error_of(acm.import_certificate, CertificateArn=requested, **good)
    assert (again.code, again.message) == (VALIDATION, "Only imported certificates can be imported again.")


def test_what_cannot_be_requested(aws):
    acm = aws.client("acm")
    authority = f"arn:aws:acm-pca:{aws.region}:{aws.account}:certificate-authority/00000000-0000-0000-0000-000000000000"
    cases = [
        ("ValidationException", 400, "The domain name 'localhost' is not valid.", dict(DomainName="localhost")),
        ("ValidationException", 400, "The domain name '-a.test' is not valid.", dict(SubjectAlternativeNames=["-a.test"])),
        ("ValidationException", 400, "The key algorithm RSA_1024 cannot be requested.", dict(KeyAlgorithm="RSA_1024")),
        ("InvalidDomainValidationOptionsException", 400,
         "The validation domain for 'a.test' must be the domain itself or one above it.",
         dict(DomainValidationOptions=[{"DomainName": "a.test", "ValidationDomain": "b.test"}])),
        ("LimitExceededException", 400, "The certificate names more than 10 domains.",
         dict(SubjectAlternativeNames=[f"{number}.test" for number in range(10)])),
        ("InvalidTagException", 400, "Tag keys that begin with aws: are reserved for system use.", dict(Tags=[{"Key": "aws:x"}])),
        ("NotImplemented", 501, "A private certificate authority is not implemented by Drydock.",
         dict(CertificateAuthorityArn=authority)),
        ("NotImplemented", 501, "A certificate managed by CloudFront is not implemented by Drydock.",
         dict(ValidationMethod="HTTP")),
    ]
    for code, status, message, given in cases:
        parameters = {"DomainName": "a.test", "ValidationMethod": "DNS", **given}
        refused = error_of(acm.request_certificate, **parameters)
        assert (refused.code, refused.status, refused.message) == (code, status, message), given
    assert acm.list_certificates()["CertificateSummaryList"] == []


def test_certificates_that_are_not_there_or_used(aws):
    acm = aws.client("acm")
    arn = acm.request_certificate(DomainName="a.test", ValidationMethod="DNS")["CertificateArn"]
    early = error_of(acm.get_certificate, CertificateArn=arn)
    assert (early.code, early.message) == (
        "RequestInProgressException",
        f"Certificate {arn} isn't issued yet. Wait until it is issued before you retrieve it.")
    nobody = arn[:-12] + "0" * 12
    for call in (acm.describe_certificate, acm.get_certificate, acm.delete_certificate, acm.list_tags_for_certificate):
        refused = error_of(call, CertificateArn=nobody)
        assert (refused.code, refused.message) == (
            "ResourceNotFoundException", f"Could not find certificate {nobody} in account {aws.account}.")
    for call in (acm.add_tags_to_certificate, acm.remove_tags_from_certificate):
        assert error_of(call, CertificateArn=nobody, Tags=[{"Key": "a"}]).code == "ResourceNotFoundException"
    forged = error_of(acm.list_certificates, NextToken="forged")
    assert (forged.code, forged.message) == ("InvalidArgsException", "The NextToken is not valid.")
    half = error_of(acm.list_certificates, SortBy="CREATED_AT")
    assert (half.code, half.message) == (VALIDATION, "SortBy and SortOrder must be specified together.")

    eventually(lambda: acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED")
    ec2, elbv2 = aws.client("ec2"), aws.client("elbv2")
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]][:2]  # of the default VPC
    balancer = elbv2.create_load_balancer(Name="x", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    listener = elbv2.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTPS", Port=443, Certificates=[{"CertificateArn": arn}], DefaultActions=[
            {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}])["Listeners"][0]["ListenerArn"]
    used = error_of(acm.delete_certificate, CertificateArn=arn)
    assert (used.code, used.message) == (
        "ResourceInUseException", f"Certificate {arn} in account {aws.account} is in use.")
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == [balancer]
    elbv2.delete_listener(ListenerArn=listener)
    acm.delete_certificate(CertificateArn=arn)


def test_the_first_domain_name_is_a_common_name(aws):
    """API Reference, RequestCertificate DomainName: 64 characters at most, a subject alternative name may be longer. The
    words: convox/rack issue 2818."""
    acm = aws.client("acm")
    fits, long = (f"{'a' * length}.{'b' * 40}.example.com" for length in (11, 12))
    assert (len(fits), len(long)) == (64, 65)
    refused = error_of(acm.request_certificate, DomainName=long)
    assert refused.type == "InvalidDomainValidationOptionsException"
    assert refused.message == "The first domain name can be no longer than 64 characters."
    arn = acm.request_certificate(DomainName=fits, SubjectAlternativeNames=[long])["CertificateArn"]
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["SubjectAlternativeNames"] == [fits, long]
