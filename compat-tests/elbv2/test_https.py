"""HTTPS listeners with certificates of ACM: boto3 sets them up, curl and openssl s_client connect."""
import subprocess
import urllib.parse

import pytest

from conftest import error_of, eventually


@pytest.fixture
def secure(stack, tmp_path):
    """A load balancer whose HTTPS listener answers "hello"; with the local authority's certificate in a file."""
    stack.acm = stack.aws.client("acm")
    stack.ca = tmp_path / "ca.pem"
    stack.ca.write_bytes(stack.aws.http("GET", "/_drydock/ca")[2])
    stack.ec2.authorize_security_group_ingress(GroupId=stack.group, IpProtocol="tcp", FromPort=443, ToPort=443,
                                               CidrIp="0.0.0.0/0")
    stack.arn = stack.active_load_balancer()["LoadBalancerArn"]
    stack.certificate = issued(stack, "app.example.com")
    stack.secure = stack.elbv2.create_listener(
        LoadBalancerArn=stack.arn, Protocol="HTTPS", Port=443, Certificates=[{"CertificateArn": stack.certificate}],
        SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        DefaultActions=[stack.fixed("200", "hello")])["Listeners"][0]["ListenerArn"]
    return stack


def issued(stack, *names):
    arn = stack.acm.request_certificate(DomainName=names[0], ValidationMethod="DNS",
                                        SubjectAlternativeNames=list(names))["CertificateArn"]
    eventually(lambda: stack.acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED")
    return arn


def own_address(stack, listener):
    """(address, port) that belong to the listener's load balancer alone."""
    url = urllib.parse.urlparse(stack.aws.own_endpoint(listener)["url"])
    return url.hostname, url.port


def curl(stack, listener, host, *arguments, path="/", scheme="https"):
    address, port = own_address(stack, listener)
    return subprocess.run(["curl", "-sS", "-i", "--cacert", str(stack.ca), "--max-time", "10", "--connect-to",
                           f"{host}:443:{address}:{port}", *arguments, f"{scheme}://{host}:443{path}"],
                          capture_output=True, text=True)


def s_client(stack, listener, *arguments):
    address, port = own_address(stack, listener)
    return subprocess.run(["openssl", "s_client", "-connect", f"{address}:{port}", "-CAfile", str(stack.ca),
                           *arguments], input="", capture_output=True, text=True, timeout=20).stdout


def test_certificates_by_name(secure):
    listener = secure.elbv2.describe_listeners(ListenerArns=[secure.secure])["Listeners"][0]
    assert listener["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert listener["Certificates"] == [{"CertificateArn": secure.certificate}]
    answer = curl(secure, secure.secure, "app.example.com")
    assert answer.returncode == 0 and answer.stdout.startswith("HTTP/1.1 200") and answer.stdout.endswith("hello")
    assert curl(secure, secure.secure, "shop.example.org").returncode == 60, "the default certificate is another one's"

    other = issued(secure, "*.example.org")
    added = secure.elbv2.add_listener_certificates(ListenerArn=secure.secure,
                                                   Certificates=[{"CertificateArn": other}])["Certificates"]
    assert added == [{"CertificateArn": other, "IsDefault": False}]
    assert curl(secure, secure.secure, "shop.example.org").stdout.endswith("hello")
    listed = secure.elbv2.describe_listener_certificates(ListenerArn=secure.secure)["Certificates"]
    assert listed == [{"CertificateArn": secure.certificate, "IsDefault": True},
                      {"CertificateArn": other, "IsDefault": False}]
    refused = error_of(secure.elbv2.remove_listener_certificates, ListenerArn=secure.secure,
                       Certificates=[{"CertificateArn": secure.certificate}])
    assert refused.type == "OperationNotPermittedException"
    assert error_of(secure.acm.delete_certificate, CertificateArn=other).type == "ResourceInUseException"
    secure.aws.cli("elbv2", "remove-listener-certificates", "--listener-arn", secure.secure, "--certificates",
                   f"CertificateArn={other}")
    assert curl(secure, secure.secure, "shop.example.org").returncode == 60
    secure.acm.delete_certificate(CertificateArn=other)


def test_policies_and_protocols(secure):
    assert "TLSv1.3" in s_client(secure, secure.secure, "-servername", "app.example.com")
    assert "Cipher is ECDHE-" in s_client(secure, secure.secure, "-tls1_2")
    assert "ALPN protocol: http/1.1" in s_client(secure, secure.secure, "-alpn", "h2,http/1.1")
    secure.elbv2.modify_listener(ListenerArn=secure.secure, SslPolicy="ELBSecurityPolicy-TLS13-1-3-2021-06")
    assert "Cipher is (NONE)" in s_client(secure, secure.secure, "-tls1_2")
    assert "TLSv1.3" in s_client(secure, secure.secure)
    refuse = lambda **more: error_of(secure.elbv2.modify_listener, ListenerArn=secure.secure, **more)
    assert refuse(SslPolicy="ELBSecurityPolicy-1999").type == "SSLPolicyNotFoundException"
    nobody = f"arn:aws:acm:{secure.aws.region}:{secure.aws.account}:certificate/00000000-0000-0000-0000-000000000000"
    assert refuse(Certificates=[{"CertificateArn": nobody}]).type == "CertificateNotFoundException"
    pending = secure.acm.request_certificate(DomainName="x.test", ValidationMethod="DNS")["CertificateArn"]
    refused = error_of(secure.elbv2.add_listener_certificates, ListenerArn=secure.secure,
                       Certificates=[{"CertificateArn": pending}])
    assert refused.type == "UnsupportedCertificateException" or refused.code == "UnsupportedCertificate"


def test_redirect_to_https(secure):
    plain = secure.listener(secure.arn, {"Type": "redirect", "RedirectConfig": {
        "Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}})
    host, port = own_address(secure, plain)
    address, secure_port = own_address(secure, secure.secure)
    followed = subprocess.run(
        ["curl", "-sS", "-L", "--cacert", str(secure.ca), "--max-time", "10",
         "--connect-to", f"app.example.com:80:{host}:{port}",
         "--connect-to", f"app.example.com:443:{address}:{secure_port}", "http://app.example.com/a?b=c"],
        capture_output=True, text=True)
    assert followed.stdout == "hello", followed.stderr
    # The certificate and its policy leave with the protocol.
    changed = secure.elbv2.modify_listener(ListenerArn=secure.secure, Protocol="HTTP", Port=8081)["Listeners"][0]
    assert "SslPolicy" not in changed and not changed.get("Certificates")
