#include "emulator/network/aws_prefix_lists.h"

#include <fmt/format.h>

namespace drydock::network {
namespace {

struct KnownId {
  std::string_view name;
  std::string_view id;
};
constexpr KnownId kKnownIds[] = {
    {"com.amazonaws.us-east-1.s3", "pl-63a5400a"},
    {"com.amazonaws.us-east-1.dynamodb", "pl-02cd2c6b"},
};

// FNV-1a: the same in every build, unlike std::hash.
std::uint32_t HashOf(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

std::string IdOf(std::string_view name, std::string_view region) {
  for (const auto& known : kKnownIds)
    if (known.name == name) return std::string(known.id);
  return fmt::format("pl-{:08x}", HashOf(fmt::format("{} {}", name, region)));
}

}  // namespace

std::vector<PrefixList> AwsPrefixLists(std::string_view region) {
  constexpr std::string_view kServices[] = {"s3", "dynamodb", "ec2-instance-connect", "route53-healthchecks",
                                            "vpc-lattice"};
  std::vector<std::string> names;
  for (const auto service : kServices) names.push_back(fmt::format("com.amazonaws.{}.{}", region, service));
  names.emplace_back("com.amazonaws.global.cloudfront.origin-facing");

  // A region has 32 blocks of eight addresses, so that no two lists of a region overlap.
  constexpr std::uint32_t kPool = 0xC6120000;  // 198.18.0.0
  const std::uint32_t of_region = kPool + ((HashOf(region) % 255) + 1) * 256;
  std::vector<PrefixList> lists;
  for (std::uint32_t i = 0; i < names.size(); ++i)
    lists.push_back({IdOf(names[i], region), names[i], {Cidr(Address::V4(of_region + i * 8), 29)}});
  return lists;
}

}  // namespace drydock::network
