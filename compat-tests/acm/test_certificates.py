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


def test_refusals_and_pages(aws):
    acm = aws.client("acm")

    def request(**more):
        return error_of(acm.request_certificate, **{"DomainName": "a.test", "ValidationMethod": "DNS", **more})

    assert request(DomainName="*.*.test").code == "ValidationException"
    assert request(SubjectAlternativeNames=[f"{n}.test" for n in range(11)]).type == "LimitExceededException"
    assert request(DomainValidationOptions=[{"DomainName": "a.test", "ValidationDomain": "b.test"}]).type == (
        "InvalidDomainValidationOptionsException")
    assert request(Tags=[{"Key": "aws:x"}]).type == "InvalidTagException"
    assert request(Tags=[{"Key": str(n)} for n in range(51)]).code in ("TooManyTagsException", "ValidationException")
    authority = f"arn:aws:acm-pca:{aws.region}:{aws.account}:certificate-authority/00000000-0000-0000-0000-000000000000"
    private = request(CertificateAuthorityArn=authority)
    assert private.status == 501 and private.message == "A private certificate authority is not implemented by Drydock."
    arns = [acm.request_certificate(DomainName=f"{n}.test", ValidationMethod="DNS")["CertificateArn"] for n in range(3)]
    for half in "ab":  # 50 in all, 25 at a time
        acm.add_tags_to_certificate(CertificateArn=arns[0], Tags=[{"Key": f"{half}-{n}"} for n in range(25)])
    full = error_of(acm.add_tags_to_certificate, CertificateArn=arns[0], Tags=[{"Key": "more"}])
    assert full.type == "TooManyTagsException"
    first = acm.list_certificates(MaxItems=2)
    rest = acm.list_certificates(NextToken=first["NextToken"])
    listed = [each["CertificateArn"] for page in (first, rest) for each in page["CertificateSummaryList"]]
    assert sorted(listed) == sorted(arns) and "NextToken" not in rest
    assert error_of(acm.list_certificates, NextToken="forged").type == "InvalidArgsException"
    nobody = arns[0][:-12] + "000000000000"
    for call in (acm.describe_certificate, acm.get_certificate, acm.delete_certificate, acm.list_tags_for_certificate):
        assert error_of(call, CertificateArn=nobody).type == "ResourceNotFoundException"
