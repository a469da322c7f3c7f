// How a record says in which table it lives. A record header (store/records/<service>/<resource>.h) reads:
//
//   namespace drydock::records::ec2 {
//   struct Subnet {
//     std::string subnet_id;
//     std::string vpc_id;
//     std::string cidr_block;
//
//     static constexpr store::TableName kTable{"ec2_subnet"};
//     static constexpr auto kId = store::Members(&Subnet::subnet_id);
//     static constexpr auto kIndexed = store::Members(&Subnet::vpc_id);
//   };
//   }  // namespace drydock::records::ec2
//   DRYDOCK_SCHEMA(drydock::records::ec2::Subnet, subnet_id, vpc_id, cidr_block)
//
// The three constants stand below the members. kIndexed is left out when there are no look-ups. An id may be made of
// several members: Members(&LogStream::log_group, &LogStream::name). Nested structs need DRYDOCK_SCHEMA only, above
// the record's. Records grow by new members (older documents read them as their defaults) and new kIndexed members
// (filled from the documents at the table's next write); a member is never renamed and never changes its type.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "emulator/core/schema.h"

namespace drydock::store {

// What a record's id is unique within, and what owns it.
enum class ScopeKind { kGlobal, kAccount, kRegion };

struct TableName {
  const char* name;  // "<service>_<resource>", lower case
  ScopeKind scope = ScopeKind::kRegion;
};

// Types of members that an id may be made of. Numbers (not negative) order as numbers.
template <class M>
concept IdMember = std::same_as<M, std::string> || std::same_as<M, std::int32_t> || std::same_as<M, std::int64_t>;

// Types of members that may be looked up: those, bool, Timestamp, and optionals of them.
template <class M>
concept IndexedMember =
    IdMember<M> || std::same_as<M, bool> || std::same_as<M, Timestamp> || std::same_as<M, std::optional<std::string>> ||
    std::same_as<M, std::optional<bool>> || std::same_as<M, std::optional<std::int32_t>> ||
    std::same_as<M, std::optional<std::int64_t>> || std::same_as<M, std::optional<Timestamp>>;

template <class T, IndexedMember... M>
constexpr std::tuple<M T::*...> Members(M T::*... members) {
  return {members...};
}

}  // namespace drydock::store
