// What policies need to know about EC2's resources.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2".
#include "emulator/api/access.h"
#include "handlers/ec2/flow_logs.h"
#include "handlers/ec2/network_insights.h"
#include "handlers/ec2/resources.h"
#include "handlers/ec2/vpc_peering_connections.h"

namespace drydock::ec2 {

namespace {

template <class Record>
void Describe(Context& context, const std::string& id, api::Resource& resource) {
  const auto record = context.tx.Get<Record>(context.scope, id);
  if (!record) return;
  resource.tags = record->tags;
  if constexpr (requires { record->availability_zone; })
    if (!record->availability_zone.empty()) resource.keys["ec2:availabilityzone"] = {record->availability_zone};
  if constexpr (requires { record->subnet_id; } && !std::is_same_v<Record, record::Subnet>)
    resource.keys["ec2:subnet"] = {context.Arn("ec2", "subnet/" + record->subnet_id)};
  if constexpr (requires { std::string(record->vpc_id); })
    if (!std::is_same_v<Record, record::Vpc>) resource.keys["ec2:vpc"] = {context.Arn("ec2", "vpc/" + record->vpc_id)};
}

struct Describable {
  const ResourceKind& kind;
  void (*describe)(Context&, const std::string& id, api::Resource&);
};
template <class Record>
constexpr Describable MakeDescribable() {
  return {kKind<Record>, Describe<Record>};
}
constexpr Describable kDescribable[] = {
    {kKind<record::Vpc>,
     [](Context& context, const std::string& id, api::Resource& resource) {
       const auto vpc = context.tx.Get<record::Vpc>(context.scope, id);
       if (!vpc) return;
       resource.tags = vpc->tags;
       resource.keys["ec2:tenancy"] = {vpc->instance_tenancy};
     }},
    {kKind<record::Instance>,
     [](Context& context, const std::string& id, api::Resource& resource) {
       const auto instance = context.tx.Get<record::Instance>(context.scope, id);
       if (!instance) return;
       resource.tags = instance->tags;
       resource.keys["ec2:availabilityzone"] = {instance->availability_zone};
       resource.keys["ec2:instancetype"] = {instance->instance_type};
       resource.keys["ec2:tenancy"] = {instance->tenancy};
     }},
    {kKind<record::ElasticAddress>,
     [](Context& context, const std::string& id, api::Resource& resource) {
       const auto address = context.tx.Get<record::ElasticAddress>(context.scope, id);
       if (!address) return;
       resource.tags = address->tags;
       resource.keys["ec2:domain"] = {"vpc"};
       resource.keys["ec2:publicipaddress"] = {address->public_ip};
     }},
    MakeDescribable<record::Subnet>(),
    MakeDescribable<record::SecurityGroup>(),
    MakeDescribable<record::SecurityGroupRule>(),
    MakeDescribable<record::RouteTable>(),
    MakeDescribable<record::InternetGateway>(),
    MakeDescribable<record::NatGateway>(),
    MakeDescribable<record::NetworkAcl>(),
    MakeDescribable<record::NetworkInterface>(),
    MakeDescribable<record::DhcpOptions>(),
    MakeDescribable<record::VpcEndpoint>(),
    MakeDescribable<record::ManagedPrefixList>(),
    MakeDescribable<record::EgressOnlyInternetGateway>(),
    MakeDescribable<record::FlowLog>(),
    MakeDescribable<record::NetworkInsightsPath>(),
    MakeDescribable<record::NetworkInsightsAnalysis>(),
    MakeDescribable<record::NetworkInsightsAccessScope>(),
    MakeDescribable<record::NetworkInsightsAccessScopeAnalysis>(),
    {kKind<record::VpcPeeringConnection>,
     [](Context& context, const std::string& id, api::Resource& resource) {
       auto connection = FindPeering(context, id);
       if (!connection) return;
       resource.tags = TagsOfCaller(context, *connection);
       const auto vpc = [](const PeeringEnd& end) {
         return "arn:aws:ec2:" + end.scope.region + ":" + end.scope.account + ":vpc/" + end.vpc_id;
       };
       resource.keys["ec2:requestervpc"] = {vpc(RequesterOf(*connection))};
       resource.keys["ec2:acceptervpc"] = {vpc(AccepterOf(*connection))};
     }},
};

template <class Record, class Member>
std::optional<Record> FindBy(Context& context, Member member, const std::string& value) {
  auto found = context.tx.List<Record>(context.scope, store::Where(member, value));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

// The id of the record with an association of that id: `associations` gives a record's associations.
template <class Record, class Associations, class Id>
std::string IdOfAssociated(Context& context, const std::string& association_id, Associations associations, Id id) {
  for (const Record& record : context.tx.List<Record>(context.scope))
    for (const auto& association : associations(record))
      if (association.association_id == association_id) return id(record, association);
  return association_id;
}

// The resource that an association joins.
std::string IdOfAssociation(Context& context, std::string_view type, const std::string& name) {
  if (name.starts_with("rtbassoc-"))
    return IdOfAssociated<record::RouteTable>(
        context, name, [](const auto& table) { return table.associations; },
        [](const auto& table, const auto&) { return table.route_table_id; });
  if (name.starts_with("aclassoc-"))
    return IdOfAssociated<record::NetworkAcl>(
        context, name, [](const auto& acl) { return acl.associations; },
        [](const auto&, const auto& association) { return association.subnet_id; });
  if (name.starts_with("vpc-cidr-assoc-")) {
    for (const auto& vpc : context.tx.List<record::Vpc>(context.scope)) {
      const auto is_it = [&](const auto& block) { return block.association_id == name; };
      if (std::any_of(vpc.cidr_blocks.begin(), vpc.cidr_blocks.end(), is_it) ||
          std::any_of(vpc.ipv6_cidr_blocks.begin(), vpc.ipv6_cidr_blocks.end(), is_it))
        return vpc.vpc_id;
    }
  } else if (name.starts_with("subnet-cidr-assoc-")) {
    for (const auto& subnet : context.tx.List<record::Subnet>(context.scope))
      if (subnet.ipv6_cidr_block && subnet.ipv6_cidr_block->association_id == name) return subnet.subnet_id;
  } else if (name.starts_with("eni-attach-") || name.starts_with("ela-attach-")) {
    for (const auto& interface : context.tx.List<record::NetworkInterface>(context.scope))
      if (interface.attachment && interface.attachment->attachment_id == name)
        return type == "instance" ? interface.instance_id.value_or(name) : interface.network_interface_id;
  } else if (name.starts_with("eipassoc-")) {
    if (const auto address = FindBy<record::ElasticAddress>(context, &record::ElasticAddress::association_id, name))
      return address->allocation_id;
  }
  return name;
}

// What requests may name instead of an id: a group's name in the default VPC, an address, an association.
std::string IdOf(Context& context, std::string_view type, const std::string& name) {
  if (type == "security-group" && !name.starts_with("sg-")) {
    for (const auto& group : context.tx.List<record::SecurityGroup>(context.scope)) {
      const auto vpc = context.tx.Get<record::Vpc>(context.scope, group.vpc_id);
      if (group.group_name == name && vpc && vpc->is_default) return group.group_id;
    }
    return name;
  }
  if (type == "elastic-ip" && name.find('.') != std::string::npos) {
    const auto address = FindBy<record::ElasticAddress>(context, &record::ElasticAddress::public_ip, name);
    return address ? address->allocation_id : name;
  }
  return IdOfAssociation(context, type, name);
}

// The keys that hold a resource's own id.
constexpr std::pair<std::string_view, const char*> kIdKeys[] = {
    {"vpc", "ec2:vpcid"},
    {"subnet", "ec2:subnetid"},
    {"security-group", "ec2:securitygroupid"},
    {"route-table", "ec2:routetableid"},
    {"network-acl", "ec2:networkaclid"},
    {"network-interface", "ec2:networkinterfaceid"},
    {"internet-gateway", "ec2:internetgatewayid"},
    {"dhcp-options", "ec2:dhcpoptionsid"},
    {"elastic-ip", "ec2:allocationid"},
    {"vpc-peering-connection", "ec2:vpcpeeringconnectionid"},
    {"instance", "ec2:instanceid"},
};

}  // namespace

// "vpc/*" is a VPC that is to be made; "id" stands for whatever kind the id is of.
AWS_RESOURCES(ec2)
api::Resource ResourceOf(Context& context, std::string_view type, const std::vector<std::string>& parts) {
  std::string id = parts.back();
  if (type == "accepter-vpc") {
    type = "vpc";
    if (const auto connection = FindPeering(context, id)) id = AccepterOf(*connection).vpc_id;
  }
  api::Resource resource;
  if (id != "*") {
    id = IdOf(context, type, id);
    for (const Describable& describable : kDescribable) {
      if (!HasIdSyntax(describable.kind, id)) continue;
      type = describable.kind.type;
      describable.describe(context, id, resource);
    }
  }
  resource.arn = context.Arn("ec2", (type == "id" ? std::string("*") : std::string(type)) + "/" + id);
  if (type == "image") resource.arn = "arn:aws:ec2:" + context.region() + "::image/" + id;  // belongs to no account
  for (const auto& [kind, key] : kIdKeys)
    if (kind == type && id != "*") resource.keys[key] = {id};
  return resource;
}

}  // namespace drydock::ec2
