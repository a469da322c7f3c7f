#include "emulator/audit/resources.h"

#include <algorithm>
#include <string_view>

namespace drydock::audit {

namespace {

constexpr std::size_t kMost = 20;

// A member that names a resource. Lists of such names are found under the name with an s.
struct Naming {
  const char* service;
  const char* member;
  const char* type;  // of CloudFormation
};
constexpr Naming kNamings[] = {
    {"acm", "CertificateArn", "AWS::CertificateManager::Certificate"},
    {"cloudtrail", "S3BucketName", "AWS::S3::Bucket"},
    {"cloudtrail", "TrailARN", "AWS::CloudTrail::Trail"},
    {"cloudtrail", "TrailName", "AWS::CloudTrail::Trail"},
    {"ec2", "AllocationId", "AWS::EC2::EIP"},
    {"ec2", "DhcpOptionsId", "AWS::EC2::DHCPOptions"},
    {"ec2", "EgressOnlyInternetGatewayId", "AWS::EC2::EgressOnlyInternetGateway"},
    {"ec2", "FlowLogId", "AWS::EC2::FlowLog"},
    {"ec2", "GroupId", "AWS::EC2::SecurityGroup"},
    {"ec2", "GroupName", "AWS::EC2::SecurityGroup"},
    {"ec2", "InstanceId", "AWS::EC2::Instance"},
    {"ec2", "InternetGatewayId", "AWS::EC2::InternetGateway"},
    {"ec2", "NatGatewayId", "AWS::EC2::NatGateway"},
    {"ec2", "NetworkAclId", "AWS::EC2::NetworkAcl"},
    {"ec2", "NetworkInterfaceId", "AWS::EC2::NetworkInterface"},
    {"ec2", "PrefixListId", "AWS::EC2::PrefixList"},
    {"ec2", "RouteTableId", "AWS::EC2::RouteTable"},
    {"ec2", "SubnetId", "AWS::EC2::Subnet"},
    {"ec2", "VpcEndpointId", "AWS::EC2::VPCEndpoint"},
    {"ec2", "VpcId", "AWS::EC2::VPC"},
    {"ec2", "VpcPeeringConnectionId", "AWS::EC2::VPCPeeringConnection"},
    {"ecr", "repositoryArn", "AWS::ECR::Repository"},
    {"ecr", "repositoryName", "AWS::ECR::Repository"},
    {"ecs", "cluster", "AWS::ECS::Cluster"},
    {"ecs", "clusterArn", "AWS::ECS::Cluster"},
    {"ecs", "clusterName", "AWS::ECS::Cluster"},
    {"ecs", "service", "AWS::ECS::Service"},
    {"ecs", "serviceArn", "AWS::ECS::Service"},
    {"ecs", "serviceName", "AWS::ECS::Service"},
    {"ecs", "task", "AWS::ECS::Task"},
    {"ecs", "taskArn", "AWS::ECS::Task"},
    {"ecs", "taskDefinition", "AWS::ECS::TaskDefinition"},
    {"ecs", "taskDefinitionArn", "AWS::ECS::TaskDefinition"},
    {"elbv2", "ListenerArn", "AWS::ElasticLoadBalancingV2::Listener"},
    {"elbv2", "LoadBalancerArn", "AWS::ElasticLoadBalancingV2::LoadBalancer"},
    {"elbv2", "RuleArn", "AWS::ElasticLoadBalancingV2::ListenerRule"},
    {"elbv2", "TargetGroupArn", "AWS::ElasticLoadBalancingV2::TargetGroup"},
    {"iam", "AccessKeyId", "AWS::IAM::AccessKey"},
    {"iam", "GroupName", "AWS::IAM::Group"},
    {"iam", "InstanceProfileName", "AWS::IAM::InstanceProfile"},
    {"iam", "PolicyArn", "AWS::IAM::Policy"},
    {"iam", "RoleName", "AWS::IAM::Role"},
    {"iam", "UserName", "AWS::IAM::User"},
    {"kms", "KeyId", "AWS::KMS::Key"},
    {"logs", "logGroupName", "AWS::Logs::LogGroup"},
    {"logs", "logStreamName", "AWS::Logs::LogStream"},
    {"secretsmanager", "ARN", "AWS::SecretsManager::Secret"},
    {"secretsmanager", "SecretId", "AWS::SecretsManager::Secret"},
    {"sts", "AccessKeyId", "AWS::IAM::AccessKey"},
    {"sts", "RoleArn", "AWS::IAM::Role"},
};

// Ids that say themselves what they are, where a member may hold any of them: tagging, and routes' targets.
struct Prefix {
  const char* prefix;
  const char* type;
};
constexpr Prefix kPrefixes[] = {
    {"acl-", "AWS::EC2::NetworkAcl"},
    {"eigw-", "AWS::EC2::EgressOnlyInternetGateway"},
    {"eipalloc-", "AWS::EC2::EIP"},
    {"eni-", "AWS::EC2::NetworkInterface"},
    {"igw-", "AWS::EC2::InternetGateway"},
    {"nat-", "AWS::EC2::NatGateway"},
    {"pl-", "AWS::EC2::PrefixList"},
    {"rtb-", "AWS::EC2::RouteTable"},
    {"sg-", "AWS::EC2::SecurityGroup"},
    {"subnet-", "AWS::EC2::Subnet"},
    {"vpc-", "AWS::EC2::VPC"},
    {"vpce-", "AWS::EC2::VPCEndpoint"},
    {"dopt-", "AWS::EC2::DHCPOptions"},
};

class Search {
 public:
  explicit Search(std::string_view service) : service_(service) {}

