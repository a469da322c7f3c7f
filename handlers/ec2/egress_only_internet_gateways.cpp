#include "api/ec2/CreateEgressOnlyInternetGatewayRequest.h"
#include "api/ec2/CreateEgressOnlyInternetGatewayResult.h"
#include "api/ec2/DeleteEgressOnlyInternetGatewayRequest.h"
#include "api/ec2/DeleteEgressOnlyInternetGatewayResult.h"
#include "api/ec2/DescribeEgressOnlyInternetGatewaysRequest.h"
#include "api/ec2/DescribeEgressOnlyInternetGatewaysResult.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxEgressOnlyGateways = 5;  // per region; VPC User Guide, "Quotas"

// Tags are all that AWS filters by.
constexpr FilterOf<EgressOnlyInternetGateway> kEgressOnlyFilters[] = {
    {"egress-only-internet-gateway-id", &At<&EgressOnlyInternetGateway::EgressOnlyInternetGatewayId>},
};

EgressOnlyInternetGateway ToWire(const record::EgressOnlyInternetGateway& gateway) {
  EgressOnlyInternetGateway wire;
  wire.EgressOnlyInternetGatewayId = gateway.egress_only_internet_gateway_id;
  auto& attachment = wire.Attachments.emplace_back();
  attachment.State = "attached";
  attachment.VpcId = gateway.vpc_id;
  wire.Tags = TagsToWire(gateway.tags, false);
  return wire;
}

}  // namespace

AWS_OPERATION(ec2, CreateEgressOnlyInternetGateway)
AWS_ACCESS("vpc/{VpcId}", "egress-only-internet-gateway/*")
CreateEgressOnlyInternetGatewayResult CreateEgressOnlyInternetGateway(
    Context& context, const CreateEgressOnlyInternetGatewayRequest& in) {
  CreateEgressOnlyInternetGatewayResult out;
  out.ClientToken = in.ClientToken;
  constexpr char kOperation[] = "CreateEgressOnlyInternetGateway";
  if (const auto before = CreatedBefore<record::EgressOnlyInternetGateway>(context, kOperation, in)) {
    out.EgressOnlyInternetGateway = ToWire(*before);
    return out;
  }
  record::EgressOnlyInternetGateway gateway;
  gateway.vpc_id = Require<record::Vpc>(context, *in.VpcId).vpc_id;
  gateway.tags = TakeTags(in.TagSpecifications, kKind<record::EgressOnlyInternetGateway>);
  if (context.tx.Count<record::EgressOnlyInternetGateway>(context.scope) >= kMaxEgressOnlyGateways)
    throw errors::EgressOnlyInternetGatewayLimitExceeded();
  EndDryRun(in.DryRun);

  gateway.egress_only_internet_gateway_id = context.ids.Ec2("eigw");
  context.tx.Put(context.scope, gateway);
  RememberToken(context, kOperation, in, gateway.egress_only_internet_gateway_id);
  out.EgressOnlyInternetGateway = ToWire(gateway);
  return out;
}

// Routes to it become blackholes.
AWS_OPERATION(ec2, DeleteEgressOnlyInternetGateway)
AWS_ACCESS("egress-only-internet-gateway/{EgressOnlyInternetGatewayId}")
DeleteEgressOnlyInternetGatewayResult DeleteEgressOnlyInternetGateway(
    Context& context, const DeleteEgressOnlyInternetGatewayRequest& in) {
  const auto gateway = Require<record::EgressOnlyInternetGateway>(context, *in.EgressOnlyInternetGatewayId);
  EndDryRun(in.DryRun);
  context.tx.Erase<record::EgressOnlyInternetGateway>(context.scope, gateway.egress_only_internet_gateway_id);
  DeleteEgressOnlyInternetGatewayResult out;
  out.ReturnCode = true;
  return out;
}

AWS_OPERATION(ec2, DescribeEgressOnlyInternetGateways)
DescribeEgressOnlyInternetGatewaysResult DescribeEgressOnlyInternetGateways(
    Context& context, const DescribeEgressOnlyInternetGatewaysRequest& in) {
  RefuseIdsWithPages("egressOnlyInternetGatewayIds", !in.EgressOnlyInternetGatewayIds.empty(), in.MaxResults);
  std::vector<EgressOnlyInternetGateway> gateways;
  for (const auto& gateway : Select<record::EgressOnlyInternetGateway>(context, in.EgressOnlyInternetGatewayIds))
    gateways.push_back(ToWire(gateway));
  KeepMatching(gateways, in.Filters, kEgressOnlyFilters);
  EndDryRun(in.DryRun);

  DescribeEgressOnlyInternetGatewaysResult out;
  out.EgressOnlyInternetGateways =
      PageOf(context, "DescribeEgressOnlyInternetGateways", in, std::move(gateways), out.NextToken,
             [](const EgressOnlyInternetGateway& gateway) { return *gateway.EgressOnlyInternetGatewayId; });
  return out;
}

}  // namespace drydock::ec2
