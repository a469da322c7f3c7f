"""Every refusal with its code and words, one table for each kind of resource. Sources of the words: handlers/elbv2."""
import urllib.parse

import pytest

from conftest import error_of, eventually

NOBODY = "0" * 16


class Refusals:
    """Calls that must be refused, and leave everything as it was."""

    def __init__(self, stack):
        self.stack = stack
        self.elbv2 = stack.elbv2

    def check(self, call, code, message, **parameters):
        refused = error_of(getattr(self.elbv2, call), **parameters)
        assert (refused.code, refused.message) == (code, message), (call, parameters, refused)
        assert refused.status == (501 if code == "NotImplemented" else 400), refused

    def table(self, call, *rows, **common):
        """rows: (code, message, parameters)."""
        for code, message, parameters in rows:
            given = {key: value for key, value in {**common, **parameters}.items() if value is not None}
            self.check(call, code, message, **given)

    def arn(self, resource):
        return f"arn:aws:elasticloadbalancing:{self.stack.aws.region}:{self.stack.aws.account}:{resource}"


@pytest.fixture
def refusals(stack):
    return Refusals(stack)


VALIDATION, CONFIGURATION, ACTION = "ValidationError", "InvalidConfigurationRequest", "InvalidLoadBalancerAction"


def test_names_and_arns(refusals):
    balancer, group = refusals.arn(f"loadbalancer/app/x/{NOBODY}"), refusals.arn(f"targetgroup/x/{NOBODY}")
    listener = refusals.arn(f"listener/app/x/{NOBODY}/{NOBODY}")
    rule = refusals.arn(f"listener-rule/app/x/{NOBODY}/{NOBODY}/{NOBODY}")
    for call, parameter, kind in [
            ("delete_load_balancer", "LoadBalancerArn", "load balancer"), ("delete_target_group", "TargetGroupArn", "target group"),
            ("delete_listener", "ListenerArn", "listener"), ("delete_rule", "RuleArn", "listener rule")]:
        for wrong in ("x", "arn:aws:s3:::bucket", refusals.arn("other/x")):
            refusals.check(call, VALIDATION, f"'{wrong}' is not a valid {kind} ARN", **{parameter: wrong})
    refusals.table("describe_load_balancers",
                   ("LoadBalancerNotFound", "One or more load balancers not found", dict(LoadBalancerArns=[balancer])),
                   ("LoadBalancerNotFound", "Load balancers '[a, b]' not found", dict(Names=["a", "b"])),
                   (VALIDATION, "Load balancer names and load balancer ARNs cannot be specified at the same time",
                    dict(Names=["a"], LoadBalancerArns=[balancer])),
                   (VALIDATION, "You can specify up to 20 load balancers in a single call", dict(Names=["a"] * 21)),
                   (VALIDATION, "Invalid marker: 'forged'", dict(Marker="forged")))
    refusals.check("describe_load_balancer_attributes", "LoadBalancerNotFound", f"Load balancer '{balancer}' not found",
                   LoadBalancerArn=balancer)
    refusals.table("describe_target_groups",
                   ("TargetGroupNotFound", "One or more target groups not found", dict(Names=["x"])),
                   ("TargetGroupNotFound", "One or more target groups not found", dict(TargetGroupArns=[group])),
                   (VALIDATION, "Target group names and target group ARNs cannot be specified at the same time",
                    dict(Names=["x"], TargetGroupArns=[group])))
    refusals.check("modify_target_group", "TargetGroupNotFound", f"Target groups '{group}' not found", TargetGroupArn=group)
    refusals.table("describe_listeners",
                   ("ListenerNotFound", "One or more listeners not found", dict(ListenerArns=[listener])),
                   (VALIDATION, "Listener ARNs and a load balancer ARN cannot be specified at the same time",
                    dict(ListenerArns=[listener], LoadBalancerArn=balancer)),
                   (VALIDATION, "You must specify either listener ARNs or a load balancer ARN", {}))
    refusals.table("describe_rules",
                   ("RuleNotFound", "One or more rules not found", dict(RuleArns=[rule])),
                   (VALIDATION, "Listener rule ARNs and a listener ARN cannot be specified at the same time",
                    dict(RuleArns=[rule], ListenerArn=listener)),
                   (VALIDATION, "You must specify either listener rule ARNs or a listener ARN", {}))
    refusals.check("describe_ssl_policies", "SSLPolicyNotFound", "SSL policy 'x' not found", Names=["x"])


