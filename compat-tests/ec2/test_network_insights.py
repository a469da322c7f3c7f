"""Network Insights: paths, analyses and access scopes as resources. What they find: test_reference_table.py."""
import pytest

from conftest import error_of, eventually

MISSING = {"eni": "eni-0123456789abcdef0", "nip": "nip-0123456789abcdef0", "nia": "nia-0123456789abcdef0",
           "nis": "nis-0123456789abcdef0", "nisa": "nisa-0123456789abcdef0"}


class Net:
    """Two interfaces that are attached to nothing, in a VPC with a gateway."""

    def __init__(self, aws):
        self.aws, self.ec2 = aws, aws.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        self.gateway = self.ec2.create_internet_gateway(TagSpecifications=[
            {"ResourceType": "internet-gateway", "Tags": [{"Key": "Name", "Value": "way out"}]}])[
                "InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpc)
        self.a, self.b = (self.ec2.create_network_interface(SubnetId=self.subnet)["NetworkInterface"]["NetworkInterfaceId"]
                          for _ in range(2))

        # Clients of 2022 do not know the path's filters.
        self.has_filters = "FilterAtSource" in self.ec2.meta.service_model.operation_model(
            "CreateNetworkInsightsPath").input_shape.members

    def path(self, **more):
        return self.ec2.create_network_insights_path(
            **{"Source": self.a, "Destination": self.b, "Protocol": "tcp", **more})["NetworkInsightsPath"]

    def analysis(self, path, **more):
        started = self.ec2.start_network_insights_analysis(
            NetworkInsightsPathId=path["NetworkInsightsPathId"], **more)["NetworkInsightsAnalysis"]
        assert started["Status"] == "running" and "NetworkPathFound" not in started
        return eventually(lambda: (lambda a: a if a["Status"] != "running" else None)(
            self.ec2.describe_network_insights_analyses(NetworkInsightsAnalysisIds=[
                started["NetworkInsightsAnalysisId"]])["NetworkInsightsAnalyses"][0]))

    def refused(self, **more):
        return error_of(self.ec2.create_network_insights_path,
                        **{"Source": self.a, "Destination": self.b, "Protocol": "tcp", **more})


@pytest.fixture
def net(aws):
    return Net(aws)


def test_a_path_from_beginning_to_end(net):
    arn = f"arn:aws:ec2:{net.aws.region}:{net.aws.account}:"
    path = net.path(Source=net.gateway, SourceIp="203.0.113.5", Destination=arn + "network-interface/" + net.b,
                    DestinationPort=443, Protocol="tcp",
                    TagSpecifications=[{"ResourceType": "network-insights-path", "Tags": [{"Key": "k", "Value": "v"}]}])
    identity = path["NetworkInsightsPathId"]
    assert identity.startswith("nip-") and path["NetworkInsightsPathArn"] == arn + "network-insights-path/" + identity
    assert path["SourceArn"] == arn + "internet-gateway/" + net.gateway and path["Destination"] == net.b
    assert (path["Protocol"], path["DestinationPort"], path["SourceIp"]) == ("tcp", 443, "203.0.113.5")
    assert path["Tags"] == [{"Key": "k", "Value": "v"}]
    filters = {"FilterAtSource": {"SourcePortRange": {"FromPort": 5000, "ToPort": 5001},
                                  "DestinationAddress": "10.0.0.9"}} if net.has_filters else {}
    other = net.path(Protocol="udp", **filters)
    if net.has_filters:
        assert other["FilterAtSource"]["SourcePortRange"] == {"FromPort": 5000, "ToPort": 5001}

    def found(*filters):
        return [p["NetworkInsightsPathId"] for p in net.ec2.describe_network_insights_paths(
            Filters=[{"Name": n, "Values": v} for n, v in filters])["NetworkInsightsPaths"]]
    assert found() == [identity, other["NetworkInsightsPathId"]]
    for name, value in [("source", net.gateway), ("destination-port", "443"), ("protocol", "tcp"), ("tag:k", "v"),
                        ("tag-key", "k")]:
        assert found((name, [value])) == [identity], name
    assert found(("protocol", ["udp"])) == [other["NetworkInsightsPathId"]]
    for name, value in [("filter-at-source.destination-address", "10.0.0.*"),
                        ("filter-at-source.source-port-range", "5000-5001")]:
        assert found((name, [value])) == ([other["NetworkInsightsPathId"]] if net.has_filters else []), name
    assert error_of(net.ec2.describe_network_insights_paths, Filters=[{"Name": "x", "Values": ["y"]}]).code == \
        "InvalidParameterValue"
    page = net.ec2.describe_network_insights_paths(MaxResults=1)
    assert len(page["NetworkInsightsPaths"]) == 1
    rest = net.ec2.describe_network_insights_paths(MaxResults=1, NextToken=page["NextToken"])
    assert rest["NetworkInsightsPaths"][0]["NetworkInsightsPathId"] == other["NetworkInsightsPathId"]

    analysis = net.analysis(path)
    assert error_of(net.ec2.delete_network_insights_path, NetworkInsightsPathId=identity).code == \
        "AnalysisExistsForNetworkInsightsPath"
    net.ec2.delete_network_insights_analysis(NetworkInsightsAnalysisId=analysis["NetworkInsightsAnalysisId"])
    assert net.ec2.delete_network_insights_path(NetworkInsightsPathId=identity)["NetworkInsightsPathId"] == identity
    for call, argument, kind in [
            (net.ec2.delete_network_insights_path, "NetworkInsightsPathId", "nip"),
            (net.ec2.delete_network_insights_analysis, "NetworkInsightsAnalysisId", "nia")]:
        name = {"nip": "Path", "nia": "Analysis"}[kind]
        assert error_of(call, **{argument: MISSING[kind]}).code == f"InvalidNetworkInsights{name}Id.NotFound"
        assert error_of(call, **{argument: "x-1"}).code == f"InvalidNetworkInsights{name}Id.Malformed"


def test_what_a_path_cannot_be(net):
    assert net.refused(Destination=MISSING["eni"]).code == "InvalidNetworkInterfaceID.NotFound"
    assert net.refused(Source="igw-0123456789abcdef0").code == "InvalidInternetGatewayID.NotFound"
    assert net.refused(Source="tgw-0123456789abcdef0").code == "InvalidTransitGatewayID.NotFound"
    assert net.refused(Source=net.vpc).code == "InvalidParameterValue"
    assert net.refused(Destination=net.a).code == "InvalidParameterValue"
    assert net.refused(Destination=f"arn:aws:ec2:us-west-2:{net.aws.account}:network-interface/{net.b}").code == \
        "UnsupportedOperation"
    if net.has_filters:
        assert net.refused(SourceIp="10.0.0.4", FilterAtSource={"DestinationAddress": "10.0.0.9"}).code == \
            "InvalidParameterCombination"
        assert net.refused(DestinationPort=80, FilterAtSource={"SourceAddress": "10.0.0.4"}).code == \
            "InvalidParameterCombination"
        assert net.refused(DestinationIp="10.0.0.4", FilterAtDestination={"SourceAddress": "10.0.0.4"}).code == \
            "InvalidParameterCombination"
        assert net.refused(FilterAtSource={"SourcePortRange": {"FromPort": 9, "ToPort": 8}}).code == "InvalidParameterValue"
    assert net.refused(SourceIp="10.0.0.999").code == "InvalidParameterValue"
    assert net.refused(DryRun=True).code == "DryRunOperation"
    if net.has_filters:  # to the others the destination is required
        assert error_of(net.ec2.create_network_insights_path, Source=net.a, Protocol="tcp").code == "MissingParameter"
    assert net.ec2.describe_network_insights_paths()["NetworkInsightsPaths"] == []
    same = [net.path(ClientToken="token")["NetworkInsightsPathId"] for _ in range(2)]
    assert same[0] == same[1]
    assert net.refused(ClientToken="token", DestinationPort=1).code == "IdempotentParameterMismatch"


def test_an_analysis_says_what_is_wrong(net):
    analysis = net.analysis(net.path(DestinationPort=22))
    assert analysis["Status"] == "succeeded" and analysis["NetworkPathFound"] is False
    assert [e["ExplanationCode"] for e in analysis["Explanations"]] == ["BAD_STATE_ATTACHMENT"] * len(
        analysis["Explanations"])
    assert analysis["Explanations"][0]["NetworkInterface"]["Id"] == net.a
    out = net.analysis(net.path(Destination=net.gateway, DestinationPort=22))
    route = next(e for e in out["Explanations"] if e["ExplanationCode"] == "NO_ROUTE_TO_DESTINATION")
    assert route["RouteTable"]["Id"].startswith("rtb-") and route["Vpc"]["Id"] == net.vpc

    def found(**more):
        return len(net.ec2.describe_network_insights_analyses(**more)["NetworkInsightsAnalyses"])
    assert found() == 2 and found(NetworkInsightsPathId=analysis["NetworkInsightsPathId"]) == 1
    assert found(Filters=[{"Name": "path-found", "Values": ["false"]}]) == 2
    assert found(Filters=[{"Name": "status", "Values": ["running", "failed"]}]) == 0
    assert found(AnalysisStartTime=analysis["StartDate"]) == 2 and found(AnalysisEndTime=analysis["StartDate"]) == 1
    start = net.ec2.start_network_insights_analysis
    path = analysis["NetworkInsightsPathId"]
    assert error_of(start, NetworkInsightsPathId=MISSING["nip"]).code == "InvalidNetworkInsightsPathId.NotFound"
    assert error_of(start, NetworkInsightsPathId=path, FilterInArns=["x"]).code == "InvalidParameterValue"
    assert error_of(start, NetworkInsightsPathId=path, AdditionalAccounts=["123456789012"]).code == "UnsupportedOperation"
    assert error_of(start, NetworkInsightsPathId=path, DryRun=True).code == "DryRunOperation"


def test_a_vpc_endpoint_opens_no_connections(net):
    """Reachability Analyzer guide, "Explanation codes": VPCE_INTRA_VPC_TRAFFIC."""
    made = net.ec2.create_vpc_endpoint(
        VpcId=net.vpc, ServiceName=f"com.amazonaws.{net.aws.region}.sqs", SubnetIds=[net.subnet],
        VpcEndpointType="Interface", PrivateDnsEnabled=False)["VpcEndpoint"]
    analysis = net.analysis(net.path(Source=made["VpcEndpointId"], DestinationPort=443))
    assert analysis["Status"] == "succeeded" and analysis["NetworkPathFound"] is False
    [explanation] = analysis["Explanations"]
    assert explanation["ExplanationCode"] == "VPCE_INTRA_VPC_TRAFFIC"
    assert explanation["VpcEndpoint"]["Id"] == made["VpcEndpointId"]


def test_an_access_scope_finds_what_it_speaks_of(net):
    from_internet = {"Source": {"ResourceStatement": {"ResourceTypes": ["AWS::EC2::InternetGateway"]}}}
    created = net.ec2.create_network_insights_access_scope(MatchPaths=[from_internet], ExcludePaths=[
        {"Destination": {"ResourceStatement": {"Resources": [net.a]}}}])
    scope = created["NetworkInsightsAccessScope"]
    identity = scope["NetworkInsightsAccessScopeId"]
    assert identity.startswith("nis-") and created["NetworkInsightsAccessScopeContent"]["MatchPaths"] == [from_internet]
    content = net.ec2.get_network_insights_access_scope_content(NetworkInsightsAccessScopeId=identity)
    assert content["NetworkInsightsAccessScopeContent"]["ExcludePaths"][0]["Destination"]["ResourceStatement"][
        "Resources"] == [net.a]
    assert net.ec2.describe_network_insights_access_scopes()["NetworkInsightsAccessScopes"] == [scope]

    def analysed():
        started = net.ec2.start_network_insights_access_scope_analysis(
            NetworkInsightsAccessScopeId=identity)["NetworkInsightsAccessScopeAnalysis"]
        assert (started["Status"], started["FindingsFound"]) == ("running", "unknown")
        return eventually(lambda: (lambda a: a if a["Status"] != "running" else None)(
            net.ec2.describe_network_insights_access_scope_analyses(NetworkInsightsAccessScopeAnalysisIds=[
                started["NetworkInsightsAccessScopeAnalysisId"]])["NetworkInsightsAccessScopeAnalyses"][0]))
    analysis = analysed()
    assert (analysis["Status"], analysis["FindingsFound"], analysis["AnalyzedEniCount"]) == ("succeeded", "false", 2)
    findings = net.ec2.get_network_insights_access_scope_analysis_findings(
        NetworkInsightsAccessScopeAnalysisId=analysis["NetworkInsightsAccessScopeAnalysisId"])
    assert findings["AnalysisStatus"] == "succeeded" and findings["AnalysisFindings"] == []
    assert error_of(net.ec2.delete_network_insights_access_scope, NetworkInsightsAccessScopeId=identity).code == \
        "AnalysisExistsForNetworkInsightsAccessScope"
    net.ec2.delete_network_insights_access_scope_analysis(
        NetworkInsightsAccessScopeAnalysisId=analysis["NetworkInsightsAccessScopeAnalysisId"])
    net.ec2.delete_network_insights_access_scope(NetworkInsightsAccessScopeId=identity)


def test_what_a_scope_cannot_be(net):
    create = net.ec2.create_network_insights_access_scope

    def refused(**statement):
        return error_of(create, MatchPaths=[{"Source": statement}]).code
    assert error_of(create).code == "MissingParameter"
    assert refused(ResourceStatement={"Resources": ["nonsense"]}) == "InvalidParameterValue"
    assert refused(ResourceStatement={"ResourceTypes": ["nonsense"]}) == "InvalidParameterValue"
    assert refused(ResourceStatement={"ResourceTypes": ["AWS::EC2::TransitGatewayAttachment"]}) == "UnsupportedOperation"
    assert refused(ResourceStatement={"Resources": [net.a], "ResourceTypes": ["AWS::EC2::VPC"]}) == \
        "InvalidParameterCombination"
    assert refused(PacketHeaderStatement={"SourceAddresses": ["10.0.0.0/99"]}) == "InvalidParameterValue"
    assert refused(PacketHeaderStatement={"DestinationPorts": ["70000"]}) == "InvalidParameterValue"
    assert refused(PacketHeaderStatement={"SourcePrefixLists": ["x"]}) == "InvalidPrefixListId.Malformed"
    for call, argument, kind in [
            (net.ec2.get_network_insights_access_scope_content, "NetworkInsightsAccessScopeId", "nis"),
            (net.ec2.delete_network_insights_access_scope, "NetworkInsightsAccessScopeId", "nis"),
            (net.ec2.start_network_insights_access_scope_analysis, "NetworkInsightsAccessScopeId", "nis"),
            (net.ec2.delete_network_insights_access_scope_analysis, "NetworkInsightsAccessScopeAnalysisId", "nisa"),
            (net.ec2.get_network_insights_access_scope_analysis_findings, "NetworkInsightsAccessScopeAnalysisId", "nisa")]:
        assert error_of(call, **{argument: MISSING[kind]}).code.endswith(".NotFound")
