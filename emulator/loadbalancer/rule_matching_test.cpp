#include "emulator/loadbalancer/rule_matching.h"

#include <catch2/catch.hpp>

using namespace drydock::loadbalancer;

namespace {

Condition Values(ConditionField field, std::vector<std::string> values) {
  Condition condition;
  condition.field = field;
  condition.values = std::move(values);
  return condition;
}

Listener WithRule(std::vector<Condition> conditions) {
  Listener listener;
  listener.default_action = FixedResponse{404, "", ""};
  listener.rules.push_back({"rule", 1, std::move(conditions), FixedResponse{200, "", ""}});
  return listener;
}

bool Matches(const Condition& condition, RequestFacts request) {
  static const std::vector<Field> kNoFields;
  if (request.fields == nullptr) request.fields = &kNoFields;
  const Listener listener = WithRule({condition});
  return ListenerRules(listener).Find(request).priority == 1;
}

RequestFacts Get(std::string_view path, std::string_view query = "") {
  RequestFacts facts;
  facts.method = "GET";
  facts.host = "app.example.com";
  facts.path = path;
  facts.query = query;
  facts.source_address = "203.0.113.1";
  return facts;
}

}  // namespace

// Application Load Balancer guide, "Path conditions".
TEST_CASE("path patterns are case-sensitive, cover the whole path and never the query") {
  struct {
    const char* pattern;
    const char* path;
    bool matches;
  } const cases[] = {
      {"/auth", "/auth", true},       {"/auth", "/auth/", false},
      {"/auth", "/AUTH", false},      {"/auth*", "/auth", true},
      {"/auth*", "/authx", true},     {"/auth*", "/auth/a/b", true},
      {"/auth/*", "/auth", false},    {"/auth/*", "/auth/", true},
      {"/img/*", "/img/a.png", true}, {"/img/*/pics", "/img/1/2/pics", true},
      {"/a?c", "/abc", true},         {"/a?c", "/ac", false},
      {"*.png", "/x/y.png", true},    {"/test/auth*", "/auth", false},
      {"/%61", "/a", false},          {"*", "/", true},
  };
  for (const auto& c : cases) {
    CAPTURE(c.pattern, c.path);
    CHECK(Matches(Values(ConditionField::kPathPattern, {c.pattern}), Get(c.path)) == c.matches);
  }
  CHECK_FALSE(Matches(Values(ConditionField::kPathPattern, {"/a?b"}), Get("/a", "b")));
}

// "Host conditions": without case, the port does not count.
TEST_CASE("host patterns") {
  const auto matches = [](const char* pattern, const char* host) {
    RequestFacts facts = Get("/");
    facts.host = host;
    return Matches(Values(ConditionField::kHostHeader, {pattern}), facts);
  };
  CHECK(matches("example.com", "EXAMPLE.com"));
  CHECK(matches("Example.com", "example.com:8080"));
  CHECK(matches("*.example.com", "test.example.com"));
  CHECK_FALSE(matches("*.example.com", "example.com"));
  CHECK(matches("test?.example.com", "test1.example.com"));
  CHECK_FALSE(matches("example.com", "example.com.evil.org"));
}

// "HTTP header conditions": name and value without case.
TEST_CASE("header conditions") {
  const std::vector<Field> fields = {{FieldName::kUserAgent, "User-Agent", "Mozilla/5.0 Chrome/1"},
                                     {FieldName::kOther, "x-tag", "one"},
                                     {FieldName::kOther, "X-Tag", "two"}};
  Condition condition = Values(ConditionField::kHttpHeader, {"*CHROME*", "*Safari*"});
  condition.http_header_name = "user-agent";
  RequestFacts facts = Get("/");
  facts.fields = &fields;
  CHECK(Matches(condition, facts));
  condition = Values(ConditionField::kHttpHeader, {"two"});
  condition.http_header_name = "X-TAG";
  CHECK(Matches(condition, facts));
  condition.http_header_name = "X-None";
  CHECK_FALSE(Matches(condition, facts));
}

