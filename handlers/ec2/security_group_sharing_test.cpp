// Security groups in further VPCs, which older clients cannot ask for. EC2 API Reference, AssociateSecurityGroupVpc.
#include "api/ec2/AssociateSecurityGroupVpcRequest.h"
#include "api/ec2/AssociateSecurityGroupVpcResult.h"
#include "api/ec2/AuthorizeSecurityGroupIngressRequest.h"
#include "api/ec2/AuthorizeSecurityGroupIngressResult.h"
#include "api/ec2/CreateNetworkInterfaceRequest.h"
#include "api/ec2/CreateNetworkInterfaceResult.h"
#include "api/ec2/DeleteSecurityGroupRequest.h"
#include "api/ec2/DeleteSecurityGroupResult.h"
#include "api/ec2/DisassociateSecurityGroupVpcRequest.h"
#include "api/ec2/DisassociateSecurityGroupVpcResult.h"
#include "api/ec2/GetSecurityGroupsForVpcRequest.h"
#include "api/ec2/GetSecurityGroupsForVpcResult.h"
#include "handlers/ec2/testing/ec2_fixture.h"

namespace drydock::ec2 {

AssociateSecurityGroupVpcResult AssociateSecurityGroupVpc(Context&, const AssociateSecurityGroupVpcRequest&);
DisassociateSecurityGroupVpcResult DisassociateSecurityGroupVpc(Context&, const DisassociateSecurityGroupVpcRequest&);
GetSecurityGroupsForVpcResult GetSecurityGroupsForVpc(Context&, const GetSecurityGroupsForVpcRequest&);
AuthorizeSecurityGroupIngressResult AuthorizeSecurityGroupIngress(Context&,
                                                                  const AuthorizeSecurityGroupIngressRequest&);
CreateNetworkInterfaceResult CreateNetworkInterface(Context&, const CreateNetworkInterfaceRequest&);
DeleteSecurityGroupResult DeleteSecurityGroup(Context&, const DeleteSecurityGroupRequest&);

TEST_CASE("a group that is associated with a VPC may be used and referred to there") {
  Ec2Fixture f;
  const auto home = f.Vpc(), far = f.Vpc("10.1.0.0/16");
  const auto subnet = f.Subnet(far, "10.1.0.0/24");
  const auto shared = f.Group(home, "shared"), of_far = f.Group(far, "far");
  CreateNetworkInterfaceRequest interface;
  interface.SubnetId = subnet;
  interface.Groups = {shared};
  CHECK(f.CodeOf(CreateNetworkInterface, interface) == "InvalidGroup.NotFound");
  AuthorizeSecurityGroupIngressRequest rule;
  rule.GroupId = of_far;
  auto& permission = rule.IpPermissions.emplace_back();
  permission.IpProtocol = "-1";
  permission.UserIdGroupPairs.emplace_back().GroupId = shared;
  CHECK(f.CodeOf(AuthorizeSecurityGroupIngress, rule) == "InvalidGroup.NotFound");

  AssociateSecurityGroupVpcRequest association;
  association.GroupId = shared;
  association.VpcId = far;
  CHECK(f.Call(AssociateSecurityGroupVpc, association).State == "associating");
  CHECK(f.CodeOf(AssociateSecurityGroupVpc, association) == "Resource.AlreadyAssociated");
  f.Call(CreateNetworkInterface, interface);
  f.Call(AuthorizeSecurityGroupIngress, rule);
  GetSecurityGroupsForVpcRequest question;
  question.VpcId = far;
  CHECK(f.Call(GetSecurityGroupsForVpc, question).SecurityGroupForVpcs.size() == 3);

  DisassociateSecurityGroupVpcRequest removal;
  removal.GroupId = shared;
  removal.VpcId = far;
  CHECK(f.CodeOf(DisassociateSecurityGroupVpc, removal) == "DependencyViolation");
  DeleteSecurityGroupRequest deletion;
  deletion.GroupId = shared;
  CHECK(f.CodeOf(DeleteSecurityGroup, deletion) == "DependencyViolation");
}

TEST_CASE("what cannot be associated with a VPC") {
  Ec2Fixture f;
  const auto home = f.Vpc(), far = f.Vpc("10.1.0.0/16");
  AssociateSecurityGroupVpcRequest association;
  association.GroupId = f.Group(home, "shared");
  association.VpcId = home;
  CHECK(f.CodeOf(AssociateSecurityGroupVpc, association) == "Resource.AlreadyAssociated");
  association.VpcId = "vpc-0123456789abcdef0";
  CHECK(f.CodeOf(AssociateSecurityGroupVpc, association) == "InvalidVpcID.NotFound");
  association.VpcId = far;
  association.DryRun = true;
  CHECK(f.CodeOf(AssociateSecurityGroupVpc, association) == "DryRunOperation");
  DisassociateSecurityGroupVpcRequest removal;
  removal.GroupId = association.GroupId;
  removal.VpcId = far;
  CHECK(f.CodeOf(DisassociateSecurityGroupVpc, removal) == "InvalidParameterValue");
}

}  // namespace drydock::ec2
