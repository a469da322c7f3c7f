// The capacity that a load balancer holds ready. Nothing can be reserved here, so that none has any.
#include "api/elbv2/DescribeCapacityReservationInput.h"
#include "api/elbv2/DescribeCapacityReservationOutput.h"
#include "emulator/api/operation.h"
#include "handlers/elbv2/lookup.h"

namespace drydock::elbv2 {

// Terraform and Pulumi ask this of every load balancer they read. How AWS shows that nothing is reserved is
// unconfirmed.
AWS_OPERATION(elbv2, DescribeCapacityReservation)
DescribeCapacityReservationOutput DescribeCapacityReservation(Context& context,
                                                              const DescribeCapacityReservationInput& in) {
  RequireLoadBalancer(context, *in.LoadBalancerArn);
  return {};
}

}  // namespace drydock::elbv2