def test_load_balancers(refusals):
    stack = refusals.stack
    subnets, group = stack.subnets, stack.group
    other = stack.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    elsewhere = stack.ec2.create_subnet(VpcId=other, CidrBlock="10.9.0.0/24",
                                        AvailabilityZone=stack.aws.region + "b")["Subnet"]["SubnetId"]
    foreign = stack.ec2.create_security_group(GroupName="x", Description="x", VpcId=other)["GroupId"]
    beside, small = stack.subnet("10.0.9.0/24", "a"), stack.subnet("10.0.8.0/28", "b")
    for _ in range(4):  # of its 11 addresses
        stack.ec2.create_network_interface(SubnetId=small)
    nobody = "subnet-0123456789abcdef0"
    dualstack = "You must specify subnets with an associated IPv6 CIDR block for the IP address type 'dualstack'"
    mapping = lambda **more: dict(Subnets=None, SubnetMappings=[{"SubnetId": subnets[0], **more}, {"SubnetId": subnets[1]}])
    refusals.table(
        "create_load_balancer",
        (VALIDATION, f"The load balancer name '{'x' * 33}' cannot be longer than '32' characters", dict(Name="x" * 33)),
        (VALIDATION, "The load balancer name cannot be empty", dict(Name="")),
        (VALIDATION, "The load balancer name 'a_b' can only contain characters that are alphanumeric characters and "
                     "hyphens(-)", dict(Name="a_b")),
        (VALIDATION, "The load balancer name '-a' cannot begin or end with '-'", dict(Name="-a")),
        (VALIDATION, "The load balancer name 'internal-x' cannot begin with 'internal-'", dict(Name="internal-x")),
        (VALIDATION, "At least two subnets in two different Availability Zones must be specified", dict(Subnets=[subnets[0]])),
        ("SubnetNotFound", f"The subnet ID '{nobody}' does not exist", dict(Subnets=[subnets[0], nobody])),
        (CONFIGURATION, "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
         dict(Subnets=[*subnets, beside])),
        (CONFIGURATION, f"All subnets must belong to the same VPC: '{stack.vpc}','{other}'",
         dict(Subnets=[subnets[0], elsewhere])),
        ("InvalidSubnet", f"Not enough IP space available in {small}. ELB requires at least 8 free IP addresses in each "
                          "subnet.", dict(Subnets=[subnets[0], small])),
        (VALIDATION, "Security group 'x' is not valid", dict(SecurityGroups=["x"])),
        ("InvalidSecurityGroup", "The security group ID 'sg-0123456789abcdef0' does not exist",
         dict(SecurityGroups=["sg-0123456789abcdef0"])),
        (CONFIGURATION, "One or more security groups are invalid", dict(SecurityGroups=[foreign])),
        (CONFIGURATION, "The maximum number of security groups per load balancer has been reached",
         dict(SecurityGroups=[stack.security_group(f"g{number}") for number in range(6)])),
        (VALIDATION, dualstack, dict(IpAddressType="dualstack")),
        (VALIDATION, "You must specify either subnets or subnet mappings, but not both",
         dict(SubnetMappings=[{"SubnetId": subnets[0]}])),
        (VALIDATION, "A subnet ID must be specified", dict(Subnets=None, SubnetMappings=[{"PrivateIPv4Address": "10.0.0.9"}])),
        (VALIDATION, "You can't specify Elastic IP addresses for a load balancer with type 'application'",
         mapping(AllocationId="eipalloc-1")),
        (VALIDATION, "You can't specify private IP addresses for a load balancer with type 'application'",
         mapping(PrivateIPv4Address="10.0.0.9")),
        ("NotImplemented", "IPv6 addresses are not implemented by Drydock", mapping(IPv6Address="2001:db8::1")),
        ("AllocationIdNotFound", "The allocation ID 'eipalloc-1' does not exist",
         dict(Type="network", **mapping(AllocationId="eipalloc-1"))),
        (VALIDATION, "You can't specify Elastic IP addresses for an internal load balancer",
         dict(Type="network", Scheme="internal", **mapping(AllocationId="eipalloc-1"))),
        (VALIDATION, "You can't specify private IP addresses for an internet-facing load balancer",
         dict(Type="network", **mapping(PrivateIPv4Address="10.0.0.9"))),
        ("NotImplemented", "Customer-owned address pools are not implemented by Drydock",
         dict(CustomerOwnedIpv4Pool="ipv4pool-coip-1")),
        (VALIDATION, "At least one subnet must be specified", dict(Type="network", Subnets=[])),
        (VALIDATION, "A scheme cannot be specified for load balancers with type 'gateway'",
         dict(Type="gateway", Scheme="internal")),
        (VALIDATION, "Security groups cannot be specified for load balancers with type 'gateway'",
         dict(Type="gateway", SecurityGroups=[group])),
        Name="x", Subnets=subnets)
    assert stack.elbv2.describe_load_balancers()["LoadBalancers"] == []

    arn = stack.load_balancer()["LoadBalancerArn"]
    network = stack.load_balancer("network", Type="network", SecurityGroups=[])["LoadBalancerArn"]
    gateway = stack.elbv2.create_load_balancer(Name="gate", Type="gateway", Subnets=subnets)["LoadBalancers"][0]
    refusals.check("create_load_balancer", "DuplicateLoadBalancerName",
                   "A load balancer with the same name 'web' exists, but with different settings", Name="web",
                   Subnets=subnets, SecurityGroups=[group], Scheme="internal")
    refusals.table("set_security_groups",
                   (VALIDATION, "A security group must be specified", dict(SecurityGroups=[])),
                   (CONFIGURATION, "You can't set security groups on a Network Load Balancer that was created without security "
                                   "groups", dict(LoadBalancerArn=network)),
                   (CONFIGURATION, "You can't set security groups on a Gateway Load Balancer",
                    dict(LoadBalancerArn=gateway["LoadBalancerArn"])), LoadBalancerArn=arn, SecurityGroups=[group])
    refusals.table("set_subnets",
                   (VALIDATION, "At least two subnets in two different Availability Zones must be specified",
                    dict(Subnets=[beside])),
                   (CONFIGURATION, f"All subnets must belong to the same VPC: '{stack.vpc}','{other}'",
                    dict(Subnets=[subnets[0], elsewhere])), LoadBalancerArn=arn)
    refusals.check("set_ip_address_type", VALIDATION, dualstack, LoadBalancerArn=arn, IpAddressType="dualstack")