  void Structure(const Schema& schema, const void* structure, int depth) {
    for (const Field& field : schema) {
      const void* content = field.type->get(static_cast<const char*>(structure) + field.offset);
      if (!content || field.sensitive) continue;
      if (field.type->kind == Kind::kString) {
        Consider(field.name, *static_cast<const std::string*>(content));
      } else if (field.type->kind == Kind::kStructure && depth > 0) {
        Structure(field.type->schema(), content, depth - 1);
      } else if (field.type->kind == Kind::kList) {
        const Type& element = field.type->element();
        for (std::size_t i = 0; i < field.type->size(content) && found.size() < kMost; ++i) {
          const void* item = element.get(field.type->at(content, i));
          if (!item) continue;
          if (element.kind == Kind::kString) {
            std::string_view name = field.name;
            if (name.ends_with('s')) name.remove_suffix(1);
            Consider(name, *static_cast<const std::string*>(item));
          } else if (element.kind == Kind::kStructure && depth > 0) {
            Structure(element.schema(), item, depth - 1);
          }
        }
      }
    }
  }

  std::vector<store::AuditResource> found;

 private:
  void Consider(std::string_view member, const std::string& value) {
    if (value.empty() || found.size() >= kMost) return;
    for (const Naming& naming : kNamings)
      if (service_ == naming.service && member == naming.member) return Add(naming.type, value);
    if (service_ == "ec2" && member == "Resource")
      for (const Prefix& prefix : kPrefixes)
        if (value.starts_with(prefix.prefix)) return Add(prefix.type, value);
  }

  void Add(const char* type, const std::string& name) {
    store::AuditResource resource{type, name};
    if (std::find(found.begin(), found.end(), resource) == found.end()) found.push_back(std::move(resource));
  }

  const std::string_view service_;
};

}  // namespace

std::vector<store::AuditResource> ResourcesOf(const api::FinishedCall& call) {
  const api::Operation& operation = call.operation;
  Search search(operation.service->name);
  const auto name_of = [](const api::AnyStruct& any) -> const std::string* {
    for (const Field& field : any.schema())
      if (std::string_view(field.name) == "Name" && field.type->kind == Kind::kString)
        return static_cast<const std::string*>(field.type->get(static_cast<const char*>(any.get()) + field.offset));
    return nullptr;
  };
  if (call.input) {
    search.Structure(call.input->schema(), call.input->get(), 2);
    // Trails and secrets are plainly named.
    const std::string_view service = operation.service->name;
    if (const std::string* name = name_of(*call.input)) {
      if (service == "cloudtrail") search.found.push_back({"AWS::CloudTrail::Trail", *name});
      if (service == "secretsmanager") search.found.push_back({"AWS::SecretsManager::Secret", *name});
    }
  }
  if (call.output && !operation.read_only) search.Structure(call.output->schema(), call.output->get(), 2);
  return std::move(search.found);
}

}  // namespace drydock::audit
