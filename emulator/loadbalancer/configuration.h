// What the load balancers are told to do, as immutable values. world/ reads it from the store after a commit and
// publishes it to the data plane (data_plane.h); nothing in here changes afterwards, so any thread may read it.
//
// The words are those of the Elastic Load Balancing v2 API (2015-12-01); fields that the data plane does not act upon
// are not here.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace drydock::loadbalancer {

using Seconds = std::chrono::seconds;

// A load balancer's presence in one Availability Zone: its network interface there.
struct Node {
  std::string availability_zone;
  std::string subnet_id;
  std::string network_interface_id;
  std::string private_address;
  std::string public_address;  // empty for an internal load balancer
  bool operator==(const Node&) const = default;
};

enum class Scheme { kInternetFacing, kInternal };

// routing.http.xff_header_processing.mode
enum class ForwardedForMode { kAppend, kPreserve, kRemove };

// routing.http.desync_mitigation_mode
enum class DesyncMode { kMonitor, kDefensive, kStrictest };

// The attributes of DescribeLoadBalancerAttributes that change how requests are treated, with AWS's defaults.
struct LoadBalancerAttributes {
  Seconds idle_timeout{60};                 // idle_timeout.timeout_seconds, 1-4000
  Seconds client_keep_alive{3600};          // client_keep_alive.seconds, 60-604800
  bool drop_invalid_header_fields = false;  // routing.http.drop_invalid_header_fields.enabled
  bool xff_client_port = false;             // routing.http.xff_client_port.enabled
  ForwardedForMode xff_header_processing = ForwardedForMode::kAppend;
  DesyncMode desync_mitigation = DesyncMode::kDefensive;
  bool preserve_host_header = false;  // routing.http.preserve_host_header.enabled
  bool tls_fields = false;            // routing.http.x_amzn_tls_version_and_cipher_suite.enabled
  std::string access_log_group;       // where access log lines go besides their table; empty: nowhere
  bool cross_zone = true;             // load_balancing.cross_zone.enabled; a network load balancer's default is false
  bool operator==(const LoadBalancerAttributes&) const = default;
};

struct LoadBalancer {
  std::string arn;
  std::string name;
  std::string dns_name;  // as CreateLoadBalancer answered it; compared without case
  Scheme scheme = Scheme::kInternetFacing;
  std::string vpc_id;
  LoadBalancerAttributes attributes;
  std::vector<Node> nodes;  // one per enabled Availability Zone
  bool operator==(const LoadBalancer&) const = default;
};

// forward: one target group, or several by weight (0-999; a group of weight 0 gets nothing).
struct WeightedTargetGroup {
  std::string arn;
  int weight = 1;
  bool operator==(const WeightedTargetGroup&) const = default;
};
struct Forward {
  std::vector<WeightedTargetGroup> target_groups;
  std::optional<Seconds> stickiness = std::nullopt;  // TargetGroupStickinessConfig, when enabled: 1-604800
  bool operator==(const Forward&) const = default;
};

// redirect: the parts may hold the keywords #{protocol}, #{host}, #{port}, #{path} and #{query}.
struct Redirect {
  int status_code = 302;  // 301 or 302
  std::string protocol = "#{protocol}";
  std::string host = "#{host}";
  std::string port = "#{port}";
  std::string path = "/#{path}";
  std::string query = "#{query}";
  bool operator==(const Redirect&) const = default;
};

struct FixedResponse {
  int status_code = 200;
  std::string content_type;  // empty: text/plain
  std::string message_body;
  bool operator==(const FixedResponse&) const = default;
};

using Action = std::variant<Forward, Redirect, FixedResponse>;

enum class ConditionField { kHostHeader, kPathPattern, kHttpHeader, kQueryString, kHttpRequestMethod, kSourceIp };

struct QueryStringKeyValue {
  std::string key;  // empty: any key
  std::string value;
  bool operator==(const QueryStringKeyValue&) const = default;
};

// One condition of a rule: true when any of its values matches.
struct Condition {
  ConditionField field = ConditionField::kPathPattern;
  std::vector<std::string> values;
  std::vector<std::string> regex_values;           // host-header, path-pattern and http-header only
  std::string http_header_name;                    // http-header only
  std::vector<QueryStringKeyValue> query_strings;  // query-string only
  bool operator==(const Condition&) const = default;
};

// A transform: the first match of `regex` gives way to `replace`, in which $1 … $9 are what its groups matched.
struct Rewrite {
  std::string regex;
  std::string replace;
  bool operator==(const Rewrite&) const = default;
};

struct Rule {
  std::string arn;
  int priority = 1;  // 1-50000
  std::vector<Condition> conditions;
  Action action;
  std::optional<Rewrite> host_header_rewrite = std::nullopt;  // of the Host that the target gets
  std::optional<Rewrite> url_rewrite = std::nullopt;          // of its path and query string
  bool operator==(const Rule&) const = default;
};

