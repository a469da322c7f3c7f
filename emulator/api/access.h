// What is asked of policies before an operation runs, as it stands beside the operation:
//
//   AWS_OPERATION(ecs, StopTask)
//   AWS_ACCESS("task/{cluster|default}/{task}")
//
//   AWS_OPERATION(ec2, CreateNatGateway)
//   AWS_ACCESS("natgateway/*", "subnet/{SubnetId}", "elastic-ip/{AllocationId}")
//
// Each text is one question: the operation's own action on that resource. {Member} is a member of the input ("a.b.c"
// inside structs; of a list, each element is a question of its own), {Member|x} is x when the member is absent. A
// question whose member is absent is not asked. What a text may hold more:
//   "tags? ecs:TagResource cluster/{clusterName}"            asked only when the member is there; another action
//   "iam:PassRole role/{roleArn} iam:PassedToService=x"      condition keys of this question
//   "iam:PolicyARN={PolicyArn}"                              condition keys of all questions of the operation
//   RunTaskAccess (no quotes)                                a function that makes further questions:
//                                                            api::Questions RunTaskAccess(Context&, const
//                                                            RunTaskRequest&)
// AWS_ACCESS() asks nothing. Without AWS_ACCESS, or when no question about the operation's own action remains, the
// operation's own action is asked on "*". generate.py checks the members' names.
// Tags in the input become aws:RequestTag/… and aws:TagKeys by themselves, TagSpecifications the question whether
// ec2:CreateTags is allowed.
// Source of what is declared: AWS Service Authorization Reference, a page for each service; aws-facts H.5.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/context.h"
#include "emulator/core/schema.h"

// See above; stands directly below AWS_OPERATION. The compiler sees nothing.
#define AWS_ACCESS(...)

// Stands above the one function of a service that says what policies need to know about its resources:
//   AWS_RESOURCES(ecs)
//   api::Resource ResourceOf(Context& context, std::string_view type, const std::vector<std::string>& parts)
// It is given "task" and {"default", "0a1b…"} for the text above. Without one, ARNs are put together as they stand.
// AWS_RESOURCES(ecr, policies): its resources have policies of their own, so that root is asked as well.
#define AWS_RESOURCES(...)

namespace drydock::api {

class AnyStruct;
struct Operation;
struct Service;

// By name in lower case; the values of a key that has several are in their order.
using ConditionKeys = std::map<std::string, std::vector<std::string>>;

// A resource as policies know it.
struct Resource {
  std::string arn = "*";
  std::string shown = {};   // how AccessDenied names it; empty: by its ARN
  Scope owner = {};         // whose it is; empty: the caller's own
  std::string policy = {};  // its resource policy; empty: it has none
  ConditionKeys keys = {};  // the service's own keys: "ecs:cluster", "ec2:vpc"
  std::map<std::string, std::string> tags = {};
};

struct Question {
  std::string action;  // "ecs:StopTask"
  Resource resource = {};
  ConditionKeys keys = {};
};
using Questions = std::vector<Question>;

// A text of AWS_ACCESS, taken apart by generate.py.
struct AccessRule {
  const char* when = nullptr;        // a member that must be there
  const char* action = nullptr;      // nullptr: the operation's own
  const Service* service = nullptr;  // whose action and resource it is; nullptr: the operation's own
  const char* type = nullptr;        // of the resource; nullptr: it is "*"
  // The resource's parts: text, "{Member}" or "{Member|text}".
  std::span<const char* const> parts = {};
  std::span<const char* const> keys = {};  // "ecs:cluster", "{cluster}", …: names and values in turn
};

struct OperationAccess {
  bool declared = false;  // an empty declaration asks nothing
  std::span<const AccessRule> rules = {};
  std::span<const char* const> keys = {};  // of all questions, as in AccessRule
  Questions (*further)(Context&, const AnyStruct& input) = nullptr;
};

// All that is asked before the operation runs with this input.
Questions QuestionsOf(Context& context, const Operation& operation, const AnyStruct& input);

// "ecs:StopTask"
std::string ActionOf(const Operation& operation);

// What the service's AWS_RESOURCES says about a resource.
Resource ResourceOf(Context& context, const Service& service, std::string_view type,
                    const std::vector<std::string>& parts);

// arn:aws:<service>:<region>:<account>:<type>/<parts>, or the last part itself where that is an ARN.
Resource PlainResource(const Context& context, std::string_view service, std::string_view type,
                       const std::vector<std::string>& parts);

// The values of a member as texts; of a list, of each of its elements. "" for what is neither text, number nor truth.
std::vector<std::string> ValuesOf(const Schema& schema, const void* value, std::string_view path);

}  // namespace drydock::api
