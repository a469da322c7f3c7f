#include "handlers/ecs/services.h"

#include "api/ecs/DeleteServiceRequest.h"
#include "api/ecs/DeleteServiceResponse.h"
#include "handlers/ecs/testing/account.h"

using namespace drydock;
using namespace drydock::ecs;

namespace drydock::ecs {
DeleteServiceResponse DeleteService(Context&, const DeleteServiceRequest&);
}

namespace {

constexpr Duration kLong = std::chrono::seconds(20);

loadbalancer::TargetHealth Healthy() {
  return {loadbalancer::TargetStatus::kHealthy, "", ""};
}
loadbalancer::TargetHealth TimedOut() {
  return {loadbalancer::TargetStatus::kUnhealthy, "Target.Timeout", "Request timed out"};
}

std::size_t Count(const std::vector<std::string>& messages, const std::string& part) {
  return static_cast<std::size_t>(std::count_if(messages.begin(), messages.end(), [&](const std::string& message) {
    return message.find(part) != std::string::npos;
  }));
}

UpdateServiceRequest Update() {
  UpdateServiceRequest request;
  request.cluster = "main";
  request.service = "auth";
  return request;
}

// An image that does not exist.
std::string RegisterBad(Account& account) {
  auto definition = account.Definition("auth");
  definition.containerDefinitions.front().image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/auth:bad";
  return *account.Call(RegisterTaskDefinition, definition).taskDefinition->taskDefinitionArn;
}

}  // namespace

TEST_CASE("a service starts its tasks over the Availability Zones and becomes steady") {
  Account account;
  const Service created = *account.Call(CreateService, account.ServiceRequest(2)).service;
  CHECK(created.status == "ACTIVE");
  CHECK(created.deployments.at(0).desiredCount == 0);
  CHECK(created.deployments.at(0).rolloutState == "IN_PROGRESS");
  account.Play();
  CHECK(account.DescribeService().runningCount == 2);
  account.Wait(std::chrono::seconds(1));

  const Service service = account.DescribeService();
  CHECK(service.deployments.size() == 1);
  CHECK(service.deployments.at(0).rolloutState == "COMPLETED");
  CHECK(service.deployments.at(0).rolloutStateReason ==
        "ECS deployment " + *service.deployments.at(0).id + " completed.");
  const auto tasks = account.Tasks();
  REQUIRE(tasks.size() == 2);
  CHECK(tasks[0].availability_zone != tasks[1].availability_zone);
  CHECK(tasks[0].started_by == *service.deployments.at(0).id);
  CHECK(account.Events() ==
        std::vector<std::string>{
            "(service auth) has started 2 tasks: (task " + tasks[0].id + ") (task " + tasks[1].id + ").",
            "(service auth) (deployment " + *service.deployments.at(0).id + ") deployment completed.",
            "(service auth) has reached a steady state."});
}

TEST_CASE("targets are registered, judged and deregistered") {
  Account account;
  account.Call(CreateService, account.ServiceRequest(2, true));
  account.Play();
  CHECK(account.DescribeService().runningCount == 2);
  account.Wait(kLong);
  CHECK(account.DescribeService().deployments.at(0).rolloutState == "IN_PROGRESS");
  CHECK(Count(account.Events(), "registered 2 targets in (target-group " + account.target_group + ")") == 1);
  account.SetHealth(Healthy());
  CHECK(account.DescribeService().deployments.at(0).rolloutState == "COMPLETED");

  auto update = Update();
  update.desiredCount = 1;
  account.Call(UpdateService, update);
  account.Play();
  CHECK(account.TasksIn("DEACTIVATING").size() == 1);
  CHECK(Count(account.Events(), "has begun draining connections on 1 tasks.") == 1);
  CHECK(Count(account.Events(), "deregistered 1 targets in (target-group " + account.target_group + ")") == 1);
  account.Wait(kLong);  // longer than the quick deregistration delay
  CHECK(account.TasksIn("STOPPED").size() == 1);
  CHECK(account.TasksIn("STOPPED").at(0).stopped_reason ==
        "Scaling activity initiated by (deployment " + *account.DescribeService().deployments.at(0).id + ")");
}

TEST_CASE("a task that ends is replaced") {
  Account account;
  account.Call(CreateService, account.ServiceRequest(2));
  account.Wait(std::chrono::seconds(1));
  const auto first = account.Tasks().at(0);
  account.events.ContainerExited(first.arn, "web", 1, "");
  account.Wait(std::chrono::seconds(1));
  CHECK(account.TasksIn("RUNNING").size() == 2);
  CHECK(account.TasksIn("STOPPED").size() == 1);
  CHECK(Count(account.Events(), "has started 1 tasks:") == 1);
  CHECK(Count(account.Events(), "has reached a steady state.") == 2);
}

