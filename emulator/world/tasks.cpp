#include "emulator/world/tasks.h"

#include "emulator/core/arn.h"
#include "store/records/ecs/task.h"

namespace drydock::world {

namespace {

loadbalancer::Dial::Outcome Translated(tasks::Dial::Outcome outcome) {
  switch (outcome) {
    case tasks::Dial::Outcome::kConnect:
      return loadbalancer::Dial::Outcome::kConnect;
    case tasks::Dial::Outcome::kRefused:
      return loadbalancer::Dial::Outcome::kRefused;
    case tasks::Dial::Outcome::kNobody:
      break;
  }
  return loadbalancer::Dial::Outcome::kNobody;
}

}  // namespace

std::optional<std::string> FindInterfaceOfTask(store::Database& database, const std::string& task_arn) {
  const auto arn = Arn::Parse(task_arn);
  if (!arn) return std::nullopt;
  const auto id = arn->resource.substr(arn->resource.rfind('/') + 1);
  return database.Read([&](store::Transaction& tx) -> std::optional<std::string> {
    const auto task = tx.Get<records::ecs::Task>({arn->account, arn->region}, id);
    if (!task || task->arn != task_arn || task->attachment.network_interface_id.empty()) return std::nullopt;
    return task->attachment.network_interface_id;
  });
}

loadbalancer::Dial TaskHosts::Locate(const std::string& vpc_id, const std::string& address, int port,
                                     const std::string& source_address) const {
  tasks::Dial found = runtime_.Locate(vpc_id, address, port, source_address);
  return {Translated(found.outcome), std::move(found.address), found.port, std::move(found.preface)};
}

}  // namespace drydock::world