def test_attributes(refusals):
    stack = refusals.stack
    arn, group = stack.load_balancer()["LoadBalancerArn"], stack.target_group()
    between = lambda key, value, least, most: (VALIDATION, f"'{key}' value '{value}' must be between '{least}-{most}' "
                                                           "inclusive", {key: value})
    one_of = lambda key, choices: (VALIDATION, f"'{key}' value 'x' must be one of '{choices}'", {key: "x"})

    def table(call, rows, **resource):
        for code, message, values in rows:
            refusals.check(call, code, message, Attributes=[{"Key": k, "Value": v} for k, v in values.items()], **resource)

    table("modify_load_balancer_attributes", [
        (VALIDATION, "Load balancer attribute key 'x' is not recognized", {"x": "y"}),
        between("idle_timeout.timeout_seconds", "0", 1, 4000), between("client_keep_alive.seconds", "604801", 60, 604800),
        one_of("routing.http.desync_mitigation_mode", "defensive, monitor, strictest"),
        one_of("routing.http.xff_header_processing.mode", "append, preserve, remove"),
        one_of("load_balancing.cross_zone.enabled", "true"),
        (VALIDATION, "The attribute 'connection_logs.s3.bucket' must be specified", {"connection_logs.s3.enabled": "true"}),
        (VALIDATION, "The log group '/x' does not exist", {"drydock.access_logs.log_group": "/x"}),
    ], LoadBalancerArn=arn)
    cookie = "stickiness.app_cookie.cookie_name"
    table("modify_target_group_attributes", [
        (VALIDATION, "Target group attribute key 'proxy_protocol_v2.enabled' is not recognized",
         {"proxy_protocol_v2.enabled": "true"}),
        between("deregistration_delay.timeout_seconds", "3601", 0, 3600), between("slow_start.duration_seconds", "29", 30, 900),
        between("stickiness.lb_cookie.duration_seconds", "0", 1, 604800),
        one_of("load_balancing.algorithm.type", "round_robin, least_outstanding_requests, weighted_random"),
        (VALIDATION, f"'{cookie}' value contains a character that is not valid", {cookie: "a\nb"}),
        (CONFIGURATION, "The cookie name 'AWSALBX' is reserved for use by the load balancer", {cookie: "AWSALBX"}),
        (CONFIGURATION, f"You must specify '{cookie}' when 'stickiness.type' is 'app_cookie'",
         {"stickiness.enabled": "true", "stickiness.type": "app_cookie"}),
        (CONFIGURATION, "Anomaly mitigation is only available with the algorithm 'weighted_random'",
         {"load_balancing.algorithm.anomaly_mitigation": "on"}),
        (CONFIGURATION, "Stickiness cannot be enabled when cross-zone load balancing is disabled",
         {"stickiness.enabled": "true", "load_balancing.cross_zone.enabled": "false"}),
        (CONFIGURATION, "Slow start is only available with the algorithm 'round_robin'",
         {"slow_start.duration_seconds": "30", "load_balancing.algorithm.type": "least_outstanding_requests"}),
    ], TargetGroupArn=group)
    table("modify_target_group_attributes", [
        (CONFIGURATION, "'target_health_state.unhealthy.draining_interval_seconds' can only be set when "
                        "'target_health_state.unhealthy.connection_termination.enabled' is 'false'",
         {"target_health_state.unhealthy.draining_interval_seconds": "5"})],
        TargetGroupArn=stack.target_group("tcp", Protocol="TCP"))
    table("modify_target_group_attributes", [
        (CONFIGURATION, "'target_failover.on_deregistration' and 'target_failover.on_unhealthy' must have the same value",
         {"target_failover.on_unhealthy": "rebalance"})],
        TargetGroupArn=stack.target_group("geneve", Protocol="GENEVE", Port=6081))
    protection = [{"Key": "deletion_protection.enabled", "Value": "true"}]
    stack.elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=protection)
    refusals.check("delete_load_balancer", "OperationNotPermitted",
                   f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled", LoadBalancerArn=arn)
    network = stack.load_balancer("network", Type="network")["LoadBalancerArn"]
    addresses = "secondary_ips.auto_assigned.per_subnet"
    stack.elbv2.modify_load_balancer_attributes(LoadBalancerArn=network, Attributes=[{"Key": addresses, "Value": "3"}])
    table("modify_load_balancer_attributes", [(CONFIGURATION, f"The value of '{addresses}' cannot be decreased",
                                               {addresses: "2"})], LoadBalancerArn=network)


def test_target_groups(refusals):
    stack = refusals.stack
    of_function = dict(TargetType="lambda", Protocol=None, Port=None, VpcId=None)
    tcp = dict(Protocol="TCP")
    rows = [(VALIDATION, f"{what} cannot be specified for target groups with target type 'lambda'", {**of_function, **more})
            for what, more in [("Protocol", dict(Protocol="HTTP")), ("Port", dict(Port=80)), ("VPC ID", dict(VpcId=stack.vpc)),
                               ("Health check protocol", dict(HealthCheckProtocol="HTTP")),
                               ("Health check port", dict(HealthCheckPort="80"))]]
    matcher = lambda code, least=200, most=499, **more: (
        VALIDATION, f"Health check matcher HTTP code '{code}' must be within '{least}-{most}' inclusive",
        dict(Matcher={"HttpCode": code}, **more))
    refusals.table(
        "create_target_group", *rows,
        (VALIDATION, "Target group name 'a_b' can only contain characters that are alphanumeric characters and hyphens(-)",
         dict(Name="a_b")),
        (VALIDATION, "A protocol must be specified", dict(Protocol=None)),
        (VALIDATION, "A port must be specified", dict(Port=None)),
        (VALIDATION, "A VPC ID must be specified", dict(VpcId=None)),
        (VALIDATION, "The VPC ID 'vpc-0123456789abcdef0' is not found", dict(VpcId="vpc-0123456789abcdef0")),
        (VALIDATION, "Target groups with target type 'alb' must have the protocol 'TCP'", dict(TargetType="alb")),
        (VALIDATION, "The port must be '6081' for target groups with protocol 'GENEVE'", dict(Protocol="GENEVE")),
        (VALIDATION, "Protocol version 'X' must be one of 'HTTP1, HTTP2, GRPC'", dict(ProtocolVersion="X")),
        (VALIDATION, "Protocol version cannot be specified for target groups with protocol 'TCP'",
         dict(ProtocolVersion="HTTP1", **tcp)),
        ("NotImplemented", "Target groups of IP address type 'ipv6' are not implemented by Drydock", dict(IpAddressType="ipv6")),
        (VALIDATION, "Health check interval must be greater than the timeout.", dict(HealthCheckIntervalSeconds=5)),
        (VALIDATION, "Health check enabled must be true for target groups with target type 'ip'", dict(HealthCheckEnabled=False)),
        (VALIDATION, "Health check protocol 'TCP' must be one of 'HTTP, HTTPS'", dict(HealthCheckProtocol="TCP")),
        (VALIDATION, "Health check protocol 'UDP' must be one of 'HTTP, HTTPS, TCP'", dict(HealthCheckProtocol="UDP", **tcp)),
        (VALIDATION, "Health check port '0' must be 'traffic-port' or between '1-65535' inclusive", dict(HealthCheckPort="0")),
        (VALIDATION, "Health check path cannot be specified for health checks with protocol 'TCP'",
         dict(HealthCheckPath="/", **tcp)),
        (VALIDATION, "Health check matcher cannot be specified for health checks with protocol 'TCP'",
         dict(Matcher={"HttpCode": "200"}, **tcp)),
        (VALIDATION, "Health check path 'x' must begin with a '/' character", dict(HealthCheckPath="x")),
        matcher("500"), matcher("199"), matcher("300-200"), matcher("200,"), matcher("600", most=599, HealthCheckProtocol="HTTP", **tcp),
        (VALIDATION, "GRPC codes can only be specified for target groups with the protocol version 'GRPC'",
         dict(Matcher={"GrpcCode": "0"})),
        Name="x", Protocol="HTTP", Port=80, VpcId=stack.vpc, TargetType="ip")
    group = stack.target_group()
    stack.listener(stack.load_balancer()["LoadBalancerArn"], stack.forward(group))
    refusals.check("create_target_group", "DuplicateTargetGroupName",
                   "A target group with the same name 'app' exists, but with different settings", Name="app", Protocol="HTTP",
                   Port=81, VpcId=stack.vpc, TargetType="ip")
    refusals.check("delete_target_group", "ResourceInUse",
                   f"Target group '{group}' is currently in use by a listener or a rule", TargetGroupArn=group)


def test_targets(refusals):
    stack = refusals.stack
    other = stack.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    kinds = {kind: stack.target_group(kind, TargetType=kind) for kind in ("ip", "instance")}
    kinds["alb"] = stack.target_group("alb", TargetType="alb", Protocol="TCP", Port=80)
    kinds["lambda"] = stack.elbv2.create_target_group(Name="function", TargetType="lambda")["TargetGroups"][0]["TargetGroupArn"]
    foreign = {kind: stack.target_group("x-" + kind, TargetType=kind, VpcId=other, Port=80,
                                        Protocol="TCP" if kind == "alb" else "HTTP") for kind in ("instance", "alb")}
    application = stack.load_balancer()["LoadBalancerArn"]
    network = stack.load_balancer("network", Type="network")["LoadBalancerArn"]
    image = stack.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = stack.ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1,
                                       SubnetId=stack.subnets[0])["Instances"][0]["InstanceId"]
    function = f"arn:aws:lambda:{stack.aws.region}:{stack.aws.account}:function:f"
    zone = stack.aws.region + "a"
    row = lambda kind, code, message, **target: (code, message, dict(TargetGroupArn=kinds.get(kind, kind), Targets=[target]))
    refusals.table(
        "register_targets",
        (VALIDATION, "At least one target must be specified", dict(TargetGroupArn=kinds["ip"], Targets=[])),
        row("ip", VALIDATION, "The IP address 'x' is not a valid IPv4 address", Id="x"),
        row("ip", VALIDATION, "The IP address '8.8.8.8' is not a valid target: it is neither in the VPC nor in 10.0.0.0/8, "
                              "100.64.0.0/10, 172.16.0.0/12 or 192.168.0.0/16", Id="8.8.8.8"),
        row("ip", VALIDATION, "The Availability Zone is required for IP address '192.168.0.9' because it is not in the VPC",
            Id="192.168.0.9"),
        row("ip", VALIDATION, "The Availability Zone 'x' is not valid", Id="192.168.0.9", AvailabilityZone="x"),
        row("instance", VALIDATION, "An Availability Zone cannot be specified for target groups with target type 'instance'",
            Id=instance, AvailabilityZone=zone),
        row("instance", "InvalidTarget", "The following targets are not valid instances: 'i-0123456789abcdef0'",
            Id="i-0123456789abcdef0"),
        row(foreign["instance"], "InvalidTarget", f"The following targets are not in the target group VPC '{other}': "
                                                  f"'{instance}'", Id=instance),
        row("lambda", "InvalidTarget", "'x' is not a valid Lambda function ARN", Id="x"),
        row("lambda", VALIDATION, "The Availability Zone of a Lambda function can only be 'all'", Id=function,
            AvailabilityZone=zone),
        row("alb", "InvalidTarget", f"'{network}' is not an Application Load Balancer", Id=network),
        row(foreign["alb"], "InvalidTarget", f"The following targets are not in the target group VPC '{other}': "
                                             f"'{application}'", Id=application),
        row("alb", VALIDATION, f"The port of target '{application}' must be the port '80' of the target group",
            Id=application, Port=81),
        row("alb", "InvalidTarget", f"Load balancer '{application}' has no listener on the port '80' of the target group",
            Id=application))
    refusals.check("deregister_targets", VALIDATION, "At least one target must be specified", TargetGroupArn=kinds["ip"],
                   Targets=[])
    stack.listener(application)
    stack.elbv2.register_targets(TargetGroupArn=kinds["alb"], Targets=[{"Id": application}])
    refusals.check("delete_load_balancer", "ResourceInUse",
                   f"Load balancer '{application}' cannot be deleted because it is registered as a target",
                   LoadBalancerArn=application)
    refusals.check("register_targets", "TooManyTargets",
                   "The maximum number of targets for this target group has been reached", TargetGroupArn=kinds["alb"],
                   Targets=[{"Id": network}])


