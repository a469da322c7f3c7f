// Which private addresses of a subnet are taken: what the interfaces' records say, in a form that can be asked about
// one address. Made for a subnet when the first address of it is chosen.
#pragma once

#include "store/record.h"

namespace drydock::records::ec2 {

// An IPv4 address that an interface has.
struct TakenAddress {
  std::string subnet_id;
  std::int64_t address = 0;

  static constexpr store::TableName kTable{"ec2_taken_address"};
  static constexpr auto kId = store::Members(&TakenAddress::subnet_id, &TakenAddress::address);
  static constexpr auto kIndexed = store::Members(&TakenAddress::subnet_id);
};

// Where to look for the lowest free one: every usable address below is taken.
struct LowestFreeAddress {
  std::string subnet_id;
  std::int64_t address = 0;

  static constexpr store::TableName kTable{"ec2_lowest_free_address"};
  static constexpr auto kId = store::Members(&LowestFreeAddress::subnet_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::TakenAddress, subnet_id, address)
DRYDOCK_SCHEMA(drydock::records::ec2::LowestFreeAddress, subnet_id, address)
