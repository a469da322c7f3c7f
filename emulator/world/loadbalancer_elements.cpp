#include "emulator/world/loadbalancer_elements.h"

#include <charconv>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "store/records/acm/certificate.h"
#include "store/records/ec2/instance.h"
#include "store/records/ec2/network_interface.h"
#include "store/sealing.h"

namespace drydock::world {

namespace elbv2 = records::elbv2;
using records::ec2::Instance;
using records::ec2::NetworkInterface;

namespace {

using Attributes = std::map<std::string, std::string>;

int ReadNumber(const std::string& text, int otherwise) {
  int number = otherwise;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : otherwise;
}

// Attributes that were not set keep the data plane's defaults, which are AWS's.
void Take(const Attributes& attributes, const char* key, bool& value) {
  if (const auto found = attributes.find(key); found != attributes.end()) value = found->second == "true";
}
void Take(const Attributes& attributes, const char* key, loadbalancer::Seconds& value) {
  if (const auto found = attributes.find(key); found != attributes.end())
    value = loadbalancer::Seconds(ReadNumber(found->second, static_cast<int>(value.count())));
}

std::string ValueOf(const Attributes& attributes, const char* key, const char* otherwise) {
  const auto found = attributes.find(key);
  return found == attributes.end() ? otherwise : found->second;
}

loadbalancer::LoadBalancerAttributes AttributesOf(const elbv2::LoadBalancer& record) {
  loadbalancer::LoadBalancerAttributes attributes;
  Take(record.attributes, "idle_timeout.timeout_seconds", attributes.idle_timeout);
  Take(record.attributes, "client_keep_alive.seconds", attributes.client_keep_alive);
  Take(record.attributes, "routing.http.drop_invalid_header_fields.enabled", attributes.drop_invalid_header_fields);
  Take(record.attributes, "routing.http.xff_client_port.enabled", attributes.xff_client_port);
  Take(record.attributes, "routing.http.preserve_host_header.enabled", attributes.preserve_host_header);
  Take(record.attributes, "routing.http.x_amzn_tls_version_and_cipher_suite.enabled", attributes.tls_fields);
  attributes.access_log_group = ValueOf(record.attributes, "drydock.access_logs.log_group", "");
  attributes.cross_zone = record.type != "network";
  Take(record.attributes, "load_balancing.cross_zone.enabled", attributes.cross_zone);
  const auto desync = record.attributes.find("routing.http.desync_mitigation_mode");
  if (desync != record.attributes.end()) {
    using loadbalancer::DesyncMode;
    attributes.desync_mitigation = desync->second == "monitor"     ? DesyncMode::kMonitor
                                   : desync->second == "strictest" ? DesyncMode::kStrictest
                                                                   : DesyncMode::kDefensive;
  }
  const auto mode = record.attributes.find("routing.http.xff_header_processing.mode");
  if (mode != record.attributes.end()) {
    using loadbalancer::ForwardedForMode;
    attributes.xff_header_processing = mode->second == "preserve" ? ForwardedForMode::kPreserve
                                       : mode->second == "remove" ? ForwardedForMode::kRemove
                                                                  : ForwardedForMode::kAppend;
  }
  return attributes;
}

loadbalancer::Action ActionOf(const elbv2::Rule& rule) {
  if (rule.actions.empty()) return loadbalancer::Forward();
  const elbv2::Action& action = rule.actions.back();  // the others come before it and answer nothing
  if (action.type == "redirect")
    return loadbalancer::Redirect{action.redirect_status_code == "HTTP_301" ? 301 : 302,
                                  action.redirect_protocol,
                                  action.redirect_host,
                                  action.redirect_port,
                                  action.redirect_path,
                                  action.redirect_query};
  if (action.type == "fixed-response")
    return loadbalancer::FixedResponse{ReadNumber(action.fixed_status_code, 200),
                                       action.fixed_content_type.value_or(""), action.fixed_message_body.value_or("")};
  loadbalancer::Forward forward;
  for (const auto& group : action.target_groups)
    forward.target_groups.push_back({group.target_group_arn, group.weight.value_or(1)});
  if (action.stickiness_enabled.value_or(false))
    forward.stickiness = loadbalancer::Seconds(action.stickiness_seconds.value_or(0));
  return forward;
}

loadbalancer::ConditionField FieldOf(const std::string& field) {
  using loadbalancer::ConditionField;
  if (field == "host-header") return ConditionField::kHostHeader;
  if (field == "http-header") return ConditionField::kHttpHeader;
  if (field == "query-string") return ConditionField::kQueryString;
  if (field == "http-request-method") return ConditionField::kHttpRequestMethod;
  if (field == "source-ip") return ConditionField::kSourceIp;
  return ConditionField::kPathPattern;
}

// Of TCP_UDP the half that Drydock serves. Listeners of gateway load balancers have none, nor have functions' groups.
loadbalancer::Protocol ProtocolOf(const std::string& protocol) {
  if (protocol == "HTTP") return loadbalancer::Protocol::kHttp;
  if (protocol == "HTTPS") return loadbalancer::Protocol::kHttps;
  if (protocol == "TLS") return loadbalancer::Protocol::kTls;
  if (protocol == "UDP" || protocol == "GENEVE" || protocol.empty()) return loadbalancer::Protocol::kUnserved;
  return loadbalancer::Protocol::kTcp;
}

// Application Load Balancer guide, "HTTP header modification".
constexpr std::pair<const char*, const char*> kResponseFields[] = {
    {"strict_transport_security", "Strict-Transport-Security"},
    {"access_control_allow_origin", "Access-Control-Allow-Origin"},
    {"access_control_allow_methods", "Access-Control-Allow-Methods"},
    {"access_control_allow_headers", "Access-Control-Allow-Headers"},
    {"access_control_allow_credentials", "Access-Control-Allow-Credentials"},
    {"access_control_expose_headers", "Access-Control-Expose-Headers"},
    {"access_control_max_age", "Access-Control-Max-Age"},
    {"content_security_policy", "Content-Security-Policy"},
    {"x_content_type_options", "X-Content-Type-Options"},
    {"x_frame_options", "X-Frame-Options"},
};

// The certificates that are there and issued; the key is opened for the data plane only.
std::vector<loadbalancer::Certificate> CertificatesOf(store::Transaction& tx, const Scope& scope,
                                                      const elbv2::Listener& record) {
  std::vector<loadbalancer::Certificate> certificates;
  for (const std::string& arn : record.certificate_arns) {
    const auto certificate = tx.Get<records::acm::Certificate>(scope, arn);
    const auto key = certificate ? store::Unseal(tx, arn, certificate->sealed_private_key) : std::nullopt;
    if (key) certificates.push_back({arn, certificate->names, certificate->certificate, certificate->chain, *key});
  }
  return certificates;
}

loadbalancer::Algorithm AlgorithmOf(const Attributes& attributes) {
  const auto found = attributes.find("load_balancing.algorithm.type");
  if (found == attributes.end()) return loadbalancer::Algorithm::kRoundRobin;
  if (found->second == "least_outstanding_requests") return loadbalancer::Algorithm::kLeastOutstandingRequests;
  if (found->second == "weighted_random") return loadbalancer::Algorithm::kWeightedRandom;
  return loadbalancer::Algorithm::kRoundRobin;
}

loadbalancer::Stickiness StickinessOf(const elbv2::TargetGroup& record) {
  using loadbalancer::StickinessType;
  const Attributes& attributes = record.attributes;
  if (ValueOf(attributes, "stickiness.enabled", "false") != "true") return {};
  loadbalancer::Stickiness stickiness;
  const bool http = record.protocol == "HTTP" || record.protocol == "HTTPS";
  const std::string type = ValueOf(attributes, "stickiness.type", http ? "lb_cookie" : "source_ip");
  if (type == "source_ip") {
    stickiness.type = StickinessType::kSourceIp;
  } else if (type == "app_cookie") {
    stickiness.type = StickinessType::kApplicationCookie;
    stickiness.cookie_name = ValueOf(attributes, "stickiness.app_cookie.cookie_name", "");
    Take(attributes, "stickiness.app_cookie.duration_seconds", stickiness.duration);
  } else {
    stickiness.type = StickinessType::kLoadBalancerCookie;
    Take(attributes, "stickiness.lb_cookie.duration_seconds", stickiness.duration);
  }
  return stickiness;
}

// Which states have which description is unconfirmed; the descriptions are those of "Health check reason codes".
std::string InvalidStateOf(const std::optional<Instance>& instance) {
  if (!instance || instance->state == "terminated") return "Target is in the terminated state";
  if (instance->state == "stopped") return "Target is in the stopped state";
  if (instance->state == "stopping" || instance->state == "shutting-down")
    return "Target is in the terminated or stopped state";
  return instance->state == "running" ? "" : "Target is in an invalid state";
}

// "Traffic is routed to instances using the primary private IP address specified in the primary network interface":
// guides, "Target type".
std::string PrimaryAddressOf(store::Transaction& tx, const Scope& scope, const std::string& instance_id) {
  for (const auto& interface :
       tx.List<NetworkInterface>(scope, store::Where(&NetworkInterface::instance_id, instance_id)))
    if (interface.attachment && interface.attachment->device_index == 0) return interface.private_ip_address();
  return "";
}

// Where the load balancer behind it has its first node.
std::string AddressOfLoadBalancer(store::Transaction& tx, const Scope& scope, const std::string& arn) {
  const auto record = tx.Get<elbv2::LoadBalancer>(scope, arn);
  if (!record || record->zones.empty()) return "";
  const auto interface = tx.Get<NetworkInterface>(scope, record->zones.front().network_interface_id);
  return interface ? interface->private_ip_address() : "";
}

}  // namespace

loadbalancer::LoadBalancer LoadBalancerOf(store::Transaction& tx, const Scope& scope,
                                          const elbv2::LoadBalancer& record) {
  loadbalancer::LoadBalancer load_balancer;
  load_balancer.arn = record.arn;
  load_balancer.name = record.name;
  load_balancer.dns_name = record.dns_name;
  load_balancer.scheme =
      record.scheme == "internal" ? loadbalancer::Scheme::kInternal : loadbalancer::Scheme::kInternetFacing;
  load_balancer.vpc_id = record.vpc_id;
  load_balancer.attributes = AttributesOf(record);
  for (const auto& zone : record.zones) {
    loadbalancer::Node node{zone.zone_name, zone.subnet_id, zone.network_interface_id, "", ""};
    if (const auto interface = tx.Get<NetworkInterface>(scope, zone.network_interface_id)) {
      node.private_address = interface->private_ip_address();
      if (interface->association()) node.public_address = interface->association()->public_ip;
    }
    load_balancer.nodes.push_back(std::move(node));
  }
  return load_balancer;
}

loadbalancer::Listener ListenerOf(store::Transaction& tx, const Scope& scope, const elbv2::Listener& record) {
  loadbalancer::Listener listener;
  listener.arn = record.arn;
  listener.load_balancer_arn = record.load_balancer_arn;
  listener.port = record.port;
  listener.protocol = ProtocolOf(record.protocol);
  listener.ssl_policy = record.ssl_policy;
  listener.certificates = CertificatesOf(tx, scope, record);
  const std::string tls = "routing.http.request.x_amzn_tls_";
  const std::string version = ValueOf(record.attributes, (tls + "version.header_name").c_str(), "");
  const std::string cipher = ValueOf(record.attributes, (tls + "cipher_suite.header_name").c_str(), "");
  if (!version.empty()) listener.tls_version_field = version;
  if (!cipher.empty()) listener.tls_cipher_field = cipher;
  Take(record.attributes, "tcp.idle_timeout.seconds", listener.tcp_idle_timeout);
  Take(record.attributes, "routing.http.response.server.enabled", listener.server_header);
  for (const auto& [attribute, field] : kResponseFields) {
    const auto found = record.attributes.find(fmt::format("routing.http.response.{}.header_value", attribute));
    if (found != record.attributes.end() && !found->second.empty())
      listener.response_fields.emplace_back(field, found->second);
  }
  return listener;
}

loadbalancer::Rule RuleOf(const elbv2::Rule& record) {
  loadbalancer::Rule rule;
  rule.arn = record.arn;
  rule.priority = record.priority;
  rule.action = ActionOf(record);
  for (const auto& condition : record.conditions) {
    loadbalancer::Condition& out = rule.conditions.emplace_back();
    out.field = FieldOf(condition.field);
    out.values = condition.values;
    out.regex_values = condition.regex_values;
    out.http_header_name = condition.http_header_name;
    for (const auto& pair : condition.query_strings) out.query_strings.push_back({pair.key.value_or(""), pair.value});
  }
  for (const auto& transform : record.transforms) {
    auto& rewrite = transform.type == "host-header-rewrite" ? rule.host_header_rewrite : rule.url_rewrite;
    for (const auto& one : transform.rewrites) rewrite = loadbalancer::Rewrite{one.regex, one.replace};
  }
  return rule;
}

loadbalancer::TargetGroup TargetGroupOf(const elbv2::TargetGroup& record) {
  loadbalancer::TargetGroup group;
  group.arn = record.arn;
  group.name = record.name;
  group.vpc_id = record.vpc_id;
  group.protocol = ProtocolOf(record.protocol);
  if (record.target_type == "alb") group.target_type = loadbalancer::TargetType::kLoadBalancer;
  if (record.target_type == "lambda") group.target_type = loadbalancer::TargetType::kFunction;
  group.port = record.port;
  const auto& check = record.health_check;
  group.health_check.enabled = check.enabled;
  group.health_check.protocol = ProtocolOf(check.protocol);
  group.health_check.port = ReadNumber(check.port, 0);
  group.health_check.path = check.path;
  group.health_check.interval = loadbalancer::Seconds(check.interval_seconds);
  group.health_check.timeout = loadbalancer::Seconds(check.timeout_seconds);
  group.health_check.healthy_threshold = check.healthy_threshold;
  group.health_check.unhealthy_threshold = check.unhealthy_threshold;
  group.health_check.matcher = check.http_code;
  group.algorithm = AlgorithmOf(record.attributes);
  group.stickiness = StickinessOf(record);
  Take(record.attributes, "slow_start.duration_seconds", group.slow_start);
  const std::string cross_zone = ValueOf(record.attributes, "load_balancing.cross_zone.enabled", "");
  if (cross_zone == "true" || cross_zone == "false") group.cross_zone = cross_zone == "true";
  const std::string minimum = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.";
  group.minimum_healthy_count = ReadNumber(ValueOf(record.attributes, (minimum + "count").c_str(), "1"), 1);
  group.minimum_healthy_percentage = ReadNumber(ValueOf(record.attributes, (minimum + "percentage").c_str(), "off"), 0);
  // Network Load Balancers guide, "Client IP preservation": by default for all but addresses.
  const bool tcp = record.protocol == "TCP" || record.protocol == "TCP_UDP" || record.protocol == "TLS";
  group.preserve_client_ip = tcp && (record.target_type != "ip" || record.protocol == "TCP_UDP");
  if (tcp) Take(record.attributes, "preserve_client_ip.enabled", group.preserve_client_ip);
  Take(record.attributes, "proxy_protocol_v2.enabled", group.proxy_protocol);
  group.ends_connections_of_gone = record.protocol == "TCP_UDP";
  group.ends_connections_of_unhealthy = record.protocol != "TCP_UDP";
  Take(record.attributes, "deregistration_delay.connection_termination.enabled", group.ends_connections_of_gone);
  Take(record.attributes, "target_health_state.unhealthy.connection_termination.enabled",
       group.ends_connections_of_unhealthy);
  return group;
}

loadbalancer::Target TargetOf(store::Transaction& tx, const Scope& scope, const elbv2::Target& record,
                              loadbalancer::TargetType type) {
  loadbalancer::Target target;
  target.id = record.id;
  if (record.id.starts_with("i-")) {
    target.invalid_state = InvalidStateOf(tx.Get<Instance>(scope, record.id));
    target.address = PrimaryAddressOf(tx, scope, record.id);
  } else if (type == loadbalancer::TargetType::kLoadBalancer) {
    target.address = AddressOfLoadBalancer(tx, scope, record.id);
  } else if (type == loadbalancer::TargetType::kAddress) {
    target.address = record.id;
  }
  target.port = record.port;
  target.availability_zone = record.availability_zone.empty() ? "all" : record.availability_zone;
  target.registration = record.state == elbv2::Target::kDraining ? loadbalancer::Registration::kDraining
                                                                 : loadbalancer::Registration::kActive;
  return target;
}

}  // namespace drydock::world
