// Patterns and messages as in the CloudWatch Logs User Guide, "Filter pattern syntax …", where not marked otherwise.
#include "handlers/logs/filter_pattern.h"

#include <catch2/catch.hpp>

#include "emulator/core/errors.h"

using namespace drydock;

namespace {

bool Matches(std::string_view pattern, std::string_view message) {
  return logs::FilterPattern::Parse(pattern).Matches(message);
}

std::string ErrorOf(std::string_view pattern) {
  try {
    logs::FilterPattern::Parse(pattern);
  } catch (const ApiError& error) {
    CHECK(error.code() == "InvalidParameterException");
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("Without a pattern every message matches") {
  CHECK(Matches("", "anything"));
  CHECK(Matches("  ", ""));
  CHECK(Matches("\" \"", "word"));
}

TEST_CASE("Words") {
  CHECK(Matches("ERROR", "[ERROR 400] BAD REQUEST"));
  CHECK(Matches("ERROR", "Exiting with ERRORCODE: -1"));
  CHECK(!Matches("ERROR", "error"));
  CHECK(Matches("ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS"));
  CHECK(!Matches("ERROR ARGUMENTS", "[ERROR 400] BAD REQUEST"));
  CHECK(Matches("\"INTERNAL SERVER ERROR\"", "[ERROR 500] INTERNAL SERVER ERROR"));
  CHECK(!Matches("\"INTERNAL SERVER ERROR\"", "[ERROR 500] SERVER ERROR, INTERNAL"));
  CHECK(Matches(R"("say \"hi\"")", "they say \"hi\""));
}

TEST_CASE("Alternatives and exclusions") {
  CHECK(Matches("?ERROR ?ARGUMENTS", "MISSING ARGUMENTS"));
  CHECK(!Matches("?ERROR ?ARGUMENTS", "fine"));
  CHECK(Matches("ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST"));
  CHECK(!Matches("ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS"));
  CHECK(Matches("-DEBUG", "info"));
  CHECK(!Matches("-DEBUG", "DEBUG"));
  CHECK(Matches("?ERROR ?ARGUMENTS REQUEST", "[INFO] REQUEST FAILED"));  // beside other terms they are ignored
  CHECK(!Matches("?A B", "A"));
  CHECK(!Matches("?A -\"B C\"", "A B C"));
  CHECK(Matches("?A -B", "C"));
}

TEST_CASE("Regular expressions among words") {
  CHECK(Matches("%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST"));
  CHECK(Matches(R"(%^\[ERROR 4\d\d%)", "[ERROR 401] UNAUTHORIZED REQUEST"));
  CHECK(!Matches(R"(%^\[ERROR 4\d\d%)", "[ERROR 500]"));
  CHECK(Matches("-%b+%", "aaa"));
  CHECK(!ErrorOf("%(%").empty());
  CHECK(!ErrorOf("%open").empty());
  CHECK(!ErrorOf("%a% %b% %c%").empty());
}

TEST_CASE("What regular expressions may consist of") {
  for (const char* pattern : {"%something!%", "%(Alpha|Beta)%", "%caf\xc3\xa9%", "{ $.a = %\"b\"% }", "[a = %<b>%]"}) {
    INFO(pattern);
    CHECK(!ErrorOf(pattern).empty());
  }
  CHECK(Matches("%a:b_c#d=e@f/g;h,i-j%", "a:b_c#d=e@f/g;h,i-j"));
  CHECK(Matches("%^starting|^initializing|^shutting down%", "shutting down"));
  CHECK(!Matches("%^starting|^initializing|^shutting down%", "skipping initializing"));
  CHECK(Matches(R"(%\x28%)", "f(x)"));
  CHECK(Matches("%^a{,2}b%", "aab"));  // either number can be omitted
  CHECK(Matches("%^a{,2}b%", "b"));
  CHECK(Matches("%a{2,}b%", "aaab"));
  CHECK(Matches("%a[{,2}]b%", "a,b"));
  CHECK(!ErrorOf("{ $.a = %a% || $.b = %b% || $.c = %c% }").empty());
  CHECK(!ErrorOf("[a = %a%, b = %b%, c = %c%]").empty());
  CHECK(Matches("[a = %a%, b = %b%]", "a b"));
}

TEST_CASE("What is no pattern") {
  CHECK(ErrorOf("foo-bar") == "Invalid character(s) in term 'foo-bar'");  // aws-facts G.4
  CHECK(!ErrorOf("\"open").empty());
  CHECK(!ErrorOf("? x").empty());
  for (const char* pattern : {"{",
                              "{}",
                              "{ $.a }",
                              "{ $.a = }",
                              "{ $.a = 1",
                              "{ a = 1 }",
                              "{ $ = 1 }",
                              "{ $.a < \"x\" }",
                              "{ $.a EXISTS }",
                              "{ $.a IS NOT NULL }",
                              "{ ($.a = 1 }",
                              "{ $.a = 1 } x",
                              "{ $.a[ = 1 }",
                              "{ $.['a] = 1 }",
                              "{ $.items[*].* = 1 }",
                              "{ $.* = 1 || $.* = 2 || $.* = 3 || $.* = 4 }",
                              "[",
                              "[]",
                              "[a",
                              "[a,]",
                              "[a = ]",
                              "[..., ...]",
                              "[a = 1 || b = 2]",
                              "[a b]",
                              "[,]"}) {
    INFO(pattern);
    CHECK(!ErrorOf(pattern).empty());
  }
  CHECK(!ErrorOf(std::string(1024, '(')).empty());
  CHECK(!ErrorOf("{" + std::string(1023, '(')).empty());
}

TEST_CASE("JSON: values") {
  const char* message = R"({
    "eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"], "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": null, "cluster.name": "c", "flag": true, "off": false, "count": 250, "latency": 1.5})";
  CHECK(Matches("{ $.eventType = \"UpdateTrail\" }", message));
  CHECK(Matches("{ $.eventType = UpdateTrail }", message));
  CHECK(Matches("{$.eventType=\"*Trail\"}", message));
  CHECK(!Matches("{ $.eventType = \"Trail\" }", message));
  CHECK(Matches("{ $.eventType != \"x\" }", message));
  CHECK(!Matches("{ $.missing != \"x\" }", message));  // unconfirmed
  CHECK(Matches("{ $.sourceIPAddress != 123.123.* }", message));
  CHECK(Matches("{ $.sourceIPAddress = 111.111.* }", message));
  CHECK(Matches("{ $.arrayKey[0] = \"value\" }", message));
  CHECK(!Matches("{ $.arrayKey[2] = \"value\" }", message));
  CHECK(Matches("{ $.objectList[1].id = 2 }", message));
  CHECK(Matches("{ $.objectList[*].id = 2 }", message));
  CHECK(!Matches("{ $.objectList[*].id = 3 }", message));
  CHECK(Matches("{ $.['cluster.name'] = \"c\" }", message));
  CHECK(Matches("{ $.*[0] = \"value\" }", message));
  CHECK(Matches("{ $.count > 249 && $.count < 251 && $.count >= 250 && $.count <= 2.5e2 }", message));
  CHECK(Matches("{ $.count = 250 }", message));
  CHECK(!Matches("{ $.count != 250 }", message));
  CHECK(Matches("{ $.count = 2* }", message));  // "Use the asterisk as a wild card to match numbers"
  CHECK(!Matches("{ $.count != 2* }", message));
  CHECK(!Matches("{ $.count = 3* }", message));
  CHECK(Matches("{ $.latency = 1.* }", message));
  CHECK(!Matches("{ $.eventType > 1 }", message));
  CHECK(Matches("{ $.latency < 2 }", message));
  CHECK(Matches("{ $.eventType = %^Up.*l$% }", message));
  CHECK(!Matches("{ $.objectList = \"a\" }", message));
}

