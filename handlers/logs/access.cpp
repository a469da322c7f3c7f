// What policies need to know about log groups.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon CloudWatch Logs". Calls
// about a group are decided for ".:log-group:<group>:log-stream:", as AWS's own messages show (aws-facts H.5).
#include "emulator/api/access.h"
#include "emulator/core/arn.h"
#include "store/database.h"
#include "store/records/logs/log_group.h"
#include "store/table.h"

namespace drydock::logs {

// Parts are the group, by name or ARN, and the stream.
AWS_RESOURCES(logs)
api::Resource ResourceOf(Context& context, std::string_view, const std::vector<std::string>& parts) {
  api::Resource resource;
  resource.owner = context.scope;
  std::string group = parts.front();
  if (const auto arn = Arn::Parse(group)) {
    constexpr std::string_view kType = "log-group:";
    resource.owner = {arn->account, arn->region};
    group = arn->resource.starts_with(kType) ? arn->resource.substr(kType.size()) : arn->resource;
    if (group.ends_with(":*")) group.resize(group.size() - 2);
  }
  resource.arn = "arn:aws:logs:" + resource.owner.region + ":" + resource.owner.account + ":log-group:" + group +
                 ":log-stream:" + (parts.size() > 1 ? parts[1] : "");
  if (const auto record = context.tx.Get<records::logs::LogGroup>(resource.owner, group)) resource.tags = record->tags;
  return resource;
}

}  // namespace drydock::logs
