#include "api/ec2/DescribeAccountAttributesRequest.h"
#include "api/ec2/DescribeAccountAttributesResult.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/vpcs.h"

namespace drydock::ec2 {

// DescribeAccountAttributes' manual names these six.
AWS_OPERATION(ec2, DescribeAccountAttributes)
DescribeAccountAttributesResult DescribeAccountAttributes(Context& context,
                                                          const DescribeAccountAttributesRequest& in) {
  const auto vpc = FindDefaultVpc(context);
  const std::pair<const char*, std::string> attributes[] = {
      {"supported-platforms", "VPC"}, {"vpc-max-security-groups-per-interface", "5"},
      {"max-elastic-ips", "5"},       {"max-instances", "20"},
      {"vpc-max-elastic-ips", "5"},   {"default-vpc", vpc ? vpc->vpc_id : "none"},
  };
  DescribeAccountAttributesResult out;
  for (const auto& [name, value] : attributes) {
    if (!in.AttributeNames.empty() &&
        std::find(in.AttributeNames.begin(), in.AttributeNames.end(), name) == in.AttributeNames.end())
      continue;
    auto& attribute = out.AccountAttributes.emplace_back();
    attribute.AttributeName = name;
    attribute.AttributeValues.emplace_back().AttributeValue = value;
  }
  EndDryRun(in.DryRun);
  return out;
}

}  // namespace drydock::ec2
