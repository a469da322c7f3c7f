// The index of the audit trail: which events have a term, a value of an attribute by which events are found.
//
// It is written a batch of events at a time: a row for each term of the batch (audit_postings.h), in the order of the
// tables' keys, so that each page is written once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "emulator/core/scope.h"
#include "store/audit_postings.h"

namespace drydock::store {

class Connection;
struct AuditEvent;

// Under this attribute every event of a scope is found.
inline constexpr int kAnyAuditEvent = 0;

// The term's number, if any event has it.
std::optional<std::int64_t> FindAuditTerm(Connection& connection, const Scope& scope, int attribute,
                                          const std::string& value);

class AuditIndex {
 public:
  explicit AuditIndex(Connection& connection) : connection_(connection) {}

  // The last event that is indexed; 0: none.
  std::int64_t Last() const;

  // Adds an event to the batch. `sequence` is greater than those of all that were indexed or added before.
  void Add(const AuditEvent& event, std::int64_t sequence);
  std::size_t size() const { return ids_.size(); }
  // Writes the batch.
  void Write();

 private:
  // What the batch adds to a term.
  struct Postings {
    std::tuple<Scope, int, std::string> term;  // where events are found, attribute, value
    std::vector<AuditPosting> events;
  };
  void Post(const AuditPosting& event, const Scope& found_in, int attribute, const std::string& value);

  Connection& connection_;
  std::unordered_map<std::string, Postings> postings_;
  std::string key_;  // of a term in the map, its room used again and again
  std::map<std::string, std::int64_t> ids_;
  std::int64_t last_ = 0;
};

}  // namespace drydock::store