TEST_CASE("JSON: IS and EXISTS") {
  const char* message = R"({"none": null, "on": true, "off": false})";
  CHECK(Matches("{ $.none IS NULL }", message));
  CHECK(!Matches("{ $.on IS NULL }", message));
  CHECK(!Matches("{ $.missing IS NULL }", message));
  CHECK(Matches("{ $.on IS TRUE }", message));
  CHECK(Matches("{ $.off IS FALSE }", message));
  CHECK(Matches("{ $.missing NOT EXISTS }", message));
  CHECK(!Matches("{ $.none NOT EXISTS }", message));
}

TEST_CASE("JSON: compound expressions") {
  const char* message = R"({"user": {"id": 1, "email": "John.Doe@example.com"}, "actions": ["GET", "PUT"]})";
  CHECK(Matches("{ ($.user.id = 1) && ($.user.email = \"John.*\") }", message));
  CHECK(!Matches("{ ($.user.id = 2 && $.actions[0] = \"GET\") || $.actions[1] = \"POST\" }", message));
  CHECK(Matches("{ $.user.id = 2 && $.actions[0] = \"x\" || $.actions[1] = \"PUT\" }", message));
  CHECK(!Matches("{ $.user.id = 2 && ($.actions[0] = \"x\" || $.actions[1] = \"PUT\") }", message));
}

