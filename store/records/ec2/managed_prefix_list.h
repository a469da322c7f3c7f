// A prefix list that the account manages, with all its versions. AWS's own lists are not kept: they are fixed
// (emulator/network/aws_prefix_lists.h).
#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

struct PrefixListEntry {
  std::string cidr;
  std::optional<std::string> description;
};

struct PrefixListVersion {
  std::int64_t version = 1;
  std::vector<PrefixListEntry> entries;
};

struct ManagedPrefixList {
  std::string prefix_list_id;  // pl-…
  std::string name;
  std::string address_family;  // IPv4, IPv6
  std::int32_t max_entries = 0;
  std::string state;  // create-in-progress, create-complete, modify-…, restore-…, delete-in-progress
  std::optional<std::string> state_message;
  std::vector<PrefixListVersion> versions;  // the current one last; there is always one
  Tags tags;

  const PrefixListVersion& current() const { return versions.back(); }

  static constexpr store::TableName kTable{"ec2_managed_prefix_list"};
  static constexpr auto kId = store::Members(&ManagedPrefixList::prefix_list_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::PrefixListEntry, cidr, description)
DRYDOCK_SCHEMA(drydock::records::ec2::PrefixListVersion, version, entries)
DRYDOCK_SCHEMA(drydock::records::ec2::ManagedPrefixList, prefix_list_id, name, address_family, max_entries, state,
               state_message, versions, tags)