def test_listeners_and_actions(refusals):
    stack = refusals.stack
    arn, network = stack.load_balancer()["LoadBalancerArn"], stack.load_balancer("network", Type="network")["LoadBalancerArn"]
    gateway = stack.elbv2.create_load_balancer(Name="gate", Type="gateway", Subnets=stack.subnets)["LoadBalancers"][0]
    groups = [stack.target_group(f"g{number}") for number in range(6)]
    tcp, tcp2 = (stack.target_group(name, Protocol="TCP") for name in ("tcp", "tcp2"))
    other = stack.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    elsewhere = stack.target_group("elsewhere", VpcId=other)
    fixed = stack.fixed("200")
    forward = lambda *arns, **more: {"Type": "forward", "ForwardConfig": {"TargetGroups": [
        {"TargetGroupArn": each} for each in arns], **more}}
    redirect = lambda **more: {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", **more}}
    weighted = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": groups[0], "Weight": 1000}]}}
    nothing = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"Weight": 1}]}}
    duration = "Target group stickiness duration must be between '1-604800' inclusive"
    row = lambda code, message, *actions, **more: (code, message, dict(DefaultActions=list(actions), **more))
    certificate = f"arn:aws:acm:{stack.aws.region}:{stack.aws.account}:certificate/x"
    https, of_network = dict(Protocol="HTTPS", Port=443), dict(LoadBalancerArn=network, Protocol="TCP")
    refusals.table(
        "create_listener",
        row(VALIDATION, "Listener protocol 'TCP' must be one of 'HTTPS, HTTP'", fixed, Protocol="TCP"),
        row(VALIDATION, "Listener protocol 'HTTP' must be one of 'UDP, TCP_UDP, TCP, TLS'", stack.forward(tcp),
            LoadBalancerArn=network),
        row("NotImplemented", "Listeners with protocol 'GENEVE' are not implemented by Drydock", stack.forward(tcp),
            LoadBalancerArn=network, Protocol="GENEVE"),
        row(VALIDATION, "A protocol and a port cannot be specified for listeners of a Gateway Load Balancer", stack.forward(tcp),
            LoadBalancerArn=gateway["LoadBalancerArn"]),
        row(VALIDATION, "A listener protocol must be specified", fixed, Protocol=None),
        row(VALIDATION, "A listener port must be specified", fixed, Port=None),
        row(VALIDATION, "An SSL policy cannot be specified for HTTP listeners", fixed, SslPolicy="ELBSecurityPolicy-2016-08"),
        row(VALIDATION, "A certificate cannot be specified for HTTP listeners", fixed,
            Certificates=[{"CertificateArn": certificate}]),
        row(VALIDATION, "A certificate must be specified for HTTPS listeners", fixed, **https),
        row("SSLPolicyNotFound", "SSL policy 'x' not found", fixed, SslPolicy="x", **https),
        row("CertificateNotFound", f"Certificate '{certificate}' not found", fixed,
            Certificates=[{"CertificateArn": certificate}], **https),
        row(CONFIGURATION, "Exactly one certificate must be specified: the default one", fixed,
            Certificates=[{"CertificateArn": certificate}] * 2, **https),
        row(VALIDATION, "An action must be specified"),
        row(ACTION, "You must specify exactly one of the following action types: 'forward', 'redirect', 'fixed-response'",
            fixed, fixed),
        row(ACTION, "Actions of type 'fixed-response' are not supported on TCP listeners", fixed, **of_network),
        row(ACTION, "Actions for TCP listeners can only forward to one target group", forward(tcp, tcp2), **of_network),
        row("IncompatibleProtocols", f"The listener and the following target groups have incompatible protocols: {tcp}",
            stack.forward(tcp)),
        row(CONFIGURATION, f"The following target groups are not in the same VPC as the load balancer: {elsewhere}",
            stack.forward(elsewhere)),
        row(ACTION, "For actions of type 'forward', you must specify at least one of the following fields: 'TargetGroupArn, "
                    "ForwardConfig'", {"Type": "forward"}),
        row(ACTION, "A target group ARN must be specified", nothing),
        row(ACTION, "If you specify both ForwardConfig and TargetGroupArn, they must name the same single target group",
            {**forward(groups[0]), "TargetGroupArn": groups[1]}),
        row(ACTION, "An action can only have '5' target groups", forward(*groups)),
        row(ACTION, f"The target group '{groups[0]}' was specified multiple times", forward(groups[0], groups[0])),
        row(VALIDATION, "Weight '1000' must be between '0-999' inclusive", weighted),
        row(ACTION, duration, forward(groups[0], TargetGroupStickinessConfig={"Enabled": True})),
        row(ACTION, duration, forward(groups[0], TargetGroupStickinessConfig={"Enabled": True, "DurationSeconds": 604801})),
        row(ACTION, "For actions of type 'redirect', you must specify the following fields: 'RedirectConfig'",
            {"Type": "redirect"}),
        row(ACTION, "The Port parameter must be a value from '1-65535' or '#{port}'", redirect(Port="65536")),
        row(ACTION, "The Path parameter must be a valid path, should start with a '/', and may contain up to one of each of "
                    "these placeholders: '#{path}', '#{host}', '#{port}'.", redirect(Path="x")),
        row(ACTION, "The redirect configuration is not valid because it creates a loop.", redirect(Protocol="HTTP", Port="80")),
        row(ACTION, "For actions of type 'fixed-response', you must specify the following fields: 'FixedResponseConfig'",
            {"Type": "fixed-response"}),
        row(ACTION, "The ContentType must be one of: 'text/plain', 'text/css', 'text/html', 'application/javascript', "
                    "'application/json'", stack.fixed("200", content_type="image/png")),
        LoadBalancerArn=arn, Protocol="HTTP", Port=80)
    assert stack.elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"] == []
    stack.listener(arn, stack.forward(groups[0]))
    refusals.table("create_listener",
                   row("DuplicateListener", f"A listener already exists on this port for this load balancer '{arn}'", fixed),
                   row("TargetGroupAssociationLimit", "The following target groups cannot be associated with more than one load "
                       f"balancer: {groups[0]}", stack.forward(groups[0]),
                       LoadBalancerArn=stack.load_balancer("third")["LoadBalancerArn"]),
                   LoadBalancerArn=arn, Protocol="HTTP", Port=80)


