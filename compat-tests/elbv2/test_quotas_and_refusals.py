"""Quotas of an account, and what is refused because it does not go together or is not there yet."""
import json
import urllib.parse
import xml.etree.ElementTree

from conftest import error_of, eventually


def path(value):
    return [{"Field": "path-pattern", "Values": [value]}]


def test_quotas_of_load_balancers_and_listeners(stack):
    def internal(number, **more):
        return stack.load_balancer(f"lb-{number}", Scheme="internal", **more)["LoadBalancerArn"]

    arns = [internal(number) for number in range(50)]
    assert error_of(internal, number=50).type == "TooManyLoadBalancersException"
    internal(51, Type="network", SecurityGroups=[])  # each type has its own quota
    for arn in arns[1:]:
        stack.elbv2.delete_load_balancer(LoadBalancerArn=arn)
    for port in range(20001, 20051):
        stack.listener(arns[0], port=port)
    assert error_of(stack.listener, load_balancer_arn=arns[0], port=20051).type == "TooManyListenersException"
    pages = list(stack.elbv2.get_paginator("describe_listeners").paginate(LoadBalancerArn=arns[0],
                                                                          PaginationConfig={"PageSize": 20}))
    assert [len(page["Listeners"]) for page in pages] == [20, 20, 10]
    stack.elbv2.delete_load_balancer(LoadBalancerArn=arns[0])


def test_quotas_of_rules_and_target_groups(stack):
    listener = stack.listener(stack.load_balancer(Scheme="internal")["LoadBalancerArn"])
    for priority in range(1, 80):
        stack.rule(listener, priority, path("/x"), stack.fixed("200"))
    groups = [stack.target_group(f"group-{number}") for number in range(101)]
    for number in range(20):
        stack.rule(listener, 100 + number, path("/y"), {"Type": "forward", "ForwardConfig": {"TargetGroups": [
            {"TargetGroupArn": arn} for arn in groups[number * 5:number * 5 + 5]]}})
    refused = error_of(stack.rule, listener_arn=listener, priority=200, conditions=path("/z"),
                       action=stack.forward(groups[100]))
    assert refused.type == "TooManyUniqueTargetGroupsPerLoadBalancerException"
    stack.rule(listener, 200, path("/z"), stack.fixed("200"))
    refused = error_of(stack.rule, listener_arn=listener, priority=201, conditions=path("/z"), action=stack.fixed("200"))
    assert refused.type == "TooManyRulesException"
    pages = list(stack.elbv2.get_paginator("describe_target_groups").paginate(PaginationConfig={"PageSize": 50}))
    assert [len(page["TargetGroups"]) for page in pages] == [50, 50, 1]

    many = [{"Id": f"10.0.{number % 2}.{number % 200 + 5}", "Port": 1000 + number} for number in range(1000)]
    group = groups[100]
    stack.elbv2.register_targets(TargetGroupArn=group, Targets=many)
    refused = error_of(stack.elbv2.register_targets, TargetGroupArn=group, Targets=[{"Id": "10.0.0.250"}])
    assert refused.type == "TooManyTargetsException"
    for number in range(100):
        stack.target_group(f"geneve-{number}", Protocol="GENEVE", Port=6081)
    refused = error_of(stack.target_group, name="geneve-100", Protocol="GENEVE", Port=6081)
    assert refused.type == "TooManyTargetGroupsException"


def test_quotas_of_tags_certificates_and_registrations(stack):
    arn = stack.load_balancer()["LoadBalancerArn"]
    tags = [{"Key": f"key-{number}", "Value": ""} for number in range(51)]
    assert error_of(stack.elbv2.add_tags, ResourceArns=[arn], Tags=tags).type == "TooManyTagsException"
    assert error_of(stack.target_group, Tags=tags).type == "TooManyTagsException"
    inner = stack.load_balancer("inner")["LoadBalancerArn"]
    stack.listener(inner)
    for number in range(3):
        group = stack.target_group(f"inner-{number}", TargetType="alb", Protocol="TCP", Port=80)
        call = dict(TargetGroupArn=group, Targets=[{"Id": inner}])
        if number < 2:
            stack.elbv2.register_targets(**call)
        else:
            assert error_of(stack.elbv2.register_targets, **call).type == "TooManyRegistrationsForTargetIdException"


