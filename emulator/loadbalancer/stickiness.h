// The cookies that bind a client's session to a target (AWSALB, AWSALBAPP-0) or to a target group (AWSALBTG). Pure.
// Source: Application Load Balancer guide, "Sticky sessions for your Application Load Balancer".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/clock.h"
#include "emulator/loadbalancer/configuration.h"
#include "emulator/loadbalancer/http_message.h"

namespace drydock::loadbalancer {

inline constexpr std::string_view kDurationCookie = "AWSALB";
inline constexpr std::string_view kDurationCookieForCors = "AWSALBCORS";
inline constexpr std::string_view kApplicationCookie = "AWSALBAPP-0";
inline constexpr std::string_view kTargetGroupCookie = "AWSALBTG";
inline constexpr std::string_view kTargetGroupCookieForCors = "AWSALBTGCORS";

// Reads what is bound to `scope` out of a cookie's value: one value holds the bindings of several scopes. nullopt when
// there is none, when the value was not made by Bind(), or when it is older than `duration`.
std::optional<std::uint64_t> BoundTo(std::string_view value, std::uint64_t scope, Timestamp now, Seconds duration);

// The value with `scope` bound to `subject` from now on; bindings of other scopes stay.
std::string Bind(std::string_view value, std::uint64_t scope, std::uint64_t subject, Timestamp now);

// The value of a cookie that the request brings; empty when absent.
std::string_view CookieOf(const RequestHead& head, std::string_view name);

// Whether the response sets a cookie of this name.
bool SetsCookie(const ResponseHead& head, std::string_view name);

// Appends a Set-Cookie field. It expires after seven days whatever the configured duration, which counts inside the
// value (the guide says so of AWSALBAPP; AWSALB: seen).
void AppendSetCookie(std::string& out, std::string_view name, std::string_view value, Timestamp now, bool cross_site,
                     bool secure);

}  // namespace drydock::loadbalancer