def post(aws, operation, **parameters):
    """What this boto3 does not know yet: (status, body)."""
    status, _, body = aws.http("POST", "/", urllib.parse.urlencode(
        {"Action": operation, "Version": "2015-12-01", **parameters}), {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "X-Amz-Date": "20260101T000000Z",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={aws.account}/20260101/{aws.region}/elasticloadbalancing/"
                         "aws4_request, SignedHeaders=host;x-amz-date, Signature=0000"})
    return status, body.decode().replace("&apos;", "'").replace("&#39;", "'")


def test_conditions(refusals):
    stack = refusals.stack
    listener = stack.listener(stack.load_balancer()["LoadBalancerArn"])
    path = lambda *values: {"Field": "path-pattern", "Values": list(values)}
    header = lambda name, *values: {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": list(values)}}
    method = lambda *values: {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": list(values)}}
    query = lambda *pairs: {"Field": "query-string", "QueryStringConfig": {"Values": list(pairs)}}
    source = lambda *values: {"Field": "source-ip", "SourceIpConfig": {"Values": list(values)}}
    host = lambda *values: {"Field": "host-header", "Values": list(values)}
    character = lambda value: f"Condition value '{value}' contains a character that is not valid"
    longer = lambda value, most: f"Condition value '{value}' cannot be longer than '{most}' characters"
    refusals.table("create_rule", *[(VALIDATION, message, dict(Conditions=list(conditions))) for message, *conditions in [
        ("A condition must be specified",),
        ("A condition field must be specified", {"Values": ["/a"]}),
        ("Condition field 'colour' must be one of '[http-header, http-request-method, host-header, path-pattern, query-string, "
         "source-ip]'", {"Field": "colour", "Values": ["a"]}),
        ("A condition value must be specified", path()),
        ("A condition value must be specified", path("")),
        ("A condition value must be specified", query({"Key": "a"})),
        (character("/a b"), path("/a b")), (character("a_b.test"), host("a_b.test")), (character("get"), method("get")),
        (longer("/" + "a" * 128, 128), path("/" + "a" * 128)), (longer("A" * 41, 40), method("A" * 41)),
        (longer("a" * 129, 128), query({"Key": "a" * 129, "Value": "a"})),
        *[(f"Condition value '{value}' must contain at least one '.' character, with only alphabetical characters after the "
           "final one", host(value)) for value in ("localhost", "example.c0m")],
        ("Condition value '10.0.0.0/33' is not a valid CIDR block", source("10.0.0.0/33")),
        ("An HTTP header name must be specified", header("", "a")),
        (f"HTTP header name '{'a' * 41}' cannot be longer than '40' characters", header("a" * 41, "a")),
        ("HTTP header name 'a b' contains a character that is not valid", header("a b", "a")),
        ("The host header cannot be used in an HTTP header condition; use a host-header condition", header("Host", "a")),
        ("Values and the configuration of a 'path-pattern' condition cannot differ",
         {**path("/a"), "PathPatternConfig": {"Values": ["/b"]}}),
        ("A rule can only have one condition with field 'path-pattern'", path("/a"), path("/b")),
        ("A rule can only have '5' condition values", path("/a", "/b", "/c"), host("a.test", "b.test", "c.test")),
        ("A rule can only have '5' condition wildcards", path("/*/?/*"), header("x", "*?*")),
    ]], ListenerArn=listener, Priority=1, Actions=[stack.fixed("200")])

    def refused(message, **parameters):
        answer = post(stack.aws, "CreateRule", ListenerArn=listener, Priority=1, **{
            "Conditions.member.1.Field": "path-pattern", "Actions.member.1.Type": "fixed-response",
            "Actions.member.1.FixedResponseConfig.StatusCode": "200", **parameters})
        assert answer[0] == 400 and f"<Message>{message}</Message>" in answer[1], answer

    regex, transform = "Conditions.member.1.RegexValues.member.1", "Transforms.member.{}."
    refused("Regex value '[' is not valid", **{regex: "["})
    refused("Regex value cannot be longer than '128' characters", **{regex: "a" * 129})
    refused("Regex values cannot be specified for condition field 'source-ip'",
            **{regex: "a", "Conditions.member.1.Field": "source-ip", "Conditions.member.1.SourceIpConfig.Values.member.1": "10.0.0.0/8"})

    def rewrite(number, regex="a", replace="b", count=1):
        made = {f"Transforms.member.{number}.Type": "url-rewrite"}
        for each in range(1, count + 1):
            prefix = f"Transforms.member.{number}.UrlRewriteConfig.Rewrites.member.{each}."
            made |= {prefix + "Regex": regex, prefix + "Replace": replace}
        return made

    path_value = {"Conditions.member.1.Values.member.1": "/a"}
    refused("A rule can only have one transform of type 'url-rewrite'", **path_value, **rewrite(1), **rewrite(2))
    refused("A transform of type 'url-rewrite' must have exactly one rewrite", **path_value, **rewrite(1, count=2))
    refused("Regex value '(' is not valid", **path_value, **rewrite(1, regex="("))
    refused("Replacement cannot be longer than '1024' characters", **path_value, **rewrite(1, replace="a" * 1025))


def test_rules_and_priorities(refusals):
    stack = refusals.stack
    listener = stack.listener(stack.load_balancer()["LoadBalancerArn"])
    path = [{"Field": "path-pattern", "Values": ["/a"]}]
    first, second = (stack.rule(listener, priority, path, stack.fixed("200")) for priority in (10, 20))
    default = stack.elbv2.describe_rules(ListenerArn=listener)["Rules"][-1]["RuleArn"]
    refusals.check("delete_rule", "OperationNotPermitted", f"Default rule '{default}' cannot be deleted", RuleArn=default)
    refusals.check("modify_rule", "OperationNotPermitted", f"Default rule '{default}' cannot be modified", RuleArn=default,
                   Conditions=path)
    refusals.check("modify_rule", VALIDATION, "Either conditions or actions must be specified", RuleArn=first)
    pairs = lambda *given: dict(RulePriorities=[{"RuleArn": arn, "Priority": number} for arn, number in given])
    refusals.table("set_rule_priorities",
                   ("PriorityInUse", "Priority '20' is currently in use", pairs((first, 20))),
                   (VALIDATION, f"Rule '{first}' was provided multiple times", pairs((first, 1), (first, 2))),
                   (VALIDATION, "Priority '1' was provided multiple times", pairs((first, 1), (second, 1))),
                   ("OperationNotPermitted", f"The priority of the default rule '{default}' cannot be changed",
                    pairs((default, 1))),
                   (VALIDATION, "A rule ARN and a priority must be specified", dict(RulePriorities=[{"RuleArn": first}])),
                   (VALIDATION, "A rule priority must be specified", dict(RulePriorities=[])))
    assert [rule["Priority"] for rule in stack.elbv2.describe_rules(ListenerArn=listener)["Rules"]] == ["10", "20", "default"]
    status, body = post(stack.aws, "ModifyRule", RuleArn=first, ResetTransforms="true", **{
        "Transforms.member.1.Type": "url-rewrite", "Transforms.member.1.UrlRewriteConfig.Rewrites.member.1.Regex": "a",
        "Transforms.member.1.UrlRewriteConfig.Rewrites.member.1.Replace": "b"})
    assert status == 400 and "You can't specify both Transforms and ResetTransforms" in body
    network = stack.load_balancer("network", Type="network")["LoadBalancerArn"]
    tcp = stack.elbv2.create_listener(LoadBalancerArn=network, Protocol="TCP", Port=80, DefaultActions=[
        stack.forward(stack.target_group("tcp", Protocol="TCP"))])["Listeners"][0]["ListenerArn"]
    refusals.check("create_rule", "UnsupportedProtocol", "Rules are not supported for TCP listeners", ListenerArn=tcp,
                   Priority=1, Conditions=path, Actions=[stack.fixed("200")])


def test_certificates_and_tags(refusals):
    stack = refusals.stack
    acm, arn = stack.aws.client("acm"), stack.load_balancer()["LoadBalancerArn"]
    made = [acm.request_certificate(DomainName=f"a{number}.test", ValidationMethod="DNS",
                                    KeyAlgorithm="EC_prime256v1")["CertificateArn"] for number in range(27)]
    eventually(lambda: len(acm.list_certificates(CertificateStatuses=["ISSUED"], Includes={"keyTypes": ["EC_prime256v1"]})[
        "CertificateSummaryList"]) == 27)
    named = lambda *arns: [{"CertificateArn": each} for each in arns]
    plain = stack.listener(arn)
    secure = stack.elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTPS", Port=443, Certificates=named(made[0]),
                                         DefaultActions=[stack.fixed("200")])["Listeners"][0]["ListenerArn"]
    nobody = made[0][:-12] + "0" * 12
    pending = acm.request_certificate(DomainName="pending.test", ValidationMethod="DNS")["CertificateArn"]
    refusals.check("add_listener_certificates", "UnsupportedCertificate",
                   f"The certificate '{pending}' must have a fully-qualified domain name, a supported signature, and a "
                   "supported key size.", ListenerArn=secure, Certificates=named(pending))
    refusals.table(
        "add_listener_certificates",
        (VALIDATION, "A certificate cannot be specified for HTTP listeners", dict(ListenerArn=plain)),
        (VALIDATION, "A certificate must be specified", dict(Certificates=[])),
        (VALIDATION, "A certificate ARN must be specified", dict(Certificates=[{"IsDefault": True}])),
        (VALIDATION, "IsDefault cannot be specified", dict(Certificates=[{"CertificateArn": made[1], "IsDefault": False}])),
        ("CertificateNotFound", f"Certificate '{nobody}' not found", dict(Certificates=named(nobody))),
        ListenerArn=secure, Certificates=named(made[1]))
    for each in made[1:26]:
        stack.elbv2.add_listener_certificates(ListenerArn=secure, Certificates=named(each))
    refusals.check("add_listener_certificates", "TooManyCertificates",
                   "The maximum number of certificates for this load balancer has been reached", ListenerArn=secure,
                   Certificates=named(made[26]))
    assert len(stack.elbv2.describe_listener_certificates(ListenerArn=secure)["Certificates"]) == 26
    refusals.check("remove_listener_certificates", "OperationNotPermitted",
                   f"The default certificate '{made[0]}' cannot be removed", ListenerArn=secure, Certificates=named(made[0]))

    tags = lambda *keys: [{"Key": key, "Value": ""} for key in keys]
    refusals.table("add_tags",
                   (VALIDATION, "Tag keys cannot start with 'aws:'", dict(Tags=tags("aws:x"))),
                   ("DuplicateTagKeys", "The tag key 'a' was specified more than once", dict(Tags=tags("a", "a"))),
                   ("TooManyTags", "The maximum number of tags for this resource has been reached",
                    dict(Tags=tags(*map(str, range(51))))),
                   (VALIDATION, "'x' is not a valid resource ARN", dict(ResourceArns=["x"])),
                   ResourceArns=[arn], Tags=tags("a"))
    refusals.check("describe_tags", VALIDATION, "You can specify up to 20 resources in a single call", ResourceArns=[arn] * 21)
