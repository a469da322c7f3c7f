// The credit option of burstable instances, which clients ask of every one. EC2 User Guide, "Burstable performance
// instances": by default T2 is standard, the later ones are unlimited; RunInstances takes no other.
#include "api/ec2/DescribeInstanceCreditSpecificationsRequest.h"
#include "api/ec2/DescribeInstanceCreditSpecificationsResult.h"
#include "api/ec2/InstanceCreditSpecification.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/describe.h"

namespace drydock::ec2 {

namespace {

constexpr FilterOf<InstanceCreditSpecification> kCreditFilters[] = {
    {"instance-id", &At<&InstanceCreditSpecification::InstanceId>},
};

}  // namespace

// The operation's manual: without ids only those that are unlimited; an id of another kind of instance is an error.
AWS_OPERATION(ec2, DescribeInstanceCreditSpecifications)
DescribeInstanceCreditSpecificationsResult DescribeInstanceCreditSpecifications(
    Context& context, const DescribeInstanceCreditSpecificationsRequest& in) {
  const auto show = [&](const record::Instance& instance) -> std::optional<InstanceCreditSpecification> {
    const bool named = !in.InstanceIds.empty();
    if (!instance.instance_type.starts_with('t')) {
      if (named) throw errors::CreditsNotSupported(instance.instance_id);
      return {};
    }
    InstanceCreditSpecification wire;
    wire.InstanceId = instance.instance_id;
    wire.CpuCredits = instance.instance_type.starts_with("t2.") ? "standard" : "unlimited";
    if (!named && wire.CpuCredits != "unlimited") return {};
    return wire;
  };
  DescribeInstanceCreditSpecificationsResult out;
  out.InstanceCreditSpecifications = DescribePage<record::Instance, &InstanceCreditSpecification::InstanceId>(
      context, {"DescribeInstanceCreditSpecifications", "instanceIds", in.InstanceIds}, in, kCreditFilters,
      out.NextToken, show);
  return out;
}

}  // namespace drydock::ec2