TEST_CASE("a rolling update replaces all tasks and completes; the old revision can be brought back") {
  Account account;
  account.Call(CreateService, account.ServiceRequest(2, true));
  account.Play();
  account.SetHealth(Healthy());
  const std::string second = account.Register("auth");
  auto update = Update();
  update.taskDefinition = "auth";
  const Service updated = *account.Call(UpdateService, update).service;
  CHECK(updated.deployments.size() == 2);
  CHECK(updated.deployments.at(0).status == "PRIMARY");
  CHECK(updated.deployments.at(1).status == "ACTIVE");
  CHECK(updated.taskDefinition == second);
  account.Play();
  CHECK(account.TasksIn("RUNNING").size() == 4);  // the new ones are not healthy yet
  account.SetHealth(Healthy());
  account.Wait(kLong);
  CHECK(account.DescribeService().deployments.size() == 1);
  CHECK(account.DescribeService().deployments.at(0).rolloutState == "COMPLETED");
  CHECK(account.TasksIn("RUNNING").size() == 2);
  for (const auto& task : account.TasksIn("RUNNING")) CHECK(task.task_definition_arn == second);

  update.taskDefinition = "auth:1";
  account.Call(UpdateService, update);
  account.Play();
  account.SetHealth(Healthy());
  account.Wait(kLong);
  for (const auto& task : account.TasksIn("RUNNING")) CHECK(task.task_definition_arn.ends_with(":1"));
}

TEST_CASE("an update that changes nothing is no deployment, unless it is forced") {
  Account account;
  account.Call(CreateService, account.ServiceRequest(1));
  account.Wait(std::chrono::seconds(1));
  auto update = Update();
  update.taskDefinition = "auth:1";
  update.networkConfiguration = account.Network();
  CHECK(account.Call(UpdateService, update).service->deployments.size() == 1);
  update.forceNewDeployment = true;
  CHECK(account.Call(UpdateService, update).service->deployments.size() == 2);
}

TEST_CASE("tasks whose targets fail are replaced, after the grace period") {
  Account account;
  auto request = account.ServiceRequest(2, true);
  request.healthCheckGracePeriodSeconds = 60;
  account.Call(CreateService, request);
  account.Play();
  account.SetHealth(Healthy());
  account.SetHealth(TimedOut(), "10.0.10.4");
  account.Wait(std::chrono::seconds(1));
  CHECK(Count(account.Events(), "unhealthy") == 0);
  account.Wait(std::chrono::seconds(75));
  CHECK(Count(account.Events(), "has started 1 tasks:") == 1);
  CHECK(Count(account.Events(), "Amazon ECS replaced 1 tasks due to an unhealthy status.") == 1);
  CHECK(account.TasksIn("RUNNING").size() == 3);
  account.SetHealth(Healthy(), "10.0.10.5");  // the replacement
  account.Wait(kLong);
  const auto stopped = account.TasksIn("STOPPED");
  REQUIRE(stopped.size() == 1);
  CHECK(stopped[0].stop_code == "ServiceSchedulerInitiated");
  CHECK(stopped[0].stopped_reason == "Task failed ELB health checks in (target-group " + account.target_group + ")");
  CHECK(Count(account.Events(), "(task " + stopped[0].id + ") (port 3000) is unhealthy in (target-group " +
                                    account.target_group + ") due to (reason Request timed out).") == 1);
}

TEST_CASE("targets that are unhealthy for a moment heal, and nothing is restarted") {
  Account account;
  account.Call(CreateService, account.ServiceRequest(2, true));
  account.Play();
  account.SetHealth(Healthy());
  account.SetHealth(TimedOut());
  account.Wait(std::chrono::seconds(5));
  account.SetHealth(Healthy());
  account.Wait(std::chrono::seconds(30));
  CHECK(account.Tasks().size() == 2);
  CHECK(account.TasksIn("RUNNING").size() == 2);
  CHECK(Count(account.Events(), "has reached a steady state.") == 1);
}

TEST_CASE("tasks that do not start are tried again, ever more slowly, and the events say why") {
  Account account;
  auto request = account.ServiceRequest(1);
  request.taskDefinition = RegisterBad(account);
  account.Call(CreateService, request);
  account.Wait(std::chrono::seconds(60));
  const auto tried = account.Tasks().size();
  CHECK(tried > 5);
  CHECK(tried < 20);
  CHECK(Count(account.Events(), "was unable to place a task. Reason: CannotPullContainerError: ") == tried);
  CHECK(Count(account.Events(),
              "is unable to consistently start tasks successfully. For more information, see the "
              "Troubleshooting section of the Amazon ECS Developer Guide.") == 1);
  CHECK(account.DescribeService().deployments.at(0).failedTasks == static_cast<int>(tried));
  CHECK(account.DescribeService().runningCount == 0);
}

TEST_CASE("tasks that run and then fail are not what the service cannot start") {
  // ECS developer guide, "Amazon ECS service throttle logic": they bring no such event.
  Account account;
  account.Call(CreateService, account.ServiceRequest(1));
  for (int failed = 0; failed < 7; ++failed) {
    for (int i = 0; i < 400 && account.TasksIn("RUNNING").empty(); ++i) account.Wait(std::chrono::milliseconds(50));
    account.events.ContainerExited(account.TasksIn("RUNNING").at(0).arn, "web", 1, "");
    account.Play();
  }
  CHECK(account.DescribeService().deployments.at(0).failedTasks == 7);
  CHECK(Count(account.Events(), "is unable to consistently start tasks successfully.") == 0);
}