// "HTTP request method conditions": exact and case-sensitive; HEAD is not GET.
TEST_CASE("method conditions") {
  RequestFacts facts = Get("/");
  CHECK(Matches(Values(ConditionField::kHttpRequestMethod, {"POST", "GET"}), facts));
  facts.method = "HEAD";
  CHECK_FALSE(Matches(Values(ConditionField::kHttpRequestMethod, {"GET"}), facts));
  facts.method = "get";
  CHECK_FALSE(Matches(Values(ConditionField::kHttpRequestMethod, {"GET"}), facts));
}

// "Query string conditions": keys and values without case; \ takes a wildcard for itself.
TEST_CASE("query string conditions") {
  Condition condition;
  condition.field = ConditionField::kQueryString;
  condition.query_strings = {{"version", "v1"}, {"", "*example*"}};
  CHECK(Matches(condition, Get("/", "VERSION=V1")));
  CHECK(Matches(condition, Get("/", "a=b&version=v1")));
  CHECK(Matches(condition, Get("/", "q=my-Example-x")));
  CHECK_FALSE(Matches(condition, Get("/", "version=v2")));
  CHECK_FALSE(Matches(condition, Get("/", "")));
  condition.query_strings = {{"q", "\\*"}};
  CHECK(Matches(condition, Get("/", "q=*")));
  CHECK_FALSE(Matches(condition, Get("/", "q=x")));
}

// "Source IP address conditions".
TEST_CASE("source address conditions") {
  const auto matches = [](const char* cidr, const char* address) {
    RequestFacts facts = Get("/");
    facts.source_address = address;
    return Matches(Values(ConditionField::kSourceIp, {cidr}), facts);
  };
  CHECK(matches("203.0.113.0/24", "203.0.113.1"));
  CHECK(matches("203.0.113.1/32", "203.0.113.1"));
  CHECK_FALSE(matches("203.0.113.0/32", "203.0.113.1"));
  CHECK(matches("0.0.0.0/0", "203.0.113.1"));
  CHECK(matches("203.0.112.0/23", "203.0.113.255"));
  CHECK_FALSE(matches("203.0.112.0/24", "203.0.113.1"));
  CHECK(matches("2001:db8::/32", "2001:db8::1"));
  CHECK_FALSE(matches("2001:db8::/32", "203.0.113.1"));
  CHECK_FALSE(matches("nonsense", "203.0.113.1"));
  CHECK_FALSE(matches("1.2.3.4/99", "1.2.3.4"));
}

// CreateRule, RegexValues. Whether AWS anchors them is unconfirmed; its examples anchor by themselves.
TEST_CASE("regular expressions") {
  Condition condition;
  condition.field = ConditionField::kPathPattern;
  condition.regex_values = {"^/api/(v[0-9]+)/.*$", "(broken"};
  CHECK(Matches(condition, Get("/api/v12/users")));
  CHECK_FALSE(Matches(condition, Get("/api/vx/users")));
  condition.field = ConditionField::kHostHeader;
  condition.regex_values = {"^APP\\."};
  CHECK(Matches(condition, Get("/")));
}

// "Listener rules": in the order of priority, all conditions of a rule, the default last.
TEST_CASE("priorities and several conditions") {
  Listener listener;
  listener.default_action = FixedResponse{404, "", ""};
  listener.rules.push_back({"b", 20, {Values(ConditionField::kPathPattern, {"/a*"})}, FixedResponse{220, "", ""}});
  listener.rules.push_back(
      {"a",
       10,
       {Values(ConditionField::kPathPattern, {"/a*", "/b*"}), Values(ConditionField::kHttpRequestMethod, {"POST"})},
       FixedResponse{210, "", ""}});
  const ListenerRules rules(listener);
  static const std::vector<Field> kNoFields;
  const auto priority = [&](const char* method, const char* path) {
    RequestFacts facts = Get(path);
    facts.method = method;
    facts.fields = &kNoFields;
    return rules.Find(facts).priority;
  };
  CHECK(priority("POST", "/a") == 10);
  CHECK(priority("POST", "/b") == 10);
  CHECK(priority("GET", "/a") == 20);
  CHECK(priority("GET", "/b") == 0);
}