def test_what_does_not_go_together(stack):
    network = stack.load_balancer("network", Type="network")["LoadBalancerArn"]
    application = stack.load_balancer()["LoadBalancerArn"]
    http, tcp = stack.target_group("http"), stack.target_group("tcp", Protocol="TCP")
    refused = error_of(stack.listener, load_balancer_arn=application, action=stack.forward(tcp))
    assert refused.type == "IncompatibleProtocolsException"

    def listen(protocol, action, arn=network):
        return error_of(stack.elbv2.create_listener, LoadBalancerArn=arn, Protocol=protocol, Port=80,
                        DefaultActions=[action])
    assert listen("TCP", stack.forward(http)).type == "IncompatibleProtocolsException"
    assert listen("TCP", stack.fixed("200")).type == "InvalidLoadBalancerActionException"
    assert listen("HTTP", stack.forward(http)).message.startswith("Listener protocol 'HTTP' must be one of")
    other = stack.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    elsewhere = stack.target_group("elsewhere", VpcId=other)
    assert listen("HTTP", stack.forward(elsewhere), application).type == "InvalidConfigurationRequestException"
    subnets = [stack.ec2.create_subnet(VpcId=other, CidrBlock=f"10.9.{i}.0/24",
                                       AvailabilityZone=stack.aws.region + zone)["Subnet"]["SubnetId"]
               for i, zone in enumerate("ab")]
    refused = error_of(stack.load_balancer, name="closed", Subnets=subnets, SecurityGroups=[])
    assert (refused.type, refused.message) == ("InvalidSubnetException", f"VPC {other} has no internet gateway")
    refused = error_of(stack.load_balancer, name="mixed", Subnets=[stack.subnets[0], subnets[1]])
    assert refused.type == "InvalidConfigurationRequestException"


def test_what_is_not_there_yet(stack):
    """Clear words and status 501, not a pretence."""
    arn = stack.load_balancer()["LoadBalancerArn"]
    acm = stack.aws.client("acm")
    certificate = [{"CertificateArn": acm.request_certificate(DomainName="x.test")["CertificateArn"]}]
    oidc = {"Type": "authenticate-oidc", "Order": 1, "AuthenticateOidcConfig": {
        "Issuer": "https://i.test", "AuthorizationEndpoint": "https://i.test/a", "TokenEndpoint": "https://i.test/t",
        "UserInfoEndpoint": "https://i.test/u", "ClientId": "c", "ClientSecret": "s"}}

    def refused(call, what, **parameters):
        error = error_of(call, **parameters)
        assert (error.status, error.message) == (501, f"{what} are not implemented by Drydock"), error

    eventually(lambda: acm.describe_certificate(**certificate[0])["Certificate"]["Status"] == "ISSUED")
    refused(stack.elbv2.create_listener, "Actions of type 'authenticate-oidc'", LoadBalancerArn=arn, Protocol="HTTPS",
            Port=443, Certificates=certificate, DefaultActions=[oidc, {**stack.fixed("200"), "Order": 2}])
    http = error_of(stack.elbv2.create_listener, LoadBalancerArn=arn, Protocol="HTTP", Port=80,
                    DefaultActions=[oidc, {**stack.fixed("200"), "Order": 2}])
    assert http.message == "Actions of type 'authenticate-oidc' are supported only on HTTPS listeners"
    refused(stack.target_group, "Target groups with protocol version 'HTTP2'", ProtocolVersion="HTTP2")
    refused(stack.target_group, "Target groups with protocol version 'GRPC'", ProtocolVersion="GRPC")
    network = stack.load_balancer("network", Type="network")["LoadBalancerArn"]
    group = stack.target_group("tcp", Protocol="TCP")
    refused(stack.elbv2.create_listener, "ALPN policies", LoadBalancerArn=network, Protocol="TLS", Port=443,
            Certificates=certificate, AlpnPolicy=["HTTP2Preferred"], DefaultActions=[stack.forward(group)])
    if "MutualAuthentication" in stack.elbv2.meta.service_model.operation_model("CreateListener").input_shape.members:
        refused(stack.elbv2.create_listener, "Mutual authentication", LoadBalancerArn=arn, Protocol="HTTPS", Port=443,
                Certificates=certificate, MutualAuthentication={"Mode": "verify"}, DefaultActions=[stack.fixed("200")])
    if "create_trust_store" in dir(stack.elbv2):
        error = error_of(stack.elbv2.create_trust_store, Name="t", CaCertificatesBundleS3Bucket="b",
                         CaCertificatesBundleS3Key="k")
        assert error.status == 501 and "does not implement" in error.message


