// Attributes of instances: those that networking and their life depend on are acted upon, others are stored.
#include "api/ec2/DescribeInstanceAttributeRequest.h"
#include "api/ec2/InstanceAttribute.h"
#include "api/ec2/ModifyInstanceAttributeRequest.h"
#include "api/ec2/ModifyInstanceAttributeResponse.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/images.h"
#include "handlers/ec2/instance_interfaces.h"
#include "handlers/ec2/instance_types.h"
#include "handlers/ec2/instances.h"
#include "handlers/ec2/launch.h"
#include "handlers/ec2/network_interface_wire.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/security_groups.h"

namespace drydock::ec2 {

namespace {

bool TakeBoolean(const std::string& value) {
  if (value == "true") return true;
  if (value == "false") return false;
  throw errors::InvalidValue(value, "value", "Expecting true or false.");  // text unconfirmed
}

// The older way to say the same: Attribute and Value, for what has one value.
ModifyInstanceAttributeRequest InNewForm(ModifyInstanceAttributeRequest in) {
  if (!in.Attribute) return in;
  if (!in.Value) throw errors::MissingParameter("value");
  const std::string& name = *in.Attribute;
  const std::string& value = *in.Value;
  if (name == "instanceType")
    in.InstanceType.emplace().Value = value;
  else if (name == "instanceInitiatedShutdownBehavior")
    in.InstanceInitiatedShutdownBehavior.emplace().Value = value;
  else if (name == "disableApiTermination")
    in.DisableApiTermination.emplace().Value = TakeBoolean(value);
  else if (name == "disableApiStop")
    in.DisableApiStop.emplace().Value = TakeBoolean(value);
  else if (name == "sourceDestCheck")
    in.SourceDestCheck.emplace().Value = TakeBoolean(value);
  else if (name == "ebsOptimized")
    in.EbsOptimized.emplace().Value = TakeBoolean(value);
  else if (name == "userData")
    in.UserData.emplace().Value = Blob{DecodeUserData(value)};
  else
    throw errors::UnsupportedParameter("Attribute=" + name);
  return in;
}

// Another type needs the interfaces to fit and the architecture to be the image's.
void TakeInstanceType(Context& context, record::Instance& instance, const std::string& name) {
  if (instance.state != "stopped") throw errors::InstanceNotStopped(instance.instance_id);
  const InstanceTypeFacts* type = FindInstanceType(name);
  if (!type) throw errors::InvalidInstanceAttributeValue(name, "instanceType");
  if (std::string(type->architecture) != RequireImage(instance.image_id).architecture)
    throw errors::InvalidInstanceAttributeValue(name, "instanceType");
  const auto interfaces = InterfacesOf(context, instance.instance_id);
  if (interfaces.size() > static_cast<std::size_t>(type->max_interfaces))
    throw errors::AttachmentLimitExceeded(static_cast<int>(interfaces.size()), name);
  instance.instance_type = name;
}

}  // namespace

// One attribute a call.
AWS_OPERATION(ec2, ModifyInstanceAttribute)
AWS_ACCESS("instance/{InstanceId}", "security-group/{Groups}")
ModifyInstanceAttributeResponse ModifyInstanceAttribute(Context& context,
                                                        const ModifyInstanceAttributeRequest& request) {
  RefuseParameters(request, {"BlockDeviceMappings", "Kernel", "Ramdisk", "SriovNetSupport", "EnaSupport"});
  const auto in = InNewForm(request);
  auto instance = RequireInstance(context, *in.InstanceId);
  const auto given = [](const auto& attribute) { return attribute && attribute->Value ? 1 : 0; };
  const int count = given(in.SourceDestCheck) + given(in.DisableApiStop) + given(in.DisableApiTermination) +
                    given(in.InstanceType) + given(in.UserData) + given(in.InstanceInitiatedShutdownBehavior) +
                    given(in.EbsOptimized) + (in.Groups.empty() ? 0 : 1);
  if (count == 0) throw errors::InvalidParameterCombination("No attributes specified.");
  if (count > 1) throw errors::InvalidParameterCombination("Fields for multiple attribute types specified");
  if (instance.state == "shutting-down" || instance.state == "terminated")
    throw errors::InstanceStateNotValid(instance.instance_id, instance.state);

  if (given(in.SourceDestCheck)) {
    auto interface = OnlyInterfaceOf(context, instance);
    interface.source_dest_check = *in.SourceDestCheck->Value;
    context.tx.Put(context.scope, interface);
  }
  if (!in.Groups.empty()) {
    auto interface = OnlyInterfaceOf(context, instance);
    interface.group_ids = GroupsForInterface(context, interface.vpc_id, in.Groups);
    context.tx.Put(context.scope, interface);
  }
  if (given(in.DisableApiStop)) instance.disable_api_stop = *in.DisableApiStop->Value;
  if (given(in.DisableApiTermination)) instance.disable_api_termination = *in.DisableApiTermination->Value;
  if (given(in.InstanceType)) TakeInstanceType(context, instance, *in.InstanceType->Value);
  if (given(in.InstanceInitiatedShutdownBehavior)) {
    const std::string& behavior = *in.InstanceInitiatedShutdownBehavior->Value;
    if (behavior != "stop" && behavior != "terminate")
      throw errors::InvalidInstanceAttributeValue(behavior, "instanceInitiatedShutdownBehavior");
    instance.shutdown_behavior = behavior;
  }
  if (given(in.EbsOptimized)) {
    if (instance.state != "stopped") throw errors::InstanceNotStopped(instance.instance_id);
    instance.ebs_optimized = *in.EbsOptimized->Value;
  }
  if (given(in.UserData)) {
    if (instance.state != "stopped") throw errors::InstanceNotStopped(instance.instance_id);
    instance.user_data = EncodeBase64(in.UserData->Value->bytes);
  }
  EndDryRun(in.DryRun);
  context.tx.Put(context.scope, instance);
  return {};
}

AWS_OPERATION(ec2, DescribeInstanceAttribute)
AWS_ACCESS("instance/{InstanceId}")
InstanceAttribute DescribeInstanceAttribute(Context& context, const DescribeInstanceAttributeRequest& in) {
  const auto instance = RequireInstance(context, *in.InstanceId);
  const auto interfaces = InterfacesOf(context, instance.instance_id);
  EndDryRun(in.DryRun);

  InstanceAttribute out;
  out.InstanceId = instance.instance_id;
  const std::string& attribute = *in.Attribute;
  if (attribute == "instanceType") out.InstanceType.emplace().Value = instance.instance_type;
  if (attribute == "kernel") out.KernelId.emplace();
  if (attribute == "ramdisk") out.RamdiskId.emplace();
  if (attribute == "userData") out.UserData.emplace().Value = instance.user_data;
  if (attribute == "disableApiTermination")
    out.DisableApiTermination.emplace().Value = instance.disable_api_termination;
  if (attribute == "disableApiStop") out.DisableApiStop.emplace().Value = instance.disable_api_stop;
  if (attribute == "instanceInitiatedShutdownBehavior")
    out.InstanceInitiatedShutdownBehavior.emplace().Value = instance.shutdown_behavior;
  if (attribute == "rootDeviceName")
    out.RootDeviceName.emplace().Value = RequireImage(instance.image_id).root_device_name;
  if (attribute == "blockDeviceMapping") out.BlockDeviceMappings.present = true;
  if (attribute == "productCodes") out.ProductCodes.present = true;
  if (attribute == "ebsOptimized") out.EbsOptimized.emplace().Value = instance.ebs_optimized;
  if (attribute == "sriovNetSupport") out.SriovNetSupport.emplace().Value = "simple";
  if (attribute == "enaSupport") out.EnaSupport.emplace().Value = true;
  if (attribute == "enclaveOptions") out.EnclaveOptions.emplace().Enabled = false;
  if (interfaces.empty()) return out;
  if (attribute == "sourceDestCheck") out.SourceDestCheck.emplace().Value = interfaces.front().source_dest_check;
  if (attribute == "groupSet") out.Groups = GroupsToWire(context, interfaces.front().group_ids);
  return out;
}

}  // namespace drydock::ec2
