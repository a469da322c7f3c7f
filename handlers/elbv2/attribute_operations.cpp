// Describe…Attributes and Modify…Attributes. API Reference.
#include "api/elbv2/DescribeListenerAttributesInput.h"
#include "api/elbv2/DescribeListenerAttributesOutput.h"
#include "api/elbv2/DescribeLoadBalancerAttributesInput.h"
#include "api/elbv2/DescribeLoadBalancerAttributesOutput.h"
#include "api/elbv2/DescribeTargetGroupAttributesInput.h"
#include "api/elbv2/DescribeTargetGroupAttributesOutput.h"
#include "api/elbv2/ModifyListenerAttributesInput.h"
#include "api/elbv2/ModifyListenerAttributesOutput.h"
#include "api/elbv2/ModifyLoadBalancerAttributesInput.h"
#include "api/elbv2/ModifyLoadBalancerAttributesOutput.h"
#include "api/elbv2/ModifyTargetGroupAttributesInput.h"
#include "api/elbv2/ModifyTargetGroupAttributesOutput.h"
#include "emulator/api/operation.h"
#include "handlers/elbv2/attributes.h"
#include "handlers/elbv2/lookup.h"
#include "store/records/logs/log_group.h"
#include "store/table.h"

namespace drydock::elbv2 {

namespace {

// Wire: LoadBalancerAttribute, TargetGroupAttribute or ListenerAttribute, which are alike.
template <class Wire>
List<Wire> Written(const AttributeValues& values) {
  List<Wire> written;
  for (const auto& [key, value] : values) {
    Wire& attribute = written.emplace_back();
    attribute.Key = key;
    attribute.Value = value;
  }
  return written;
}

template <class Wire>
AttributeValues Read(const List<Wire>& attributes) {
  AttributeValues values;
  for (const Wire& attribute : attributes) {
    if (!attribute.Key) throw errors::Validation("An attribute key must be specified");  // unconfirmed
    values.emplace_back(*attribute.Key, attribute.Value.value_or(""));
  }
  return values;
}

}  // namespace

AWS_OPERATION(elbv2, DescribeLoadBalancerAttributes)
DescribeLoadBalancerAttributesOutput DescribeLoadBalancerAttributes(Context& context,
                                                                    const DescribeLoadBalancerAttributesInput& in) {
  DescribeLoadBalancerAttributesOutput out;
  out.Attributes = Written<LoadBalancerAttribute>(AttributesOf(RequireLoadBalancer(context, *in.LoadBalancerArn)));
  return out;
}

AWS_OPERATION(elbv2, ModifyLoadBalancerAttributes)
AWS_ACCESS("{LoadBalancerArn}")
ModifyLoadBalancerAttributesOutput ModifyLoadBalancerAttributes(Context& context,
                                                                const ModifyLoadBalancerAttributesInput& in) {
  auto load_balancer = RequireLoadBalancer(context, *in.LoadBalancerArn);
  SetAttributes(load_balancer, Read(in.Attributes));
  const std::string log_group = load_balancer.attributes[kAccessLogGroup];
  if (!log_group.empty() && !context.tx.Get<records::logs::LogGroup>(context.scope, log_group))
    throw errors::Validation(fmt::format("The log group '{}' does not exist", log_group));
  if (log_group.empty()) load_balancer.attributes.erase(kAccessLogGroup);
  context.tx.Put(context.scope, load_balancer);
  ModifyLoadBalancerAttributesOutput out;
  out.Attributes = Written<LoadBalancerAttribute>(AttributesOf(load_balancer));
  return out;
}

AWS_OPERATION(elbv2, DescribeTargetGroupAttributes)
DescribeTargetGroupAttributesOutput DescribeTargetGroupAttributes(Context& context,
                                                                  const DescribeTargetGroupAttributesInput& in) {
  DescribeTargetGroupAttributesOutput out;
  out.Attributes = Written<TargetGroupAttribute>(AttributesOf(RequireTargetGroup(context, *in.TargetGroupArn)));
  return out;
}

AWS_OPERATION(elbv2, ModifyTargetGroupAttributes)
AWS_ACCESS("{TargetGroupArn}")
ModifyTargetGroupAttributesOutput ModifyTargetGroupAttributes(Context& context,
                                                              const ModifyTargetGroupAttributesInput& in) {
  auto target_group = RequireTargetGroup(context, *in.TargetGroupArn);
  SetAttributes(target_group, Read(in.Attributes));
  context.tx.Put(context.scope, target_group);
  ModifyTargetGroupAttributesOutput out;
  out.Attributes = Written<TargetGroupAttribute>(AttributesOf(target_group));
  return out;
}

AWS_OPERATION(elbv2, DescribeListenerAttributes)
DescribeListenerAttributesOutput DescribeListenerAttributes(Context& context,
                                                            const DescribeListenerAttributesInput& in) {
  DescribeListenerAttributesOutput out;
  out.Attributes = Written<ListenerAttribute>(AttributesOf(RequireListener(context, *in.ListenerArn)));
  return out;
}

AWS_OPERATION(elbv2, ModifyListenerAttributes)
AWS_ACCESS("{ListenerArn}")
ModifyListenerAttributesOutput ModifyListenerAttributes(Context& context, const ModifyListenerAttributesInput& in) {
  auto listener = RequireListener(context, *in.ListenerArn);
  SetAttributes(listener, Read(in.Attributes));
  context.tx.Put(context.scope, listener);
  ModifyListenerAttributesOutput out;
  out.Attributes = Written<ListenerAttribute>(AttributesOf(listener));
  return out;
}

}  // namespace drydock::elbv2
