#include "store/audit_postings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <queue>

#include "store/sqlite.h"

namespace drydock::store {

namespace {

// Blocks are found by their last event's time, so one must not reach far into the past.
constexpr std::int64_t kLongestBlock = 5'000;  // milliseconds
constexpr std::size_t kMostPostings = 512;     // in a block

// "0 0,15 1,15 2": the offsets of time and sequence.
std::string Written(const std::vector<AuditPosting>& postings, std::size_t from, std::size_t to,
                    const AuditPosting& first) {
  std::string text;
  for (std::size_t i = from; i < to; ++i)
    fmt::format_to(std::back_inserter(text), "{}{} {}", i == from ? "" : ",", postings[i].time - first.time,
                   postings[i].sequence - first.sequence);
  return text;
}

template <class Visit>
void ReadBlock(std::string_view text, const AuditPosting& first, Visit visit) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    AuditPosting offset;
    at = std::from_chars(at, end, offset.time).ptr + 1;
    at = std::from_chars(at, end, offset.sequence).ptr + 1;
    visit(AuditPosting{first.time + offset.time, first.sequence + offset.sequence});
  }
}

}  // namespace

void AuditPostings::Add(std::int64_t term, std::vector<AuditPosting> postings) {
  std::sort(postings.begin(), postings.end());
  for (std::size_t from = 0, to = 0; from < postings.size(); from = to) {
    AuditPosting first = postings[from];
    std::int64_t last_sequence = first.sequence;
    while (to < postings.size() && to - from < kMostPostings && postings[to].time - first.time <= kLongestBlock) {
      first.sequence = std::min(first.sequence, postings[to].sequence);
      last_sequence = std::max(last_sequence, postings[to++].sequence);
    }
    const std::string events = Written(postings, from, to, first);
    Statement statement = connection_.Prepare(
        "INSERT INTO audit_posting (term, last_time, last_sequence, first_time, first_sequence, events) VALUES (?, ?, "
        "?, ?, ?, ?)");
    statement.Bind(term).Bind(postings[to - 1].time).Bind(last_sequence);
    statement.Bind(first.time).Bind(first.sequence).Bind(std::string_view(events)).Run();
  }
}

void AuditPostings::Walk(std::int64_t term, const AuditPosting& oldest, const AuditPosting& behind,
                         const std::function<bool(const AuditPosting&)>& visit) {
  Statement block = connection_.Prepare(
      "SELECT last_time, first_time, first_sequence, events FROM audit_posting WHERE term = ? AND last_time >= ? AND "
      "last_time <= ? ORDER BY last_time DESC, last_sequence DESC");
  constexpr auto kEver = std::numeric_limits<std::int64_t>::max() - kLongestBlock;
  block.Bind(term).Bind(oldest.time).Bind(std::min(behind.time, kEver) + kLongestBlock);
  std::priority_queue<AuditPosting> known;
  bool more = block.Step();
  while (true) {
    // Blocks overlap a little: those that may hold a newer event than the newest that is known come first.
    while (more && (known.empty() || block.Integer(0) >= known.top().time)) {
      const AuditPosting first{block.Integer(1), block.Integer(2)};
      if (first.time <= behind.time) {
        ReadBlock(block.Text(3), first, [&](const AuditPosting& posting) {
          if (posting >= oldest && posting < behind) known.push(posting);
        });
      }
      more = block.Step();
    }
    if (known.empty() || !visit(known.top())) return;
    known.pop();
  }
}

std::vector<std::int64_t> AuditPostings::Older(int attribute, Timestamp oldest, std::int64_t newest) {
  std::vector<std::int64_t> events;
  Statement block = connection_.Prepare(
      "SELECT first_time, first_sequence, events FROM audit_posting WHERE term IN (SELECT term FROM audit_term WHERE "
      "attribute = ?) AND last_time < ? AND last_sequence < ?");
  block.Bind(std::int64_t{attribute}).Bind(oldest).Bind(newest);
  while (block.Step())
    ReadBlock(block.Text(2), {block.Integer(0), block.Integer(1)},
              [&](const AuditPosting& posting) { events.push_back(posting.sequence); });
  return events;
}

void AuditPostings::EraseOlder(Timestamp oldest, std::int64_t newest) {
  connection_
      .Prepare(
          "DELETE FROM audit_posting WHERE term IN (SELECT term FROM audit_term) AND last_time < ? AND last_sequence < "
          "?")
      .Bind(oldest)
      .Bind(newest)
      .Run();
}

}  // namespace drydock::store
