#include "emulator/world/flow_recorder.h"

#include <atomic>
#include <map>
#include <mutex>
#include <tuple>

#include "store/records/ec2/flow_log.h"

namespace drydock::world {

namespace {

using records::ec2::FlowLog;

// A port of [first, last] that is the same for the same ends.
std::uint16_t PortFor(const network::Packet& packet, std::uint16_t first, std::uint16_t last) {
  std::size_t hash =
      std::hash<network::Address>()(packet.source) * 31 + std::hash<network::Address>()(packet.destination);
  hash = hash * 31 + (packet.destination_ports.empty() ? 0 : packet.destination_ports.front().from);
  return static_cast<std::uint16_t>(first + hash % (last - first + 1U));
}

constexpr std::uint16_t kFirstOfHosts = 32768, kLastOfHosts = 60999;  // Linux; VPC User Guide, "Ephemeral ports"
constexpr std::uint16_t kFirstOfNat = 1024, kLastOfNat = 65535;

}  // namespace

class FlowRecorder::Store {
 public:
  Store(store::Database& database, Clock& clock) : database_(database), clock_(clock) {}

  bool wanted() const { return wanted_.load(std::memory_order_relaxed); }

  void ReadFlowLogs() {
    const auto flow_logs = database_.Read([](store::Transaction& tx) { return tx.ListAll<FlowLog>(); });
    const std::lock_guard lock(mutex_);
    std::map<std::string, Log> now;
    for (const auto& [scope, flow_log] : flow_logs) {
      Log& log = now[flow_log.flow_log_id];
      if (const auto known = logs_.find(flow_log.flow_log_id); known != logs_.end()) log = std::move(known->second);
      log.resource_id = flow_log.resource_id;
    }
    logs_ = std::move(now);
    wanted_ = !logs_.empty();
  }

  void Saw(const network::Topology& topology, const network::Path& path) {
    if (!wanted() || path.forward.empty()) return;
    const network::Packet& first = path.forward.front().packet;
    const auto records = network::RecordsOf(topology, path, PortFor(first, kFirstOfHosts, kLastOfHosts),
                                            PortFor(first, kFirstOfNat, kLastOfNat), clock_.Now());
    const std::lock_guard lock(mutex_);
    for (auto& [id, log] : logs_)
      for (const auto& record : records)
        if (log.resource_id == record.interface_id || log.resource_id == record.subnet_id ||
            log.resource_id == record.vpc_id)
          Add(log, record);
  }

  std::vector<network::FlowRecord> Take(const std::string& flow_log_id) {
    const std::lock_guard lock(mutex_);
    const auto log = logs_.find(flow_log_id);
    if (log == logs_.end()) return {};
    log->second.places.clear();
    return std::exchange(log->second.records, {});
  }

 private:
  using Key = std::tuple<std::string, network::Direction, bool, network::Address, network::Address, network::Address,
                         network::Address, std::uint16_t, std::uint16_t, int>;
  struct Log {
    std::string resource_id;
    std::vector<network::FlowRecord> records;
    std::map<Key, std::size_t> places;  // in `records`
  };

  static void Add(Log& log, const network::FlowRecord& record) {
    const Key key{record.interface_id,     record.direction,     record.accepted,           record.source,
                  record.destination,      record.packet_source, record.packet_destination, record.source_port,
                  record.destination_port, record.protocol};
    const auto [place, is_new] = log.places.emplace(key, log.records.size());
    if (is_new) {
      log.records.push_back(record);
      return;
    }
    network::FlowRecord& known = log.records[place->second];
    known.packets += record.packets;
    known.bytes += record.bytes;
    known.tcp_flags |= record.tcp_flags;
    known.end = record.end;
  }

  store::Database& database_;
  Clock& clock_;
  std::atomic<bool> wanted_{false};
  std::mutex mutex_;
  std::map<std::string, Log> logs_;  // by id; guarded by mutex_
};

FlowRecorder::FlowRecorder(store::Database& database, Clock& clock)
    : store_(std::make_shared<Store>(database, clock)),
      subscription_(database.OnCommit([store = store_](const store::Commit& commit) {
        for (const store::Change& change : commit.changes)
          if (change.Is<FlowLog>()) return store->ReadFlowLogs();
      })) {
  store_->ReadFlowLogs();
}
FlowRecorder::~FlowRecorder() = default;

bool FlowRecorder::wanted() const {
  return store_->wanted();
}
void FlowRecorder::Saw(const network::Topology& topology, const network::Path& path) {
  store_->Saw(topology, path);
}
std::vector<network::FlowRecord> FlowRecorder::Take(const std::string& flow_log_id) {
  return store_->Take(flow_log_id);
}

}  // namespace drydock::world
