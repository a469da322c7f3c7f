// Listeners. API Reference; Application Load Balancer guide, "Listeners for your Application Load Balancers".
#include <algorithm>

#include "api/elbv2/CreateListenerInput.h"
#include "api/elbv2/CreateListenerOutput.h"
#include "api/elbv2/DeleteListenerInput.h"
#include "api/elbv2/DeleteListenerOutput.h"
#include "api/elbv2/DescribeListenersInput.h"
#include "api/elbv2/DescribeListenersOutput.h"
#include "api/elbv2/ModifyListenerInput.h"
#include "api/elbv2/ModifyListenerOutput.h"
#include "emulator/api/operation.h"
#include "emulator/loadbalancer/ssl_policies.h"
#include "handlers/elbv2/actions.h"
#include "handlers/elbv2/listener_certificates.h"
#include "handlers/elbv2/lookup.h"
#include "handlers/elbv2/tags.h"

namespace drydock::elbv2 {

namespace {

using LoadBalancerRecord = records::elbv2::LoadBalancer;
using RuleRecord = records::elbv2::Rule;

constexpr std::size_t kListenersPerLoadBalancer = 50;  // quota
// API Reference, CreateListener, SslPolicy: of the API and of CloudFormation, not of the console.
constexpr char kDefaultSslPolicy[] = "ELBSecurityPolicy-2016-08";

// The default rule holds the default actions.
RuleRecord DefaultRule(Context& context, const records::elbv2::Listener& record) {
  return context.tx.Get<RuleRecord>(context.scope, record.default_rule_arn).value_or(RuleRecord());
}

Listener Render(const records::elbv2::Listener& record, const RuleRecord& default_rule) {
  Listener out;
  out.ListenerArn = record.arn;
  out.LoadBalancerArn = record.load_balancer_arn;
  if (!record.protocol.empty()) {
    out.Port = record.port;
    out.Protocol = record.protocol;
  }
  if (!record.ssl_policy.empty()) out.SslPolicy = record.ssl_policy;
  // The default one alone; DescribeListenerCertificates has the others.
  if (!record.certificate_arns.empty())
    out.Certificates.emplace_back().CertificateArn = record.certificate_arns.front();
  out.DefaultActions = RenderActions(default_rule.actions);
  return out;
}

void CheckProtocol(const LoadBalancerRecord& load_balancer, const std::string& protocol) {
  const bool http = protocol == "HTTP" || protocol == "HTTPS";
  if (load_balancer.type == "application") {
    if (!http) throw errors::ListenerProtocol(protocol, "HTTPS, HTTP");
    return;
  }
  if (http) throw errors::ListenerProtocol(protocol, "UDP, TCP_UDP, TCP, TLS");  // unconfirmed order
  if (protocol == "GENEVE" || protocol == "QUIC" || protocol == "TCP_QUIC")
    throw errors::NotImplemented("Listeners with protocol '" + protocol + "'");
}

// Those of a request, checked. API Reference, CreateListener; the wording is unconfirmed.
void TakeProtocolAndPort(const LoadBalancerRecord& load_balancer, const std::optional<std::string>& protocol,
                         const std::optional<std::int32_t>& port, records::elbv2::Listener& record) {
  if (load_balancer.type == "gateway") {
    if (protocol || port)
      throw errors::Validation("A protocol and a port cannot be specified for listeners of a Gateway Load Balancer");
    return;
  }
  if (protocol) record.protocol = *protocol;
  if (port) record.port = *port;
  if (record.protocol.empty()) throw errors::Validation("A listener protocol must be specified");
  if (record.port == 0) throw errors::Validation("A listener port must be specified");
  CheckProtocol(load_balancer, record.protocol);
}

// Takes policy and default certificate of the request into the listener; what it does not name stays, or has its
// default. A listener that is not secure (any more) has neither.
void TakeSecurity(Context& context, records::elbv2::Listener& record, const std::optional<std::string>& ssl_policy,
                  const List<Certificate>& certificates) {
  if (!IsSecure(record)) {
    if (ssl_policy)
      throw errors::Validation(fmt::format("An SSL policy cannot be specified for {} listeners", record.protocol));
    if (!certificates.empty())  // unconfirmed wording
      throw errors::Validation(fmt::format("A certificate cannot be specified for {} listeners", record.protocol));
    record.ssl_policy.clear();
    record.certificate_arns.clear();
    return;
  }
  if (ssl_policy && !loadbalancer::FindSslPolicy(*ssl_policy)) throw errors::SslPolicyNotFound(*ssl_policy);
  if (ssl_policy || record.ssl_policy.empty()) record.ssl_policy = ssl_policy.value_or(kDefaultSslPolicy);
  if (certificates.empty() && !record.certificate_arns.empty()) return;
  if (certificates.empty() || !certificates.front().CertificateArn)
    throw errors::Validation(fmt::format("A certificate must be specified for {} listeners", record.protocol));
  if (certificates.size() > 1)  // unconfirmed wording
    throw errors::InvalidConfiguration("Exactly one certificate must be specified: the default one");
  const std::string& arn = *certificates.front().CertificateArn;
  RequireIssuedCertificate(context, arn);
  std::vector<std::string>& all = record.certificate_arns;
  if (!all.empty()) all.erase(all.begin());
  std::erase(all, arn);
  all.insert(all.begin(), arn);
}

void RefuseUnsupported(const std::optional<MutualAuthenticationAttributes>& mutual, const List<std::string>& alpn) {
  if (mutual && mutual->Mode.value_or("off") != "off") throw errors::NotImplemented("Mutual authentication");
  if (!alpn.empty()) throw errors::NotImplemented("ALPN policies");
}

std::vector<records::elbv2::Listener> ListenersOf(Context& context, const std::string& load_balancer_arn) {
  return context.tx.List<records::elbv2::Listener>(
      context.scope, store::Where(&records::elbv2::Listener::load_balancer_arn, load_balancer_arn));
}

// The same actions, as far as one sees.
bool SameActions(const RuleRecord& a, const RuleRecord& b) {
  const auto essence = [](const RuleRecord& rule) {
    std::vector<std::string> all;
    for (const auto& action : rule.actions) {
      for (const std::string& text :
           {action.type, action.redirect_status_code, action.redirect_protocol, action.redirect_host,
            action.redirect_port, action.redirect_path, action.redirect_query, action.fixed_status_code,
            action.fixed_content_type.value_or(""), action.fixed_message_body.value_or("")})
        all.push_back(text);
      for (const auto& group : action.target_groups)
        all.push_back(fmt::format("{} {}", group.target_group_arn, group.weight.value_or(1)));
    }
    return all;
  };
  return essence(a) == essence(b);
}

}  // namespace

AWS_OPERATION(elbv2, CreateListener)
AWS_ACCESS("{LoadBalancerArn}", "Tags? elasticloadbalancing:AddTags listener/{LoadBalancerArn}",
           "elasticloadbalancing:ListenerProtocol={Protocol}", "elasticloadbalancing:SecurityPolicy={SslPolicy}")
CreateListenerOutput CreateListener(Context& context, const CreateListenerInput& in) {
  const LoadBalancerRecord load_balancer = RequireLoadBalancer(context, *in.LoadBalancerArn);
  RefuseUnsupported(in.MutualAuthentication, in.AlpnPolicy);

  records::elbv2::Listener record;
  record.load_balancer_arn = load_balancer.arn;
  TakeProtocolAndPort(load_balancer, in.Protocol, in.Port, record);
  record.tags = TagsOf(in.Tags);
  TakeSecurity(context, record, in.SslPolicy, in.Certificates);
  RuleRecord rule;
  rule.load_balancer_arn = load_balancer.arn;
  rule.is_default = true;
  rule.actions = CheckActions(context, load_balancer, record, in.DefaultActions);

  CreateListenerOutput out;
  const auto others = ListenersOf(context, load_balancer.arn);
  for (const records::elbv2::Listener& other : others) {
    if (other.port != record.port) continue;
    // "Each call succeeds" when all settings are the same: API Reference, CreateListener.
    const RuleRecord other_rule = DefaultRule(context, other);
    if (other.protocol != record.protocol || other.ssl_policy != record.ssl_policy ||
        other.certificate_arns != record.certificate_arns || !SameActions(other_rule, rule))
      throw errors::DuplicateListener(load_balancer.arn);
    out.Listeners.push_back(Render(other, other_rule));
    return out;
  }
  if (others.size() >= kListenersPerLoadBalancer) throw errors::TooManyListeners();

  const std::string path = load_balancer.Path() + "/" + context.ids.Hex(16);
  record.arn = context.Arn("elasticloadbalancing", "listener/" + path);
  rule.arn = context.Arn("elasticloadbalancing", "listener-rule/" + path + "/" + context.ids.Hex(16));
  rule.listener_arn = record.arn;
  record.default_rule_arn = rule.arn;
  context.tx.Put(context.scope, record);
  context.tx.Put(context.scope, rule);
  out.Listeners.push_back(Render(record, rule));
  return out;
}

AWS_OPERATION(elbv2, ModifyListener)
AWS_ACCESS("{ListenerArn}", "elasticloadbalancing:ListenerProtocol={Protocol}",
           "elasticloadbalancing:SecurityPolicy={SslPolicy}")
ModifyListenerOutput ModifyListener(Context& context, const ModifyListenerInput& in) {
  records::elbv2::Listener record = RequireListener(context, *in.ListenerArn);
  const LoadBalancerRecord load_balancer = RequireLoadBalancer(context, record.load_balancer_arn);
  RefuseUnsupported(in.MutualAuthentication, in.AlpnPolicy);
  TakeProtocolAndPort(load_balancer, in.Protocol, in.Port, record);
  for (const records::elbv2::Listener& other : ListenersOf(context, load_balancer.arn))
    if (other.arn != record.arn && other.port == record.port) throw errors::DuplicateListener(load_balancer.arn);
  TakeSecurity(context, record, in.SslPolicy, in.Certificates);
  RuleRecord rule = DefaultRule(context, record);
  // Also the actions that stay must fit the new protocol and port.
  rule.actions = CheckActions(context, load_balancer, record,
                              IsGiven(in.DefaultActions) ? in.DefaultActions : RenderActions(rule.actions));
  context.tx.Put(context.scope, record);
  context.tx.Put(context.scope, rule);
  ModifyListenerOutput out;
  out.Listeners.push_back(Render(record, rule));
  return out;
}

AWS_OPERATION(elbv2, DescribeListeners)
DescribeListenersOutput DescribeListeners(Context& context, const DescribeListenersInput& in) {
  std::vector<records::elbv2::Listener> records;
  if (in.LoadBalancerArn && !in.ListenerArns.empty())  // unconfirmed wording
    throw errors::Validation("Listener ARNs and a load balancer ARN cannot be specified at the same time");
  if (in.LoadBalancerArn) {
    records = ListenersOf(context, RequireLoadBalancer(context, *in.LoadBalancerArn).arn);
  } else if (!in.ListenerArns.empty()) {
    for (const std::string& arn : in.ListenerArns) records.push_back(RequireListener(context, arn));
  } else {
    throw errors::Validation("You must specify either listener ARNs or a load balancer ARN");
  }
  const auto page =
      TakeMarkedPage(context, "DescribeListeners" + in.LoadBalancerArn.value_or(""), std::move(records), in.Marker,
                     in.PageSize, [](const records::elbv2::Listener& record) { return record.arn; });
  DescribeListenersOutput out;
  for (const records::elbv2::Listener& record : page.items)
    out.Listeners.push_back(Render(record, DefaultRule(context, record)));
  out.NextMarker = page.next_token;
  return out;
}

AWS_OPERATION(elbv2, DeleteListener)
AWS_ACCESS("{ListenerArn}")
DeleteListenerOutput DeleteListener(Context& context, const DeleteListenerInput& in) {
  const records::elbv2::Listener record = RequireListener(context, *in.ListenerArn);
  for (const RuleRecord& rule :
       context.tx.List<RuleRecord>(context.scope, store::Where(&RuleRecord::listener_arn, record.arn)))
    context.tx.Erase<RuleRecord>(context.scope, rule.arn);
  context.tx.Erase<records::elbv2::Listener>(context.scope, record.arn);
  return {};
}

}  // namespace drydock::elbv2