TEST_CASE("the circuit breaker opens and rolls back to the last completed revision") {
  Account account;
  auto request = account.ServiceRequest(2);
  auto& breaker = request.deploymentConfiguration.emplace().deploymentCircuitBreaker.emplace();
  breaker.enable = breaker.rollback = true;
  account.Call(CreateService, request);
  account.Wait(std::chrono::seconds(1));
  const std::string good = *account.DescribeService().deployments.at(0).id;
  auto update = Update();
  update.taskDefinition = RegisterBad(account);
  const std::string bad = *account.Call(UpdateService, update).service->deployments.at(0).id;
  account.Wait(kLong);

  const Service service = account.DescribeService();
  CHECK(service.taskDefinition->ends_with("auth:1"));
  REQUIRE(service.deployments.size() == 1);
  CHECK(service.deployments.at(0).rolloutState == "COMPLETED");
  CHECK(service.runningCount == 2);
  CHECK(Count(account.Events(), "(deployment " + bad + ") deployment failed: tasks failed to start.") == 1);
  CHECK(Count(account.Events(), "rolling back to deployment " + good + ".") == 1);
}

TEST_CASE("a first deployment that fails stalls: there is nothing to roll back to") {
  Account account;
  auto request = account.ServiceRequest(1);
  request.taskDefinition = RegisterBad(account);
  auto& breaker = request.deploymentConfiguration.emplace().deploymentCircuitBreaker.emplace();
  breaker.enable = breaker.rollback = true;
  account.Call(CreateService, request);
  account.Wait(std::chrono::seconds(60));
  const Service service = account.DescribeService();
  CHECK(service.deployments.at(0).rolloutState == "FAILED");
  CHECK(service.deployments.at(0).rolloutStateReason == "ECS deployment circuit breaker: tasks failed to start.");
  CHECK(account.Tasks().size() == 3);
}

TEST_CASE("a service is deleted when it is scaled to nothing, or by force") {
  Account account;
  account.Call(CreateService, account.ServiceRequest(2));
  account.Wait(std::chrono::seconds(1));
  DeleteServiceRequest request;
  request.cluster = "main";
  request.service = "auth";
  CHECK(account.ErrorOf(DeleteService, request).message() ==
        "The service cannot be stopped while it is scaled above 0.");
  request.force = true;
  CHECK(account.Call(DeleteService, request).service->status == "DRAINING");
  account.Wait(std::chrono::seconds(1));
  CHECK(account.DescribeService().status == "INACTIVE");
  CHECK(account.TasksIn("RUNNING").empty());
  CHECK(account.CodeOf(DeleteService, request) == "ServiceNotFoundException");
  // The name is free again.
  CHECK(account.Call(CreateService, account.ServiceRequest(1)).service->status == "ACTIVE");
}

TEST_CASE("what CreateService refuses") {
  Account account;
  const auto refusal = [&](auto change) {
    auto request = account.ServiceRequest(1, true);
    change(request);
    return account.ErrorOf(CreateService, request).message();
  };
  // aws-facts D.5, "seen".
  CHECK(refusal([](auto& r) { r.networkConfiguration.reset(); }) ==
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  CHECK(refusal([](auto& r) { r.networkConfiguration->awsvpcConfiguration->subnets.clear(); }) ==
        "subnets can not be empty.");
  CHECK(refusal([](auto& r) { r.loadBalancers.at(0).containerName = "db"; }) ==
        "The container db does not exist in the task definition.");
  CHECK(refusal([](auto& r) { r.loadBalancers.at(0).containerPort = 8080; }) ==
        "The container web did not have a container port 8080 defined.");
  CHECK(refusal([](auto& r) { r.taskDefinition = "other"; }) == "TaskDefinition not found.");
  CHECK(refusal([](auto& r) {
          r.deploymentConfiguration.emplace().maximumPercent = 100;
          r.deploymentConfiguration->minimumHealthyPercent = 100;
        }) == "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.");
  CHECK(refusal([](auto& r) {
          r.loadBalancers.clear();
          r.healthCheckGracePeriodSeconds = 10;
        }) == "Health check grace period is only valid for services configured to use load balancers");
  account.Run([&](Context& context) { context.tx.Erase<records::elbv2::Rule>(account.scope, std::string("rule")); });
  CHECK(refusal([](auto&) {}) ==
        "The target group with targetGroupArn " + account.target_group + " does not have an associated load balancer.");
}

TEST_CASE("a service is created once; the same client token gives the same service") {
  Account account;
  auto request = account.ServiceRequest(0);
  request.clientToken = "once";
  const auto first = account.Call(CreateService, request).service;
  CHECK(account.Call(CreateService, request).service->createdAt == first->createdAt);
  request.clientToken.reset();
  CHECK(account.ErrorOf(CreateService, request).message() == "Creation of service was not idempotent.");
}