// kUnserved: UDP and GENEVE. The targets are checked and nothing goes through.
enum class Protocol { kHttp, kHttps, kTcp, kTls, kUnserved };

// A certificate of ACM with its key, in PEM.
struct Certificate {
  std::string arn;
  std::vector<std::string> names;  // "a.test", "*.b.test"
  std::string body;
  std::string chain;  // the issuer first
  std::string private_key;
  bool operator==(const Certificate&) const = default;
};

struct Listener {
  std::string arn;
  std::string load_balancer_arn;
  int port = 80;
  Protocol protocol = Protocol::kHttp;
  std::vector<Rule> rules;  // in any order; the data plane goes by priority
  Action default_action;
  std::string ssl_policy;                 // of kHttps and kTls, as the next
  std::vector<Certificate> certificates;  // the first is the default one
  // routing.http.request.x_amzn_tls_….header_name: under which names targets are told.
  std::string tls_version_field = "X-Amzn-Tls-Version";
  std::string tls_cipher_field = "X-Amzn-Tls-Cipher-Suite";
  Seconds tcp_idle_timeout{350};  // tcp.idle_timeout.seconds
  bool server_header = true;      // routing.http.response.server.enabled
  // routing.http.response.<name>.header_value: fields that every response gets, instead of those a target sent.
  std::vector<std::pair<std::string, std::string>> response_fields;
  bool operator==(const Listener&) const = default;
};

struct HealthCheckSettings {
  bool enabled = true;
  Protocol protocol = Protocol::kHttp;  // not kTls
  int port = 0;                         // 0: traffic-port, the target's own
  std::string path = "/";
  Seconds interval{30};
  Seconds timeout{5};
  int healthy_threshold = 5;
  int unhealthy_threshold = 2;
  std::string matcher = "200";  // "200", "200,202", "200-299"
  auto operator<=>(const HealthCheckSettings&) const = default;
};

// load_balancing.algorithm.type
enum class Algorithm { kRoundRobin, kLeastOutstandingRequests, kWeightedRandom };

enum class Registration { kActive, kDraining };

struct Target {
  std::string id;       // what RegisterTargets named: an address, an instance id, a load balancer's or a function's ARN
  std::string address;  // the private address to connect to; empty for a function
  int port = 80;
  std::string availability_zone;  // "all" for an address outside the VPC
  Registration registration = Registration::kActive;
  std::string invalid_state = {};  // of an instance that does not run: "Target is in the stopped state"
  bool operator==(const Target&) const = default;
};

enum class TargetType { kAddress, kLoadBalancer, kFunction };

// stickiness.type, when stickiness.enabled
enum class StickinessType { kNone, kLoadBalancerCookie, kApplicationCookie, kSourceIp };
struct Stickiness {
  StickinessType type = StickinessType::kNone;
  Seconds duration{86400};
  std::string cookie_name;  // of kApplicationCookie
  bool operator==(const Stickiness&) const = default;
};

struct TargetGroup {
  std::string arn;
  std::string name;
  std::string vpc_id;
  Protocol protocol = Protocol::kHttp;
  TargetType target_type = TargetType::kAddress;
  int port = 80;
  HealthCheckSettings health_check;
  Algorithm algorithm = Algorithm::kRoundRobin;
  Stickiness stickiness;
  Seconds slow_start{0};           // slow_start.duration_seconds; 0: none
  std::optional<bool> cross_zone;  // load_balancing.cross_zone.enabled; absent: as the load balancer
  // target_group_health.unhealthy_state_routing.minimum_healthy_targets: with fewer, all targets are routed to.
  int minimum_healthy_count = 1;
  int minimum_healthy_percentage = 0;
  bool preserve_client_ip = false;  // preserve_client_ip.enabled: targets see, and judge, the client's address
  bool proxy_protocol = false;      // proxy_protocol_v2.enabled
  // Of network load balancers: whether connections that are open end when their target is gone, the deregistration
  // delay over (deregistration_delay.connection_termination.enabled), or becomes unhealthy
  // (target_health_state.unhealthy.connection_termination.enabled).
  bool ends_connections_of_gone = false;
  bool ends_connections_of_unhealthy = true;
  std::vector<Target> targets;
  bool operator==(const TargetGroup&) const = default;
};

// What did not change from one configuration to the next is shared by both: the same pointer, the same value.
struct Configuration {
  std::vector<std::shared_ptr<const LoadBalancer>> load_balancers;
  std::vector<std::shared_ptr<const Listener>> listeners;
  std::vector<std::shared_ptr<const TargetGroup>> target_groups;
};

using ConfigurationPointer = std::shared_ptr<const Configuration>;

}  // namespace drydock::loadbalancer
