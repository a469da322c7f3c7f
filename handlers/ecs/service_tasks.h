// The tasks of a service, as its scheduler sees and changes them in one round.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "emulator/core/errors.h"
#include "handlers/ecs/service_scheduler.h"
#include "store/records/ecs/service.h"
#include "store/records/ecs/task.h"
#include "store/records/ecs/task_definition.h"

namespace drydock::ecs {

// nullptr when the service has no such deployment (any more).
records::ecs::Deployment* FindDeployment(records::ecs::Service& service, const std::string& deployment_id);

// The target group that a deployment's tasks belong into: its own of the load balancer's two, if there are two.
std::string TargetGroupOf(const LoadBalancer& balancer, bool alternate);

class ServiceTasks {
 public:
  // The tasks that are not STOPPED. Both references outlive the object; the caller stores `service` in the end.
  ServiceTasks(Context& context, records::ecs::Service& service);

  // Every RUNNING task comes into the target groups of its deployment's revision, and is judged: aws-facts D.6.
  void RegisterTargets();
  void Judge();

  // What Decide needs for this deployment: of all tasks, where those of other deployments are old ones, or of its own
  // tasks alone. After Judge().
  Situation RollingSituation(const records::ecs::Deployment& deployment) const;
  Situation OwnSituation(const records::ecs::Deployment& deployment) const;

  // Stops and starts what the plan says, for this deployment. Whether there was anything to do. The service may have
  // another PRIMARY deployment afterwards: the circuit breaker's.
  bool Carry(const Plan& plan, const std::string& deployment_id);

  bool empty() const { return tasks_.empty(); }
  // Which deployment a task is of.
  const std::string& DeploymentOf(const std::string& task_id) const { return tasks_[index_.at(task_id)].deployment_id; }
  bool HasTasksOf(const std::string& deployment_id) const;
  int CountLive(const std::string& deployment_id) const;
  // How many run, and how many are about to. Tasks on their way out count for neither.
  std::pair<int, int> CountRunningAndPending(const std::string& deployment_id) const;

  // When something may have changed without anybody telling.
  const std::optional<Timestamp>& next_look() const { return next_look_; }
  void LookAgainAt(Timestamp when);

 private:
  static bool IsLive(const records::ecs::Task& task) { return task.desired_status == "RUNNING"; }
  const records::ecs::ServiceRevision& RevisionOfDeployment(const records::ecs::Deployment& deployment);
  void SayUnregistrable(const std::string& target_group_arn, const ApiError& error);
  Verdict VerdictOn(const records::ecs::Task& task);
  Verdict WithPatience(records::ecs::Task& task, Verdict verdict);
  bool MayStart(const records::ecs::Deployment& deployment) const;
  void Stop(const std::string& id, const std::string& reason, std::map<std::string, int>& draining);
  void SayDraining(const std::map<std::string, int>& draining, const std::string& deployment_id);
  void StopUnhealthy(const std::vector<std::string>& ids, const std::string& deployment_id);
  void StopSurplus(const std::vector<std::string>& ids, const std::string& deployment_id);
  void Start(const Plan& plan, const std::string& deployment_id);
  void SayUnplaceable(const records::ecs::TaskDefinition& definition);

  Context& context_;
  records::ecs::Service& service_;
  std::vector<records::ecs::Task> tasks_;
  std::map<std::string, std::size_t> index_;  // by task id
  std::vector<TaskState> states_;             // of the live ones; after Judge()
  std::map<std::string, std::string> deployment_of_;
  std::map<std::string, records::ecs::ServiceRevision> revisions_;
  std::set<std::string> unregistered_;          // tasks that a target group did not take
  std::map<std::string, std::string> reasons_;  // of unhealthy tasks: the stoppedReason
  std::map<std::string, std::string> events_;   // and the service event
  std::optional<Timestamp> next_look_;
};

}  // namespace drydock::ecs
