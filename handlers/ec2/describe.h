// The frame of the Describe operations whose resources are records: those named or all, filtered, a page of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

// The operation, and its list of ids as the request and AWS's message have it.
struct DescribeFrame {
  const char* operation;
  const char* ids_parameter;
  const List<std::string>& ids;
};

// `show(record)` is the record as the answer shows it, or nothing for one that was not asked for; kId names an item of
// the page.
template <class Record, auto kId, class In, class Wire, std::size_t kCount, class Show>
std::vector<Wire> DescribePage(Context& context, const DescribeFrame& frame, const In& in,
                               const FilterOf<Wire> (&filters)[kCount], std::optional<std::string>& next_token,
                               Show show) {
  RefuseIdsWithPages(frame.ids_parameter, !frame.ids.empty(), in.MaxResults);
  std::vector<Wire> shown;
  for (const auto& record : Select<Record>(context, frame.ids))
    if (std::optional<Wire> wire = show(record)) shown.push_back(std::move(*wire));
  KeepMatching(shown, in.Filters, filters);
  EndDryRun(in.DryRun);
  return PageOf(context, frame.operation, in, std::move(shown), next_token,
                [](const Wire& wire) { return *(wire.*kId); });
}

}  // namespace drydock::ec2
