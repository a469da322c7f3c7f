#include "handlers/cloudtrail/lookup.h"

#include <algorithm>

#include <fmt/format.h>

#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/cloudtrail/errors.h"
#include "store/database.h"

namespace drydock::cloudtrail {

using TrailRecord = records::cloudtrail::Trail;

namespace {

constexpr std::size_t kShortestName = 3, kLongestName = 128;

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool LooksLikeAddress(const std::string& name) {
  const auto parts = Split(name, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return !part.empty() && part.size() <= 3 && part.find_first_not_of("0123456789") == std::string::npos;
         });
}

}  // namespace

void CheckTrailName(const std::string& name) {
  const auto bad = [](std::string message) { throw errors::InvalidTrailName(std::move(message)); };
  if (name.empty()) bad("Trail name cannot be blank!");
  if (name.size() < kShortestName)
    bad(fmt::format(
        "Trail name too short. Minimum allowed length: {} characters. Specified name length: {} characters.",
        kShortestName, name.size()));
  if (name.size() > kLongestName)
    bad(fmt::format("Trail name too long. Maximum allowed length: {} characters. Specified name length: {} characters.",
                    kLongestName, name.size()));
  if (!IsLetterOrDigit(name.front())) bad("Trail name must starts with a letter or number.");
  if (!IsLetterOrDigit(name.back())) bad("Trail name must ends with a letter or number.");
  for (const char c : name)
    if (!IsLetterOrDigit(c) && c != '.' && c != '-' && c != '_')
      bad("Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), "
          "and underscores (_).");
  for (std::size_t i = 1; i < name.size(); ++i)
    if (!IsLetterOrDigit(name[i]) && !IsLetterOrDigit(name[i - 1]))
      bad("Trail name cannot have adjacent periods, hyphens, or underscores.");
  if (LooksLikeAddress(name)) bad("Trail name cannot be in IP address format.");
}

std::string TrailArn(const Context& context, const std::string& name) {
  return context.Arn("cloudtrail", "trail/" + name);
}

std::string ArnOfTrail(const Context& context, const std::string& name_or_arn) {
  if (!Arn::LooksLike(name_or_arn)) {
    CheckTrailName(name_or_arn);
    return TrailArn(context, name_or_arn);
  }
  const auto parsed = Arn::Parse(name_or_arn);
  if (!parsed || parsed->service != "cloudtrail" || !parsed->Named("trail")) throw errors::InvalidTrailArn(name_or_arn);
  CheckTrailName(*parsed->Named("trail"));
  return name_or_arn;
}

TrailRecord FindTrail(Context& context, const std::string& name_or_arn) {
  const std::string arn = ArnOfTrail(context, name_or_arn);
  auto trail = context.tx.Get<TrailRecord>(context.scope, arn);
  if (!trail) throw errors::TrailNotFound(arn, context.account());
  return *trail;
}

TrailRecord FindTrailAtHome(Context& context, const std::string& name_or_arn) {
  auto trail = FindTrail(context, name_or_arn);
  if (trail.home_region != context.region()) throw errors::InvalidHomeRegion(trail.arn, trail.home_region);
  return trail;
}

}  // namespace drydock::cloudtrail
