#include "handlers/iam/suggestion.h"

#include <catch2/catch.hpp>

namespace drydock::iam {

namespace {

store::AuditEvent Call(std::vector<store::AuditCheck> checks) {
  store::AuditEvent event;
  event.checks = std::move(checks);
  return event;
}

std::string Compact(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

}  // namespace

TEST_CASE("a suggested policy has a statement for each set of actions, and nothing twice") {
  const auto suggestion =
      SuggestPolicy({Call({{"logs:CreateLogStream", "arn:g1"}, {"logs:PutLogEvents", "arn:g1"}}),
                     Call({{"logs:CreateLogStream", "arn:g2"}, {"logs:PutLogEvents", "arn:g2"}}),
                     Call({{"sts:GetCallerIdentity", "*"}}), Call({{"sts:GetCallerIdentity", "*"}})},
                    false);
  CHECK(suggestion.calls == 4);
  CHECK(suggestion.statements == 2);
  CHECK(
      Compact(suggestion.document) ==
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],)"
      R"("Resource":["arn:g1","arn:g2"]},{"Effect":"Allow","Action":["sts:GetCallerIdentity"],"Resource":["*"]}]})");
}

TEST_CASE("what a wildcard allows is not allowed again") {
  const auto suggestion = SuggestPolicy(
      {Call({{"ecs:RunTask", "arn:d/f:1"}, {"ecs:RunTask", "arn:d/*"}, {"ecs:TagResource", "arn:d/f:1"}})}, false);
  CHECK(Compact(suggestion.document) ==
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecs:RunTask"],"Resource":["arn:d/*"]},)"
        R"({"Effect":"Allow","Action":["ecs:TagResource"],"Resource":["arn:d/f:1"]}]})");
}

TEST_CASE("what the calls made themselves is named by a wildcard; what they found is not") {
  store::AuditEvent create = Call({{"ec2:CreateVpc", "arn:aws:ec2:r:a:vpc/*"}});
  create.resources = {{"AWS::EC2::VPC", "vpc-0123456789abcdef0"}};
  create.record = R"({"requestParameters":{},"responseElements":{"vpcId":"vpc-0123456789abcdef0"}})";
  store::AuditEvent look = Call({{"ec2:DeleteVpc", "arn:aws:ec2:r:a:vpc/vpc-0123456789abcdef0"},
                                 {"ec2:DeleteSubnet", "arn:aws:ec2:r:a:subnet/subnet-0123456789abcdef0"}});
  look.resources = {{"AWS::EC2::Subnet", "subnet-0123456789abcdef0"}};
  look.record = R"({"requestParameters":{"subnetId":"subnet-0123456789abcdef0"},"responseElements":{}})";
  const std::string document = SuggestPolicy({create, look}, false).document;
  CHECK(document.find("vpc/*") != std::string::npos);
  CHECK(document.find("vpc-0123") == std::string::npos);
  CHECK(document.find("subnet-0123456789abcdef0") != std::string::npos);
}

TEST_CASE("refused calls are told, and allowed only when that is asked for") {
  const std::vector<store::AuditEvent> events{Call({{"ecs:StopTask", "arn:t", false}})};
  const auto suggestion = SuggestPolicy(events, false);
  CHECK(suggestion.document.empty());
  CHECK(suggestion.refused == std::vector<std::string>{"ecs:StopTask on arn:t"});
  CHECK(SuggestPolicy(events, true).document.find("ecs:StopTask") != std::string::npos);
}

}  // namespace drydock::iam
