// How other services write to CloudWatch Logs.
#pragma once

#include <string>
#include <vector>

#include "emulator/core/context.h"

namespace drydock::logs {

struct Line {
  Timestamp timestamp;
  std::string text;  // without its line end
};

// Writes lines as the awslogs driver does, as the context's principal: CreateLogStream if the stream is missing, then
// PutLogEvents in as many batches as their limits ask for. Lines are put in the order of their times; empty ones are
// dropped; one longer than 256 KiB becomes several. Throws what those operations throw: ResourceNotFoundException where
// the group is missing.
void PutLines(Context& context, const std::string& log_group, const std::string& log_stream, std::vector<Line> lines);

}  // namespace drydock::logs
