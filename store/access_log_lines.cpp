#include "store/access_log_lines.h"

#include <algorithm>

#include "store/sqlite.h"

namespace drydock::store {

void AccessLogLines::Append(const std::string& load_balancer, const std::vector<AccessLogLine>& lines,
                            std::size_t keep) {
  tx_.RequireWritable();
  for (const AccessLogLine& line : lines) {
    connection_.Prepare("INSERT INTO access_log_line (load_balancer, time, line) VALUES (?, ?, ?)")
        .Bind(std::string_view(load_balancer))
        .Bind(line.time)
        .Bind(std::string_view(line.text))
        .Run();
  }
  connection_
      .Prepare(
          "DELETE FROM access_log_line WHERE load_balancer = ?1 AND sequence <= (SELECT sequence FROM access_log_line "
          "WHERE load_balancer = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)")
      .Bind(std::string_view(load_balancer))
      .Bind(static_cast<std::int64_t>(keep))
      .Run();
}

std::vector<AccessLogLine> AccessLogLines::Latest(const std::string& load_balancer, std::size_t limit) {
  Statement statement = connection_.Prepare(
      "SELECT time, line FROM access_log_line WHERE load_balancer = ? ORDER BY sequence DESC LIMIT ?");
  statement.Bind(std::string_view(load_balancer)).Bind(static_cast<std::int64_t>(limit));
  std::vector<AccessLogLine> lines;
  while (statement.Step()) lines.push_back({{statement.Integer(0)}, statement.String(1)});
  std::reverse(lines.begin(), lines.end());
  return lines;
}

void AccessLogLines::Erase(const std::string& load_balancer) {
  tx_.RequireWritable();
  connection_.Prepare("DELETE FROM access_log_line WHERE load_balancer = ?")
      .Bind(std::string_view(load_balancer))
      .Run();
}

}  // namespace drydock::store
