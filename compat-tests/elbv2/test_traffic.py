"""HTTP through a load balancer, as the API has set it up: no targets needed."""
import http.client
import json
import urllib.parse

from conftest import eventually


def endpoint_of(stack, listener_arn):
    """Where a listener is served: (URL without the last slash, the Host to send)."""
    found = eventually(lambda: next((each for each in stack.aws.endpoints()
                                     if each["listener_arn"] == listener_arn and each["served"]
                                     and "localhost" not in each["url"]), None))
    return found["url"].rstrip("/"), found["host"]


class Client:
    def __init__(self, stack, listener_arn):
        self.url, self.host = endpoint_of(stack, listener_arn)
        self.address = urllib.parse.urlparse(self.url)

    def get(self, path, method="GET", **headers):
        """(status, headers, body); redirects are not followed."""
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=10)
        try:
            connection.request(method, path, headers={**({"Host": self.host} if self.host else {}), **headers})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()


def test_fixed_responses_and_rules(stack):
    listener = stack.listener(stack.active_load_balancer()["LoadBalancerArn"])
    client = Client(stack, listener)
    status, headers, body = client.get("/")
    assert (status, body, headers["Content-Type"]) == (404, "nothing here", "text/plain")
    rule = stack.rule(listener, 10, [{"Field": "path-pattern", "Values": ["/auth*"]}],
                      stack.fixed("200", '{"a":1}', "application/json"))
    stack.rule(listener, 5, [{"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["DELETE"]}}],
               stack.fixed("403", "no"))
    # A change shows with the next request.
    assert client.get("/auth/x")[0::2] == (200, '{"a":1}')
    assert client.get("/auth", method="DELETE")[0] == 403
    assert client.get("/Auth")[0] == 404
    stack.elbv2.modify_rule(RuleArn=rule, Conditions=[{"Field": "path-pattern", "Values": ["/other"]}])
    assert client.get("/auth")[0] == 404
    assert client.get("/other")[0] == 200
    stack.elbv2.delete_rule(RuleArn=rule)
    assert client.get("/other")[0] == 404


def test_redirect(stack):
    listener = stack.listener(stack.active_load_balancer()["LoadBalancerArn"], {
        "Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}})
    status, headers, body = Client(stack, listener).get("/a/b?c=d")
    assert status == 301
    location = urllib.parse.urlparse(headers["Location"])
    assert (location.scheme, location.port, location.path, location.query) == ("https", 443, "/a/b", "c=d")
    assert "301 Moved Permanently" in body


def test_forward_without_targets(stack):
    listener = stack.listener(stack.active_load_balancer()["LoadBalancerArn"], stack.forward(stack.target_group()))
    assert Client(stack, listener).get("/")[0] == 503


def test_closed_listener(stack):
    load_balancer = stack.active_load_balancer()["LoadBalancerArn"]
    listener = stack.listener(load_balancer)
    client = Client(stack, listener)
    assert client.get("/")[0] == 404
    stack.elbv2.delete_load_balancer(LoadBalancerArn=load_balancer)
    assert listener not in [each["listener_arn"] for each in stack.aws.endpoints()]


def test_security_group_closes_the_door(stack):
    listener = stack.listener(stack.active_load_balancer()["LoadBalancerArn"])
    client = Client(stack, listener)
    assert client.get("/")[0] == 404
    rule = dict(GroupId=stack.group, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0")
    stack.ec2.revoke_security_group_ingress(**rule)
    try:
        client.get("/")
        answered = True
    except (ConnectionError, http.client.HTTPException, TimeoutError):
        answered = False
    assert not answered
    stack.ec2.authorize_security_group_ingress(**rule)
    assert client.get("/")[0] == 404
