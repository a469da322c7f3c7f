#include "api/ec2/AttachInternetGatewayRequest.h"
#include "api/ec2/AttachInternetGatewayResponse.h"
#include "api/ec2/CreateInternetGatewayRequest.h"
#include "api/ec2/CreateInternetGatewayResult.h"
#include "api/ec2/DeleteInternetGatewayRequest.h"
#include "api/ec2/DeleteInternetGatewayResponse.h"
#include "api/ec2/DescribeInternetGatewaysRequest.h"
#include "api/ec2/DescribeInternetGatewaysResult.h"
#include "api/ec2/DetachInternetGatewayRequest.h"
#include "api/ec2/DetachInternetGatewayResponse.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxGateways = 5;  // per region; VPC User Guide, "Quotas"

constexpr FilterOf<InternetGateway> kGatewayFilters[] = {
    {"attachment.state", &At<&InternetGateway::Attachments, &InternetGatewayAttachment::State>},
    {"attachment.vpc-id", &At<&InternetGateway::Attachments, &InternetGatewayAttachment::VpcId>},
    {"internet-gateway-id", &At<&InternetGateway::InternetGatewayId>},
    {"owner-id", &At<&InternetGateway::OwnerId>},
};

InternetGateway ToWire(Context& context, const record::InternetGateway& gateway) {
  InternetGateway wire;
  wire.InternetGatewayId = gateway.internet_gateway_id;
  wire.OwnerId = context.account();
  wire.Attachments.present = true;
  // "available" rather than "attached", as DescribeInternetGateways' manual shows.
  if (gateway.vpc_id) wire.Attachments.push_back({"available", *gateway.vpc_id});
  wire.Tags = TagsToWire(gateway.tags, true);
  return wire;
}

// Whether an interface of the VPC has a public address: a task, a load balancer, a NAT gateway.
bool HasMappedPublicAddresses(Context& context, const std::string& vpc_id) {
  for (const auto& interface : context.tx.List<record::NetworkInterface>(
           context.scope, store::Where(&record::NetworkInterface::vpc_id, vpc_id)))
    for (const auto& address : interface.private_ip_addresses)
      if (address.association) return true;
  return false;
}

}  // namespace

AWS_OPERATION(ec2, CreateInternetGateway)
AWS_ACCESS("internet-gateway/*")
CreateInternetGatewayResult CreateInternetGateway(Context& context, const CreateInternetGatewayRequest& in) {
  record::InternetGateway gateway;
  gateway.tags = TakeTags(in.TagSpecifications, kKind<record::InternetGateway>);
  if (context.tx.Count<record::InternetGateway>(context.scope) >= kMaxGateways)
    throw errors::InternetGatewayLimitExceeded();
  EndDryRun(in.DryRun);

  gateway.internet_gateway_id = context.ids.Ec2("igw");
  context.tx.Put(context.scope, gateway);
  CreateInternetGatewayResult out;
  out.InternetGateway = ToWire(context, gateway);
  return out;
}

AWS_OPERATION(ec2, AttachInternetGateway)
AWS_ACCESS("internet-gateway/{InternetGatewayId}", "vpc/{VpcId}")
AttachInternetGatewayResponse AttachInternetGateway(Context& context, const AttachInternetGatewayRequest& in) {
  auto gateway = Require<record::InternetGateway>(context, *in.InternetGatewayId);
  const auto vpc = Require<record::Vpc>(context, *in.VpcId);
  if (gateway.vpc_id)
    throw errors::AlreadyAssociated(
        fmt::format("resource {} is already attached to network {}", gateway.internet_gateway_id, *gateway.vpc_id));
  if (context.tx.Count<record::InternetGateway>(context.scope,
                                                store::Where(&record::InternetGateway::vpc_id, vpc.vpc_id)) > 0)
    throw errors::InvalidParameterValue(
        fmt::format("Network {} already has an internet gateway attached", vpc.vpc_id));  // unconfirmed
  EndDryRun(in.DryRun);
  gateway.vpc_id = vpc.vpc_id;
  context.tx.Put(context.scope, gateway);
  return {};
}

AWS_OPERATION(ec2, DetachInternetGateway)
AWS_ACCESS("internet-gateway/{InternetGatewayId}", "vpc/{VpcId}")
DetachInternetGatewayResponse DetachInternetGateway(Context& context, const DetachInternetGatewayRequest& in) {
  auto gateway = Require<record::InternetGateway>(context, *in.InternetGatewayId);
  const auto vpc = Require<record::Vpc>(context, *in.VpcId);
  if (gateway.vpc_id != vpc.vpc_id)
    throw errors::GatewayNotAttached(
        fmt::format("resource {} is not attached to network {}", gateway.internet_gateway_id, vpc.vpc_id));
  if (HasMappedPublicAddresses(context, vpc.vpc_id)) throw errors::MappedPublicAddresses(vpc.vpc_id);
  EndDryRun(in.DryRun);
  gateway.vpc_id.reset();
  context.tx.Put(context.scope, gateway);
  return {};
}

AWS_OPERATION(ec2, DeleteInternetGateway)
AWS_ACCESS("internet-gateway/{InternetGatewayId}")
DeleteInternetGatewayResponse DeleteInternetGateway(Context& context, const DeleteInternetGatewayRequest& in) {
  const auto gateway = Require<record::InternetGateway>(context, *in.InternetGatewayId);
  if (gateway.vpc_id) throw errors::HasDependencies("internetGateway", gateway.internet_gateway_id);
  EndDryRun(in.DryRun);
  context.tx.Erase<record::InternetGateway>(context.scope, gateway.internet_gateway_id);
  return {};
}

AWS_OPERATION(ec2, DescribeInternetGateways)
DescribeInternetGatewaysResult DescribeInternetGateways(Context& context, const DescribeInternetGatewaysRequest& in) {
  RefuseIdsWithPages("internetGatewayIds", !in.InternetGatewayIds.empty(), in.MaxResults);
  std::vector<InternetGateway> gateways;
  for (const auto& gateway : Select<record::InternetGateway>(context, in.InternetGatewayIds))
    gateways.push_back(ToWire(context, gateway));
  KeepMatching(gateways, in.Filters, kGatewayFilters);
  EndDryRun(in.DryRun);

  DescribeInternetGatewaysResult out;
  out.InternetGateways = PageOf(context, "DescribeInternetGateways", in, std::move(gateways), out.NextToken,
                                [](const InternetGateway& gateway) { return *gateway.InternetGatewayId; });
  return out;
}

}  // namespace drydock::ec2