TEST_CASE("JSON: messages that are not") {
  CHECK(!Matches("{ $.a = 1 }", "a = 1"));
  CHECK(!Matches("{ $.a NOT EXISTS }", ""));
  CHECK(!Matches("{ $.a = 1 }", std::string(100000, '[')));
  CHECK(!Matches("{ $.a NOT EXISTS }", "1"));
}

TEST_CASE("Space-delimited messages") {
  const char* message = R"(127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534)";
  CHECK(Matches("[ip, server, username, timestamp, request, status_code, bytes]", message));
  CHECK(!Matches("[ip, server, username, timestamp, request, status_code, bytes, more]", message));
  CHECK(Matches("[ip, server, username, timestamp, request, status_code = 4*, bytes > 1000]", message));
  CHECK(!Matches("[ip, server, username, timestamp, request, status_code = 4*, bytes > 2000]", message));
  CHECK(Matches("[..., status_code = 404, bytes]", message));
  CHECK(Matches("[ip, ..., request = \"GET *\", status_code, bytes]", message));
  CHECK(Matches("[ip = %^127\\.%, ...]", message));
  CHECK(!Matches("[ip = \"10.*\", ...]", message));
  CHECK(Matches("[ip, server != Test, ...]", message));
  CHECK(Matches("[..., timestamp = 10/Oct*, request, s, b]", message));

  // The last field is the rest of the line; [w1=ERROR] alone would be all of it.
  const char* failed = "ERROR 09/25/2014 12:00:02 Failed to process request";
  CHECK(Matches("[w1=ERROR, w2]", failed));
  CHECK(!Matches("[w1=ERROR]", failed));
  CHECK(!Matches("[w1=ERROR, w2]", "WARNING 09/25/2014 12:00:02 Invalid user request"));
  CHECK(Matches("[w1, date, time, what = \"*process*\"]", failed));
  CHECK(!Matches("[w1, ..., what = \"*process*\"]", failed));
  CHECK(Matches("[timestamp=*Z, request_id=\"*-*\", event]", "2026-01-01T00:00:00.000Z\ta-b-c\tINFO\tall is well\n"));

  CHECK(Matches("[w1 = ERROR || w1 = WARN, w2]", "WARN x"));
  CHECK(Matches("[(w1 = ERROR || w1 = WARN) && w1 != WARN, w2]", "ERROR x"));
  CHECK(!Matches("[w1 = ERROR || w1 = WARN, w2]", "INFO x"));
  CHECK(Matches("[n = 10]", "10.0"));
  CHECK(Matches("[...]", "a b c"));
  CHECK(Matches("[...]", ""));
  CHECK(!Matches("[a]", ""));
  CHECK(Matches("[a, b]", "x \"unclosed quote"));
}
