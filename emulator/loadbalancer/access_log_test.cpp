#include "emulator/loadbalancer/access_log.h"

#include <catch2/catch.hpp>

using namespace drydock::loadbalancer;

// Application Load Balancer guide, "Access logs for your Application Load Balancer", the example of an HTTP entry, with
// the four fields behind it that came later.
TEST_CASE("the guide's example") {
  AccessLogRecord record;
  record.time = 1530570180186641;
  record.load_balancer = "app/my-loadbalancer/50dc6c495c0c9188";
  record.client = "192.168.131.39:2817";
  record.target = "10.0.0.1:80";
  record.request_processing_time = 0;
  record.target_processing_time = 1000;
  record.response_processing_time = 0;
  record.elb_status_code = 200;
  record.target_status_code = 200;
  record.received_bytes = 34;
  record.sent_bytes = 366;
  record.request = "GET http://www.example.com:80/ HTTP/1.1";
  record.user_agent = "curl/7.46.0";
  record.target_group_arn =
      "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067";
  record.trace_id = "Root=1-58337262-36d228ad5d99923122bbe354";
  record.matched_rule_priority = 0;
  record.request_creation_time = 1530570168364000;
  record.actions_executed = "forward";
  record.targets = {"10.0.0.1:80"};
  record.target_status_codes = {200};
  record.connection_trace_id = "TID_1234abcd5678ef90";
  CHECK(FormatAccessLog(record) ==
        "http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.000 "
        "0.001 0.000 200 200 34 366 \"GET http://www.example.com:80/ HTTP/1.1\" \"curl/7.46.0\" - - "
        "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "
        "\"Root=1-58337262-36d228ad5d99923122bbe354\" \"-\" \"-\" 0 2018-07-02T22:22:48.364000Z \"forward\" \"-\" "
        "\"-\" \"10.0.0.1:80\" \"200\" \"-\" \"-\" TID_1234abcd5678ef90 \"-\" \"-\" \"-\"");
}

TEST_CASE("what was not reached is -1, what is unknown a dash, and a line stays a line") {
  AccessLogRecord record;
  record.elb_status_code = 400;
  record.user_agent = "a\"b\\c\nd";
  const std::string line = FormatAccessLog(record);
  CHECK(line.find(" - - -1 -1 -1 400 - ") != std::string::npos);
  CHECK(line.find("\"a\\x22b\\x5Cc\\x0Ad\"") != std::string::npos);
}
