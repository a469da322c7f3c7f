// A service's deployments: how they begin, fail, roll back and complete.
#pragma once

#include <functional>
#include <string>

#include "emulator/core/context.h"
#include "store/records/ecs/service.h"
#include "store/records/ecs/task.h"

namespace drydock::ecs {

std::string ServiceRevisionArn(const Scope& scope, const records::ecs::Service& service,
                               const std::string& revision_id);
std::string ServiceDeploymentArn(const Scope& scope, const records::ecs::Service& service,
                                 const std::string& deployment_id);

// The revision must be there.
records::ecs::ServiceRevision RevisionOf(Context& context, const std::string& revision_id);

// Makes `revision` (whose id and time are given here) the service's newest and begins to bring it out: a new PRIMARY
// deployment, which desires no task yet. The caller stores `service`, as with all functions below.
void BeginDeployment(Context& context, records::ecs::Service& service, records::ecs::ServiceRevision revision);

// A task of a deployment has ended or is about to, and not because nobody wanted it: it failed to start, its essential
// container exited, it was unhealthy. Counts if it never was healthy, makes the scheduler wait, and opens the circuit
// breaker when it is the last straw.
void CountFailure(Context& context, records::ecs::Service& service, const records::ecs::Task& task);

// ECS could not even make a task.
void CountFailedLaunch(Context& context, records::ecs::Service& service, const std::string& deployment_id);

// A task of the deployment became healthy for the first time: it is no longer failing.
void CountSuccess(records::ecs::Deployment& deployment);

// The PRIMARY deployment has failed, or somebody wants it stopped. With `roll_back` the last completed revision comes
// back, if there is one: in a new PRIMARY deployment, or, where both revisions run side by side, in its old one.
void FailDeployment(Context& context, records::ecs::Service& service, const std::string& reason, bool roll_back);

// The PRIMARY deployment fails because an alarm that it watches went off.
void FailByAlarm(Context& context, records::ecs::Service& service, const std::string& alarm_name);

// The last task of a deployment that failed while both revisions ran is gone.
void RollbackEnds(Context& context, const records::ecs::Deployment& failed);

// The PRIMARY deployment has all its tasks healthy and the others have none: it is COMPLETED.
void CompleteDeployment(Context& context, records::ecs::Service& service);

// Changes what DescribeServiceDeployments tells of a deployment; nothing without one.
void ChangeHistory(Context& context, const std::string& deployment_id,
                   const std::function<void(records::ecs::ServiceDeployment&)>& change);

}  // namespace drydock::ecs
