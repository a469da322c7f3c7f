#include "emulator/http/client.h"

#include <httplib.h>
#include <rapidjson/document.h>

#include <cstdlib>

namespace drydock::http {

namespace {

constexpr int kConnectSeconds = 5;
constexpr int kAnswerSeconds = 60;

std::string Checked(std::string endpoint) {
  while (!endpoint.empty() && endpoint.back() == '/') endpoint.pop_back();
  constexpr std::string_view kScheme = "http://";
  if (endpoint.rfind("https://", 0) == 0)
    throw CannotAsk("drydock's own pages are asked over http, not " + endpoint + ": give --endpoint http://host:port");
  const bool scheme = endpoint.rfind(kScheme, 0) == 0;
  const std::string rest = scheme ? endpoint.substr(kScheme.size()) : "";
  if (rest.empty() || rest.find_first_of("/ ?#@") != std::string::npos)
    throw CannotAsk("\"" + endpoint + "\" is no endpoint: give --endpoint http://host:port");
  return endpoint;
}

Answer ToAnswer(const std::string& endpoint, const httplib::Result& result) {
  if (!result)
    throw CannotAsk("no drydock answers at " + endpoint + " (" + httplib::to_string(result.error()) +
                    "): start it with `drydock serve`, or name another with --endpoint");
  return {result->status, result->body};
}

httplib::Client Connected(const std::string& endpoint) {
  httplib::Client client(endpoint);
  client.set_connection_timeout(kConnectSeconds);
  client.set_read_timeout(kAnswerSeconds);
  return client;
}

}  // namespace

std::string EndpointOrDefault(const std::string& given) {
  if (!given.empty()) return given;
  for (const char* variable : {"DRYDOCK_ENDPOINT", "AWS_ENDPOINT_URL"})
    if (const char* value = std::getenv(variable); value && *value) return value;
  return "http://127.0.0.1:4566";
}

Client::Client(const std::string& endpoint) : endpoint_(Checked(endpoint)) {}

Answer Client::Get(const std::string& path, const Parameters& parameters) const {
  httplib::Params query;
  for (const auto& [name, value] : parameters) query.emplace(name, value);
  return ToAnswer(endpoint_, Connected(endpoint_).Get(httplib::append_query_params(path, query)));
}

Answer Client::Post(const std::string& path, const std::string& json) const {
  return ToAnswer(endpoint_, Connected(endpoint_).Post(path, json, "application/json"));
}

std::string Client::MessageOf(const Answer& answer) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(answer.body.data(), answer.body.size());
  if (!document.HasParseError() && document.IsObject() && document.HasMember("message") &&
      document["message"].IsString())
    return document["message"].GetString();
  return answer.body;
}

}  // namespace drydock::http
