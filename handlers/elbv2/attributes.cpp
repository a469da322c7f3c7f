// Defaults and ranges: aws-facts E.3; API Reference, LoadBalancerAttribute, TargetGroupAttribute, ListenerAttribute.
#include "handlers/elbv2/attributes.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "emulator/core/text.h"
#include "handlers/elbv2/errors.h"

namespace drydock::elbv2 {

namespace {

constexpr char kSecondaryAddresses[] = "secondary_ips.auto_assigned.per_subnet";

// What a value may be. Numbers have a range; `choices` are exact texts, allowed beside a range or alone; neither: any
// text.
struct Attribute {
  std::string key;
  std::string default_value;
  std::vector<std::string> choices = {};
  std::optional<std::pair<std::int64_t, std::int64_t>> range = std::nullopt;
  bool own = false;  // Drydock's, not AWS's: shown only once it is set
};
using Attributes = std::vector<Attribute>;

Attribute Flag(std::string key, bool value) {
  return {std::move(key), value ? "true" : "false", {"true", "false"}};
}
Attribute Number(std::string key, std::string value, std::int64_t least, std::int64_t most,
                 std::vector<std::string> besides = {}) {
  return {std::move(key), std::move(value), std::move(besides), std::pair(least, most)};
}
Attribute Choice(std::string key, std::vector<std::string> choices) {
  std::string first = choices.front();
  return {std::move(key), std::move(first), std::move(choices)};
}
Attribute Text(std::string key) {
  return {std::move(key), ""};
}

void AppendLogs(Attributes& attributes, const std::string& prefix) {
  attributes.push_back(Flag(prefix + ".enabled", false));
  attributes.push_back(Text(prefix + ".bucket"));
  attributes.push_back(Text(prefix + ".prefix"));
}

Attributes Known(const records::elbv2::LoadBalancer& load_balancer) {
  const bool internal = load_balancer.scheme == "internal";
  Attributes known;
  if (load_balancer.type == "gateway")
    return {Flag("deletion_protection.enabled", false), Flag("load_balancing.cross_zone.enabled", false)};
  AppendLogs(known, "access_logs.s3");
  known.push_back(Flag("deletion_protection.enabled", false));
  known.push_back(Flag("ipv6.deny_all_igw_traffic", internal));
  known.push_back(Flag("zonal_shift.config.enabled", false));
  if (load_balancer.type == "network") {
    known.push_back(Flag("load_balancing.cross_zone.enabled", false));
    known.push_back(Choice("dns_record.client_routing_policy", {"any_availability_zone", "availability_zone_affinity",
                                                                "partial_availability_zone_affinity"}));
    known.push_back(Number(kSecondaryAddresses, "0", 0, 7));
    return known;
  }
  // It cannot be changed for an Application Load Balancer.
  known.push_back({"load_balancing.cross_zone.enabled", "true", {"true"}});
  AppendLogs(known, "connection_logs.s3");
  AppendLogs(known, "health_check_logs.s3");
  known.push_back(Number("idle_timeout.timeout_seconds", "60", 1, 4000));
  known.push_back(Number("client_keep_alive.seconds", "3600", 60, 604800));
  known.push_back(Choice("routing.http.desync_mitigation_mode", {"defensive", "monitor", "strictest"}));
  known.push_back(Flag("routing.http.drop_invalid_header_fields.enabled", false));
  known.push_back(Flag("routing.http.preserve_host_header.enabled", false));
  known.push_back(Flag("routing.http.x_amzn_tls_version_and_cipher_suite.enabled", false));
  known.push_back(Flag("routing.http.xff_client_port.enabled", false));
  known.push_back(Choice("routing.http.xff_header_processing.mode", {"append", "preserve", "remove"}));
  known.push_back(Flag("routing.http2.enabled", true));
  known.push_back(Flag("waf.fail_open.enabled", false));
  // A log group of CloudWatch Logs that gets the access log lines.
  known.push_back({kAccessLogGroup, "", {}, std::nullopt, true});
  return known;
}

// Of GENEVE groups: Gateway Load Balancers guide, "Target group attributes".
Attributes KnownOfGateway() {
  return {Number("deregistration_delay.timeout_seconds", "300", 0, 3600), Flag("stickiness.enabled", false),
          Choice("stickiness.type", {"source_ip_dest_ip_proto", "source_ip_dest_ip"}),
          Choice("target_failover.on_deregistration", {"no_rebalance", "rebalance"}),
          Choice("target_failover.on_unhealthy", {"no_rebalance", "rebalance"})};
}

void AppendOfApplication(Attributes& known) {
  known.push_back(
      Choice("load_balancing.algorithm.type", {"round_robin", "least_outstanding_requests", "weighted_random"}));
  known.push_back(Choice("load_balancing.algorithm.anomaly_mitigation", {"off", "on"}));
  known.push_back(Number("slow_start.duration_seconds", "0", 30, 900, {"0"}));
  known.push_back(Text("stickiness.app_cookie.cookie_name"));
  known.push_back(Number("stickiness.app_cookie.duration_seconds", "86400", 1, 604800));
  known.push_back(Number("stickiness.lb_cookie.duration_seconds", "86400", 1, 604800));
}

void AppendOfNetwork(Attributes& known, const records::elbv2::TargetGroup& target_group) {
  const bool udp = target_group.protocol == "UDP" || target_group.protocol == "TCP_UDP";
  known.push_back(Flag("deregistration_delay.connection_termination.enabled", udp));
  // It cannot be disabled for UDP, nor (unconfirmed) for load balancers.
  if (udp || target_group.target_type == "alb")
    known.push_back({"preserve_client_ip.enabled", "true", {"true"}});
  else
    known.push_back(Flag("preserve_client_ip.enabled", target_group.target_type != "ip"));
  known.push_back(Flag("proxy_protocol_v2.enabled", false));
  if (udp)
    known.push_back({"target_health_state.unhealthy.connection_termination.enabled", "false", {"false"}});
  else
    known.push_back(Flag("target_health_state.unhealthy.connection_termination.enabled", true));
  known.push_back(Number("target_health_state.unhealthy.draining_interval_seconds", "0", 0, 360000));
}

// Of a function's group: what the guide's pages show, as far as they do (unconfirmed).
Attributes KnownOfFunction() {
  return {Flag("lambda.multi_value_headers.enabled", false), Flag("stickiness.enabled", false),
          Choice("stickiness.type", {"lb_cookie"}),
          Number("stickiness.lb_cookie.duration_seconds", "86400", 1, 604800)};
}

Attributes Known(const records::elbv2::TargetGroup& target_group) {
  if (target_group.protocol == "GENEVE") return KnownOfGateway();
  if (target_group.target_type == "lambda") return KnownOfFunction();
  const bool http = target_group.protocol == "HTTP" || target_group.protocol == "HTTPS";
  constexpr std::int64_t kMostTargets = 1000;
  Attributes known;
  known.push_back(Number("deregistration_delay.timeout_seconds", "300", 0, 3600));
  known.push_back(Flag("stickiness.enabled", false));
  if (http)
    known.push_back(Choice("stickiness.type", {"lb_cookie", "app_cookie"}));
  else
    known.push_back(Choice("stickiness.type", {"source_ip"}));
  known.push_back(Choice("load_balancing.cross_zone.enabled", {"use_load_balancer_configuration", "true", "false"}));
  for (const std::string what : {"dns_failover", "unhealthy_state_routing"}) {
    const std::string prefix = "target_group_health." + what + ".minimum_healthy_targets.";
    known.push_back(Number(prefix + "count", "1", 1, kMostTargets,
                           what == "dns_failover" ? std::vector<std::string>{"off"} : std::vector<std::string>{}));
    known.push_back(Number(prefix + "percentage", "off", 1, 100, {"off"}));
  }
  if (http)
    AppendOfApplication(known);
  else
    AppendOfNetwork(known, target_group);
  return known;
}

Attributes Known(const records::elbv2::Listener& listener) {
  Attributes known;
  if (listener.protocol == "TCP" || listener.protocol.empty())  // of network and of gateway load balancers
    known.push_back(Number("tcp.idle_timeout.seconds", "350", 60, 6000));
  if (listener.protocol != "HTTP" && listener.protocol != "HTTPS") return known;
  const std::string request = "routing.http.request.";
  if (listener.protocol == "HTTPS") {
    for (const std::string header :
         {"x_amzn_mtls_clientcert_serial_number", "x_amzn_mtls_clientcert_issuer", "x_amzn_mtls_clientcert_subject",
          "x_amzn_mtls_clientcert_validity", "x_amzn_mtls_clientcert_leaf", "x_amzn_mtls_clientcert",
          "x_amzn_tls_version", "x_amzn_tls_cipher_suite"})
      known.push_back(Text(request + header + ".header_name"));
  }
  const std::string response = "routing.http.response.";
  known.push_back(Flag(response + "server.enabled", true));
  for (const std::string header :
       {"strict_transport_security", "access_control_allow_origin", "access_control_allow_methods",
        "access_control_allow_headers", "access_control_allow_credentials", "access_control_expose_headers",
        "access_control_max_age", "content_security_policy", "x_content_type_options", "x_frame_options"})
    known.push_back(Text(response + header + ".header_value"));
  return known;
}

std::optional<std::int64_t> ReadNumber(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Nothing that would end a line of a head. The wording is unconfirmed.
void CheckText(const std::string& key, const std::string& value) {
  const bool name = key.ends_with(".header_name");
  const bool valid = std::all_of(value.begin(), value.end(), [&](char c) {
    if (name) return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    return static_cast<unsigned char>(c) >= ' ' && c != 0x7f;
  });
  if (!valid) throw errors::Validation(fmt::format("'{}' value contains a character that is not valid", key));
}

void CheckValue(const Attribute& attribute, const std::string& value) {
  for (const std::string& choice : attribute.choices)
    if (value == choice) return;
  if (attribute.range) {
    const auto number = ReadNumber(value);
    if (number && *number >= attribute.range->first && *number <= attribute.range->second) return;
    throw errors::Validation(fmt::format("'{}' value '{}' must be between '{}-{}' inclusive", attribute.key, value,
                                         attribute.range->first, attribute.range->second));
  }
  if (attribute.choices.empty()) {
    CheckText(attribute.key, value);
    return;
  }
  throw errors::Validation(  // unconfirmed wording
      fmt::format("'{}' value '{}' must be one of '{}'", attribute.key, value, Join(attribute.choices, ", ")));
}

// `kind` is the resource's name at the start of a sentence: "Load balancer".
void Set(std::map<std::string, std::string>& set, const Attributes& known, const std::string& kind,
         const AttributeValues& values) {
  for (const auto& [key, value] : values) {
    const Attribute* attribute = nullptr;
    for (const Attribute& candidate : known)
      if (candidate.key == key) attribute = &candidate;
    if (!attribute) throw errors::Validation(fmt::format("{} attribute key '{}' is not recognized", kind, key));
    CheckValue(*attribute, value);
    set[key] = value;
  }
}

AttributeValues All(const std::map<std::string, std::string>& set, const Attributes& known) {
  AttributeValues values;
  for (const Attribute& attribute : known) {
    const auto found = set.find(attribute.key);
    if (attribute.own && (found == set.end() || found->second.empty())) continue;
    values.emplace_back(attribute.key, found == set.end() ? attribute.default_value : found->second);
  }
  return values;
}

std::string One(const AttributeValues& values, const std::string& key) {
  for (const auto& [name, value] : values)
    if (name == key) return value;
  return "";
}

}  // namespace

std::string AttributeOf(const records::elbv2::LoadBalancer& load_balancer, const std::string& key) {
  return One(AttributesOf(load_balancer), key);
}
std::string AttributeOf(const records::elbv2::TargetGroup& target_group, const std::string& key) {
  return One(AttributesOf(target_group), key);
}

AttributeValues AttributesOf(const records::elbv2::LoadBalancer& load_balancer) {
  return All(load_balancer.attributes, Known(load_balancer));
}
AttributeValues AttributesOf(const records::elbv2::TargetGroup& target_group) {
  return All(target_group.attributes, Known(target_group));
}
AttributeValues AttributesOf(const records::elbv2::Listener& listener) {
  return All(listener.attributes, Known(listener));
}

void SetAttributes(records::elbv2::LoadBalancer& load_balancer, const AttributeValues& values) {
  const std::string addresses = AttributeOf(load_balancer, kSecondaryAddresses);
  Set(load_balancer.attributes, Known(load_balancer), "Load balancer", values);
  // "After you set this value, you can't decrease it"; wording unconfirmed.
  if (AttributeOf(load_balancer, kSecondaryAddresses) < addresses)
    throw errors::InvalidConfiguration(fmt::format("The value of '{}' cannot be decreased", kSecondaryAddresses));
  const AttributeValues now = AttributesOf(load_balancer);
  for (const std::string logs : {"access_logs.s3", "connection_logs.s3", "health_check_logs.s3"}) {
    if (One(now, logs + ".enabled") != "true") continue;
    const std::string bucket = One(now, logs + ".bucket");
    if (bucket.empty())  // unconfirmed wording
      throw errors::Validation(fmt::format("The attribute '{}.bucket' must be specified", logs));
    // There are no buckets here, so none grants access. seen
    throw errors::InvalidConfiguration(
        fmt::format("Access Denied for bucket: {}. Please check S3bucket permission", bucket));
  }
}

void SetAttributes(records::elbv2::TargetGroup& target_group, const AttributeValues& values) {
  Set(target_group.attributes, Known(target_group), "Target group", values);
  const AttributeValues now = AttributesOf(target_group);
  // The rules are documented, their wording is unconfirmed.
  const std::string cookie = One(now, "stickiness.app_cookie.cookie_name");
  if (cookie.starts_with("AWSALB"))
    throw errors::InvalidConfiguration(
        fmt::format("The cookie name '{}' is reserved for use by the load balancer", cookie));
  if (One(now, "stickiness.enabled") == "true" && One(now, "stickiness.type") == "app_cookie" && cookie.empty())
    throw errors::InvalidConfiguration(
        "You must specify 'stickiness.app_cookie.cookie_name' when 'stickiness.type' is 'app_cookie'");
  const std::string algorithm = One(now, "load_balancing.algorithm.type");
  if (One(now, "load_balancing.algorithm.anomaly_mitigation") == "on" && algorithm != "weighted_random")
    throw errors::InvalidConfiguration("Anomaly mitigation is only available with the algorithm 'weighted_random'");
  // "Cross-zone load balancing for target groups": the two exclude each other for HTTP.
  if (One(now, "stickiness.enabled") == "true" && One(now, "stickiness.type") != "source_ip" &&
      One(now, "load_balancing.cross_zone.enabled") == "false")
    throw errors::InvalidConfiguration("Stickiness cannot be enabled when cross-zone load balancing is disabled");
  if (One(now, "target_failover.on_deregistration") != One(now, "target_failover.on_unhealthy"))
    throw errors::InvalidConfiguration(
        "'target_failover.on_deregistration' and 'target_failover.on_unhealthy' must have the same value");
  if (One(now, "target_health_state.unhealthy.connection_termination.enabled") == "true" &&
      One(now, "target_health_state.unhealthy.draining_interval_seconds") != "0")
    throw errors::InvalidConfiguration(
        "'target_health_state.unhealthy.draining_interval_seconds' can only be set when "
        "'target_health_state.unhealthy.connection_termination.enabled' is 'false'");
  const std::string slow_start = One(now, "slow_start.duration_seconds");
  if (!slow_start.empty() && slow_start != "0" && algorithm != "round_robin")
    throw errors::InvalidConfiguration("Slow start is only available with the algorithm 'round_robin'");
}

void SetAttributes(records::elbv2::Listener& listener, const AttributeValues& values) {
  Set(listener.attributes, Known(listener), "Listener", values);
}

}  // namespace drydock::elbv2