def post(aws, **parameters):
    """A form as a newer client sends it: (status, {key: value} of the attributes in the answer)."""
    status, _, body = aws.http("POST", "/", urllib.parse.urlencode({"Version": "2015-12-01", **parameters}), {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "X-Amz-Date": "20260101T000000Z",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={aws.account}/20260101/{aws.region}/elasticloadbalancing/"
                         "aws4_request, SignedHeaders=host;x-amz-date, Signature=0000"})
    members = xml.etree.ElementTree.fromstring(body).findall(".//{*}member")
    return status, {each.findtext("{*}Key"): each.findtext("{*}Value") for each in members}


def test_listener_attributes(stack):
    listener = stack.listener(stack.load_balancer()["LoadBalancerArn"])

    def shown():
        return post(stack.aws, Action="DescribeListenerAttributes", ListenerArn=listener)[1]

    def change(key, value):
        return post(stack.aws, Action="ModifyListenerAttributes", ListenerArn=listener,
                    **{"Attributes.member.1.Key": key, "Attributes.member.1.Value": value})

    response = "routing.http.response."
    assert shown()[response + "server.enabled"] == "true" and len(shown()) == 11
    assert not shown()[response + "x_frame_options.header_value"]
    status, changed = change(response + "x_frame_options.header_value", "DENY")
    assert status == 200 and changed[response + "x_frame_options.header_value"] == "DENY"
    assert shown() == changed
    for key, value in ((response + "server.enabled", "maybe"), ("tcp.idle_timeout.seconds", "60"),
                       (response + "x_frame_options.header_value", "a\r\nb")):
        assert change(key, value)[0] == 400
    network = stack.load_balancer("network", Type="network")["LoadBalancerArn"]
    listener = stack.elbv2.create_listener(
        LoadBalancerArn=network, Protocol="TCP", Port=80,
        DefaultActions=[stack.forward(stack.target_group("tcp", Protocol="TCP"))])["Listeners"][0]["ListenerArn"]
    assert shown() == {"tcp.idle_timeout.seconds": "350"}
    assert change("tcp.idle_timeout.seconds", "59")[0] == 400 and change("tcp.idle_timeout.seconds", "60")[0] == 200


def test_limits_are_all_told(stack):
    limits = stack.aws.cli("elbv2", "describe-account-limits")["Limits"]
    named = {each["Name"]: int(each["Max"]) for each in limits}
    assert named["listeners-per-application-load-balancer"] == 50 and named["rules-per-application-load-balancer"] == 100
    assert named["targets-per-application-load-balancer"] == 1000 and named["geneve-target-groups"] == 100
    first = stack.elbv2.describe_account_limits(PageSize=5)
    rest = stack.elbv2.describe_account_limits(Marker=first["NextMarker"])
    assert len(first["Limits"]) == 5 and json.dumps(first["Limits"] + rest["Limits"]) == json.dumps(limits)
