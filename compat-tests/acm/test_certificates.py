"""ACM with boto3 and the AWS CLI; certificates of the local authority are verified by OpenSSL and by Python's ssl."""
import ssl
import subprocess

from conftest import BINARY, error_of, eventually


def openssl(*arguments, cwd):
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=cwd).stdout


def test_request_and_verify_against_the_authority(aws, tmp_path):
    acm = aws.client("acm")
    arn = acm.request_certificate(DomainName="*.example.com", SubjectAlternativeNames=["example.com"],
                                  ValidationMethod="DNS", Tags=[{"Key": "a", "Value": "b"}])["CertificateArn"]
    detail = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert detail["Status"] == "PENDING_VALIDATION" and detail["KeyAlgorithm"] == "RSA-2048"
    assert detail["DomainValidationOptions"][0]["ResourceRecord"]["Type"] == "CNAME"
    assert error_of(acm.get_certificate, CertificateArn=arn).type == "RequestInProgressException"
    eventually(lambda: acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED")

    got = acm.get_certificate(CertificateArn=arn)
    status, _, authority = aws.http("GET", "/_drydock/ca")
    assert status == 200 and authority.decode() == got["CertificateChain"]
    printed = subprocess.run([BINARY, "ca", "--endpoint", aws.server.endpoint], capture_output=True, check=True)
    assert printed.stdout == authority
    (tmp_path / "ca.pem").write_bytes(authority)
    (tmp_path / "leaf.pem").write_text(got["Certificate"])
    assert b"leaf.pem: OK" in openssl("verify", "-CAfile", "ca.pem", "-purpose", "sslserver", "-verify_hostname",
                                      "www.example.com", "leaf.pem", cwd=tmp_path)
    ssl.create_default_context(cadata=authority.decode())

    listed = aws.cli("acm", "list-certificates")["CertificateSummaryList"]
    assert [each["CertificateArn"] for each in listed] == [arn]
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": "a", "Value": "another"}])
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "c", "Value": "d"}])
    assert len(acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]) == 2
    acm.delete_certificate(CertificateArn=arn)
    assert error_of(acm.describe_certificate, CertificateArn=arn).type == "ResourceNotFoundException"


def test_import_what_openssl_made(aws, tmp_path):
    acm = aws.client("acm")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30",
            "-subj", "/O=Example/CN=shop.example.com", "-addext", "subjectAltName=DNS:shop.example.com,DNS:x.example.com",
            cwd=tmp_path)
    certificate, key = (tmp_path / "cert.pem").read_bytes(), (tmp_path / "key.pem").read_bytes()
    arn = acm.import_certificate(Certificate=certificate, PrivateKey=key)["CertificateArn"]
    detail = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert (detail["Type"], detail["Status"], detail["Issuer"]) == ("IMPORTED", "ISSUED", "Example")
    assert detail["SubjectAlternativeNames"] == ["shop.example.com", "x.example.com"]
    assert detail["Serial"].replace(":", "").upper() in openssl("x509", "-noout", "-serial", "-in", "cert.pem",
                                                                  cwd=tmp_path).decode()

    openssl("rsa", "-aes128", "-passout", "pass:secret", "-in", "key.pem", "-out", "locked.pem", cwd=tmp_path)
    refused = error_of(acm.import_certificate, Certificate=certificate, PrivateKey=(tmp_path / "locked.pem").read_bytes())
    assert refused.code == "ValidationException" and "private key is not supported" in refused.message
    openssl("genrsa", "-out", "other.pem", "2048", cwd=tmp_path)
    refused = error_of(acm.import_certificate, Certificate=certificate, PrivateKey=(tmp_path / "other.pem").read_bytes())
    assert refused.code == "ValidationException" and "does not match" in refused.message
