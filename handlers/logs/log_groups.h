// Finding log groups and streams, shared by the operations.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "emulator/core/context.h"
#include "store/records/logs/log_group.h"

namespace drydock::logs {

// The timer that erases what is older than a group's retention (timers.cpp); its key is the group's name.
inline constexpr char kRetention[] = "logs.retention";

// Both throw ResourceNotFoundException.
records::logs::LogGroup FindGroup(Context& context, const std::string& name);
records::logs::LogStream FindStream(Context& context, const std::string& log_group, const std::string& name);

// The group of an operation that takes its name or its identifier: name or ARN, without ":*" at its end.
records::logs::LogGroup FindGroup(Context& context, const std::optional<std::string>& name,
                                  const std::optional<std::string>& identifier);

// The oldest time that is kept; absent: all are.
std::optional<Timestamp> OldestKept(const records::logs::LogGroup& group, Timestamp now);

// Throws what CreateLogGroup and TagResource say to tags they do not take.
void CheckTags(const std::map<std::string, std::string>& tags);

}  // namespace drydock::logs
