#include "api/elbv2/AddListenerCertificatesInput.h"
#include "api/elbv2/AddListenerCertificatesOutput.h"
#include "api/elbv2/DeleteListenerInput.h"
#include "api/elbv2/DeleteListenerOutput.h"
#include "api/elbv2/DescribeListenerCertificatesInput.h"
#include "api/elbv2/DescribeListenerCertificatesOutput.h"
#include "api/elbv2/DescribeListenersInput.h"
#include "api/elbv2/DescribeListenersOutput.h"
#include "api/elbv2/ModifyListenerInput.h"
#include "api/elbv2/ModifyListenerOutput.h"
#include "api/elbv2/RemoveListenerCertificatesInput.h"
#include "api/elbv2/RemoveListenerCertificatesOutput.h"
#include "handlers/elbv2/testing.h"
#include "store/records/acm/certificate.h"
#include "store/records/elbv2/rule.h"

namespace drydock::elbv2 {

AddListenerCertificatesOutput AddListenerCertificates(Context&, const AddListenerCertificatesInput&);
RemoveListenerCertificatesOutput RemoveListenerCertificates(Context&, const RemoveListenerCertificatesInput&);
DescribeListenerCertificatesOutput DescribeListenerCertificates(Context&, const DescribeListenerCertificatesInput&);
DeleteListenerOutput DeleteListener(Context&, const DeleteListenerInput&);
DescribeListenersOutput DescribeListeners(Context&, const DescribeListenersInput&);
ModifyListenerOutput ModifyListener(Context&, const ModifyListenerInput&);

namespace {

Action Redirect(const std::string& protocol, const std::string& port) {
  Action action;
  action.Type = "redirect";
  auto& config = action.RedirectConfig.emplace();
  config.StatusCode = "HTTP_301";
  config.Protocol = protocol;
  config.Port = port;
  return action;
}

// A certificate as ACM keeps it.
std::string PutCertificate(LoadBalancerFixture& f, const std::string& id, const std::string& status = "ISSUED") {
  records::acm::Certificate record;
  record.arn = "arn:aws:acm:eu-central-1:123456789012:certificate/" + id;
  record.status = status;
  f.Run([&](Context& context) { context.tx.Put(f.scope, record); });
  return record.arn;
}

List<Certificate> Certificates(const std::vector<std::string>& arns) {
  List<Certificate> list;
  for (const std::string& arn : arns) list.emplace_back().CertificateArn = arn;
  return list;
}

TEST_CASE("certificates of an HTTPS listener") {
  LoadBalancerFixture f;
  auto in = f.ListenerInput(f.MakeLoadBalancer(), f.NotFound());
  in.Protocol = "HTTPS";
  const std::string first = PutCertificate(f, "1"), second = PutCertificate(f, "2");
  in.Certificates = Certificates({first, second});
  CHECK(f.ErrorOf(CreateListener, in).code() == "InvalidConfigurationRequest");
  in.Certificates = Certificates({PutCertificate(f, "3", "PENDING_VALIDATION")});
  CHECK(f.ErrorOf(CreateListener, in).code() == "UnsupportedCertificate");
  in.Certificates = Certificates({first});
  const Listener made = f.Call(CreateListener, in).Listeners.at(0);
  CHECK(made.SslPolicy == "ELBSecurityPolicy-2016-08");

  AddListenerCertificatesInput add;
  add.ListenerArn = made.ListenerArn;
  add.Certificates = Certificates({second});
  f.Call(AddListenerCertificates, add);
  CHECK_FALSE(*f.Call(AddListenerCertificates, add).Certificates.at(0).IsDefault);
  DescribeListenerCertificatesInput describe;
  describe.ListenerArn = made.ListenerArn;
  CHECK(f.Call(DescribeListenerCertificates, describe).Certificates.size() == 2);
  ModifyListenerInput modify;
  modify.ListenerArn = made.ListenerArn;
  modify.Certificates = Certificates({second});
  CHECK(*f.Call(ModifyListener, modify).Listeners.at(0).Certificates.at(0).CertificateArn == second);
  CHECK(f.Call(DescribeListenerCertificates, describe).Certificates.size() == 1);
  RemoveListenerCertificatesInput remove;
  remove.ListenerArn = made.ListenerArn;
  remove.Certificates = Certificates({second});
  CHECK(f.ErrorOf(RemoveListenerCertificates, remove).code() == "OperationNotPermitted");
  for (int i = 0; i < 25; ++i) {
    add.Certificates = Certificates({PutCertificate(f, "more-" + std::to_string(i))});
    f.Call(AddListenerCertificates, add);
  }
  add.Certificates = Certificates({first});
  CHECK(f.ErrorOf(AddListenerCertificates, add).code() == "TooManyCertificates");
}

TEST_CASE("A listener shows its default actions with all defaults") {
  LoadBalancerFixture f;
  const std::string load_balancer = f.MakeLoadBalancer();
  const std::string group = f.MakeTargetGroup();
  const auto made = f.Call(CreateListener, f.ListenerInput(load_balancer, f.ForwardTo(group))).Listeners.at(0);
  const std::string path = load_balancer.substr(load_balancer.find("app/"));
  CHECK(made.ListenerArn->starts_with("arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/" + path + "/"));
  REQUIRE(made.DefaultActions.size() == 1);
  const Action& forward = made.DefaultActions[0];  // both forms are shown: aws-facts E.5
  CHECK(forward.TargetGroupArn == group);
  CHECK(forward.ForwardConfig->TargetGroups.at(0).TargetGroupArn == group);
  CHECK(forward.ForwardConfig->TargetGroups.at(0).Weight == 1);
  CHECK(forward.ForwardConfig->TargetGroupStickinessConfig->Enabled == false);
  CHECK(!made.SslPolicy.has_value());

  auto in = f.ListenerInput(load_balancer, Redirect("HTTPS", "443"));
  in.Port = 81;
  const auto redirect = *f.Call(CreateListener, in).Listeners.at(0).DefaultActions.at(0).RedirectConfig;
  CHECK(redirect.Host == "#{host}");
  CHECK(redirect.Path == "/#{path}");
  CHECK(redirect.Query == "#{query}");
}

// aws-facts E.1, E.5
TEST_CASE("What a listener cannot be is refused") {
  LoadBalancerFixture f;
  const std::string load_balancer = f.MakeLoadBalancer();
  auto in = f.ListenerInput(load_balancer, f.NotFound());
  const auto refused = [&] {
    const auto error = f.ErrorOf(CreateListener, in);
    return error.code() + ": " + error.message();
  };
  SECTION("protocols and certificates") {
    in.Protocol = "TCP";
    CHECK(refused() == "ValidationError: Listener protocol 'TCP' must be one of 'HTTPS, HTTP'");
    in.Protocol = "HTTPS";
    CHECK(refused() == "ValidationError: A certificate must be specified for HTTPS listeners");
    in.Certificates.emplace_back().CertificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/x";
    CHECK(refused() ==
          "CertificateNotFound: Certificate 'arn:aws:acm:eu-central-1:123456789012:certificate/x' not found");
    in.SslPolicy = "ELBSecurityPolicy-1999-01";
    CHECK(refused() == "SSLPolicyNotFound: SSL policy 'ELBSecurityPolicy-1999-01' not found");
    in.Protocol = "HTTP";
    CHECK(refused() == "ValidationError: An SSL policy cannot be specified for HTTP listeners");
  }
  SECTION("no such load balancer") {
    in.LoadBalancerArn = load_balancer.substr(0, load_balancer.rfind('/')) + "/0000000000000000";
    CHECK(refused() == "LoadBalancerNotFound: Load balancer '" + *in.LoadBalancerArn + "' not found");
  }
  SECTION("target groups") {
    const std::string missing = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/x/0123456789abcdef";
    in.DefaultActions[0] = f.ForwardTo(missing);
    CHECK(refused() == "TargetGroupNotFound: Target groups '" + missing + "' not found");  // seen
    auto tcp = f.TargetGroupInput("tcp");
    tcp.Protocol = "TCP";
    in.DefaultActions[0] = f.ForwardTo(*f.Call(CreateTargetGroup, tcp).TargetGroups.at(0).TargetGroupArn);
    CHECK(f.CodeOf(CreateListener, in) == "IncompatibleProtocols");
    auto elsewhere = f.TargetGroupInput("elsewhere");
    elsewhere.VpcId = f.other_vpc_id;
    in.DefaultActions[0] = f.ForwardTo(*f.Call(CreateTargetGroup, elsewhere).TargetGroups.at(0).TargetGroupArn);
    CHECK(f.CodeOf(CreateListener, in) == "InvalidConfigurationRequest");
    in.DefaultActions[0].TargetGroupArn.reset();
    CHECK(f.CodeOf(CreateListener, in) == "InvalidLoadBalancerAction");
  }
  SECTION("actions") {
    in.DefaultActions.push_back(f.NotFound());
    CHECK(f.CodeOf(CreateListener, in) == "InvalidLoadBalancerAction");
    in.DefaultActions.clear();
    CHECK(f.CodeOf(CreateListener, in) == "ValidationError");
    in.DefaultActions = {Redirect("#{protocol}", "#{port}")};
    CHECK(refused() == "InvalidLoadBalancerAction: The redirect configuration is not valid because it creates a loop.");
    in.DefaultActions = {Redirect("HTTP", "80")};
    CHECK(f.CodeOf(CreateListener, in) == "InvalidLoadBalancerAction");
    in.DefaultActions = {Redirect("HTTPS", "0")};
    CHECK(f.CodeOf(CreateListener, in) == "InvalidLoadBalancerAction");
    Action action;
    action.Type = "redirect";
    in.DefaultActions = {action};
    CHECK(refused() ==
          "InvalidLoadBalancerAction: For actions of type 'redirect', you must specify the following "
          "fields: 'RedirectConfig'");  // seen
    action.Type = "authenticate-cognito";
    in.DefaultActions = {action};
    CHECK(refused() ==
          "InvalidLoadBalancerAction: Actions of type 'authenticate-cognito' are supported only on HTTPS listeners");
    action = f.NotFound();
    action.FixedResponseConfig->ContentType = "image/png";
    in.DefaultActions = {action};
    CHECK(f.CodeOf(CreateListener, in) == "InvalidLoadBalancerAction");
  }
}

TEST_CASE("A port has one listener; creating it again with the same settings succeeds") {
  LoadBalancerFixture f;
  const std::string load_balancer = f.MakeLoadBalancer();
  const std::string arn = f.MakeListener(load_balancer);
  CHECK(f.MakeListener(load_balancer) == arn);
  const auto error = f.ErrorOf(CreateListener, f.ListenerInput(load_balancer, Redirect("HTTPS", "443")));
  CHECK(error.code() == "DuplicateListener");
  CHECK(error.message() == "A listener already exists on this port for this load balancer '" + load_balancer + "'");
}

TEST_CASE("Listeners are described by load balancer or by ARN") {
  LoadBalancerFixture f;
  const std::string load_balancer = f.MakeLoadBalancer();
  const std::string arn = f.MakeListener(load_balancer);
  DescribeListenersInput in;
  CHECK(f.ErrorOf(DescribeListeners, in).message() == "You must specify either listener ARNs or a load balancer ARN");
  in.LoadBalancerArn = load_balancer;
  CHECK(f.Call(DescribeListeners, in).Listeners.at(0).ListenerArn == arn);
  in = {};
  in.ListenerArns = {arn.substr(0, arn.rfind('/')) + "/0000000000000000"};
  CHECK(f.ErrorOf(DescribeListeners, in).code() == "ListenerNotFound");
  CHECK(f.ErrorOf(DescribeListeners, in).message() == "One or more listeners not found");  // seen
}

TEST_CASE("Modifying keeps what is not named; deleting removes the default rule too") {
  LoadBalancerFixture f;
  const std::string load_balancer = f.MakeLoadBalancer();
  ModifyListenerInput in;
  in.ListenerArn = f.MakeListener(load_balancer);
  in.Port = 8080;
  const auto moved = f.Call(ModifyListener, in).Listeners.at(0);
  CHECK(moved.Port == 8080);
  CHECK(moved.DefaultActions.at(0).FixedResponseConfig->StatusCode == "404");
  in = {};
  in.ListenerArn = moved.ListenerArn;
  in.DefaultActions = {f.ForwardTo(f.MakeTargetGroup())};
  const auto changed = f.Call(ModifyListener, in).Listeners.at(0);
  CHECK(changed.Port == 8080);
  CHECK(changed.DefaultActions.at(0).Type == "forward");

  f.MakeListener(load_balancer);
  in.Port = 80;
  CHECK(f.CodeOf(ModifyListener, in) == "DuplicateListener");

  DeleteListenerInput deletion;
  deletion.ListenerArn = moved.ListenerArn;
  f.Call(DeleteListener, deletion);
  CHECK(f.CodeOf(DeleteListener, deletion) == "ListenerNotFound");
  f.Run([&](Context& context) { CHECK(context.tx.Count<records::elbv2::Rule>(f.scope) == 1); });
}

}  // namespace
}  // namespace drydock::elbv2
