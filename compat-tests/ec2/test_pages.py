"""Paging of every operation that pages: the pages together are the whole answer, and no token but a page's own is taken.
EC2 Developer Guide, "Pagination"."""
import pytest

from conftest import error_of
from ec2.test_filters import MODEL, ROOT, TAG, Everything

IMPLEMENTED = {operation for path in sorted((ROOT / "handlers" / "ec2").glob("*.cpp"))
               for _, operation, _ in TAG.findall(path.read_text())}
PAGED = sorted(operation for operation in IMPLEMENTED & set(MODEL.operation_names)
               if "NextToken" in MODEL.operation_model(operation).input_shape.members)


@pytest.fixture(scope="module")
def everything(server):
    made = Everything(server.aws())
    for index in range(8):
        made.ec2.create_tags(Resources=[made.subnet], Tags=[{"Key": f"k{index}", "Value": "v"}])
        made.ec2.create_security_group(GroupName=f"g{index}", Description="d", VpcId=made.vpc)
    return made


def required(everything, operation):
    """What the operation must be told."""
    ec2 = everything.ec2
    if operation == "GetSecurityGroupsForVpc" or operation == "DescribeStaleSecurityGroups":
        return {"VpcId": everything.vpc}
    if operation == "GetSubnetCidrReservations":
        return {"SubnetId": everything.subnet}
    if operation.startswith("GetManagedPrefixList"):
        return {"PrefixListId": ec2.describe_managed_prefix_lists()["PrefixLists"][0]["PrefixListId"]}
    if operation == "GetNetworkInsightsAccessScopeAnalysisFindings":
        scope = ec2.create_network_insights_access_scope(MatchPaths=[
            {"Source": {"ResourceStatement": {"ResourceTypes": ["AWS::EC2::InternetGateway"]}}}])
        return {"NetworkInsightsAccessScopeAnalysisId": ec2.start_network_insights_access_scope_analysis(
            NetworkInsightsAccessScopeId=scope["NetworkInsightsAccessScope"]["NetworkInsightsAccessScopeId"])[
                "NetworkInsightsAccessScopeAnalysis"]["NetworkInsightsAccessScopeAnalysisId"]}
    if operation == "DescribeAddressesAttribute":
        return {"Attribute": "domain-name"}
    return {}


def test_the_operations_that_page_are_known():
    assert len(PAGED) > 30 and "DescribeVpcs" in PAGED


@pytest.mark.parametrize("operation", PAGED)
def test_pages(everything, operation):
    methods = {api: method for method, api in everything.ec2.meta.method_to_api_mapping.items()}
    call = getattr(everything.ec2, methods[operation])
    parameters = required(everything, operation)

    def items(answer):
        return [repr(item) for value in answer.values() if isinstance(value, list) for item in value]
    whole, pages, token = items(call(**parameters)), [], {}
    while True:
        answer = call(**parameters, MaxResults=5, **token)
        pages += items(answer)
        if not answer.get("NextToken"):
            break
        token = {"NextToken": answer["NextToken"]}
        altered = answer["NextToken"][:-2] + "xx"
        assert error_of(call, **parameters, MaxResults=5, NextToken=altered).code == "InvalidNextToken"
    # Services are named once more beside their details, those of two types on two pages.
    assert sorted(set(pages)) == sorted(set(whole))
    assert error_of(call, **parameters, NextToken="forged").code == "InvalidNextToken"
