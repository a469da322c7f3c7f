// The inverted lists behind the audit trail's look-ups: which events have a term (a value of an attribute).
//
// A row is a block: the events that one batch added to a term, within a few seconds, as offsets from its first. A
// call's event has about seven terms; as rows of their own they would cost more than all else a call does.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "emulator/core/clock.h"

namespace drydock::store {

class Connection;

struct AuditPosting {
  std::int64_t time = 0;  // milliseconds
  std::int64_t sequence = 0;
  auto operator<=>(const AuditPosting&) const = default;
};

class AuditPostings {
 public:
  explicit AuditPostings(Connection& connection) : connection_(connection) {}

  void Add(std::int64_t term, std::vector<AuditPosting> postings);

  // The term's postings that are not before `oldest` and before `behind`, newest first, until `visit` says false.
  void Walk(std::int64_t term, const AuditPosting& oldest, const AuditPosting& behind,
            const std::function<bool(const AuditPosting&)>& visit);

  // The events of all terms of this attribute in blocks that are wholly older than `oldest`, but for the one that is
  // `newest` and what is in a block with it.
  std::vector<std::int64_t> Older(int attribute, Timestamp oldest, std::int64_t newest);
  // Drops these blocks, of all terms.
  void EraseOlder(Timestamp oldest, std::int64_t newest);

 private:
  Connection& connection_;
};

}  // namespace drydock::store
