#include "emulator/loadbalancer/data_plane.h"

#include <sys/socket.h>
#include <unistd.h>

#include <mutex>

#include "emulator/loadbalancer/health_checker.h"
#include "emulator/loadbalancer/listening.h"
#include "emulator/loadbalancer/worker.h"

namespace drydock::loadbalancer {

class DataPlane::Implementation {
 public:
  Implementation(DataPlaneOptions options, Clock& clock, const Network& network, const Hosts& hosts,
                 DataPlaneEvents events)
      : shared_(std::move(options), clock, network, hosts, events),
        health_checker_(clock, network, hosts, std::move(events), JoinFunction()) {
    shared_.join = JoinFunction();
    shared_.Publish(std::make_shared<Routing>(std::make_shared<Configuration>(), nullptr));
    for (int i = 0; i < std::max(shared_.options.threads, 1); ++i)
      workers_.push_back(std::make_unique<Worker>(shared_));
    // The first worker accepts and deals the connections out in turn.
    listening_ = std::make_unique<Listening>(workers_.front()->context(), shared_.options, [this]() -> Worker& {
      return *workers_[next_worker_++ % workers_.size()];
    });
    for (const auto& worker : workers_) worker->Start();
  }
  ~Implementation() { Stop(); }

  void Publish(ConfigurationPointer configuration) {
    std::lock_guard lock(mutex_);
    if (stopped_) return;
    const auto previous = shared_.routing();
    const auto routing = std::make_shared<const Routing>(std::move(configuration), previous.get());
    // Targets first, so that the first request through a new port finds them.
    health_checker_.Update(routing);
    shared_.Publish(routing);
    listening_->Update(*routing);
  }

  std::vector<ListeningEndpoint> Endpoints() const {
    std::lock_guard lock(mutex_);
    return stopped_ ? std::vector<ListeningEndpoint>() : listening_->Endpoints(*shared_.routing());
  }

  TargetHealth HealthOf(const std::string& group, const std::string& target, int port) const {
    return health_checker_.HealthOf(group, target, port);
  }

  RequestCounters CountersOf(const std::string& arn) const {
    const auto counters = shared_.routing()->FindCounters(arn);
    return counters == nullptr ? RequestCounters() : counters->Read();
  }

  void Stop() {
    std::lock_guard lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
    health_checker_.Stop();
    for (const auto& worker : workers_) worker->Stop();
    listening_.reset();
    // The first one first: its accepting coroutines hold sockets that belong to the others.
    for (auto& worker : workers_) worker.reset();
  }

 private:
  Join JoinFunction() {
    return [this](const std::string& own_address, int listener_port, Introduction introduction) {
      int ends[2];
      if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
      Worker& worker = *workers_[next_joined_++ % workers_.size()];
      net::post(worker.context(), [&worker, end = ends[1], listener_port, own_address, introduction] {
        // Asio minds the stream only: that it is none of TCP makes no difference to reads and writes.
        Socket socket(worker.context());
        error_code error;
        socket.assign(tcp::v4(), end, error);
        if (error) {
          ::close(end);
          return;
        }
        net::co_spawn(worker.context(),
                      ServeClient(worker, std::move(socket), listener_port, own_address, introduction), net::detached);
      });
      return ends[0];
    };
  }

  Shared shared_;
  HealthChecker health_checker_;
  mutable std::mutex mutex_;
  bool stopped_ = false;                          // guarded by mutex_
  std::vector<std::unique_ptr<Worker>> workers_;  // fixed until Stop()
  std::unique_ptr<Listening> listening_;          // guarded by mutex_
  std::size_t next_worker_ = 0;                   // of the accepting thread
  std::atomic<std::size_t> next_joined_{0};
};

DataPlane::DataPlane(DataPlaneOptions options, Clock& clock, const Network& network, const Hosts& hosts,
                     DataPlaneEvents events)
    : implementation_(std::make_unique<Implementation>(std::move(options), clock, network, hosts, std::move(events))) {}
DataPlane::~DataPlane() = default;
void DataPlane::Publish(ConfigurationPointer configuration) {
  implementation_->Publish(std::move(configuration));
}
std::vector<ListeningEndpoint> DataPlane::Endpoints() const {
  return implementation_->Endpoints();
}
TargetHealth DataPlane::HealthOf(const std::string& target_group_arn, const std::string& target_id, int port) const {
  return implementation_->HealthOf(target_group_arn, target_id, port);
}
RequestCounters DataPlane::CountersOf(const std::string& arn) const {
  return implementation_->CountersOf(arn);
}
void DataPlane::Stop() {
  implementation_->Stop();
}

}  // namespace drydock::loadbalancer
