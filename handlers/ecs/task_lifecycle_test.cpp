#include "handlers/ecs/task_lifecycle.h"

#include "api/ecs/StopTaskRequest.h"
#include "api/ecs/StopTaskResponse.h"
#include "api/secretsmanager/CreateSecretRequest.h"
#include "api/secretsmanager/CreateSecretResponse.h"
#include "handlers/ecs/task_role.h"
#include "handlers/ecs/testing/account.h"
#include "store/log_events.h"

namespace drydock::secretsmanager {
CreateSecretResponse CreateSecret(Context&, const CreateSecretRequest&);
}

using namespace drydock;
using namespace drydock::ecs;

namespace drydock::ecs {
StopTaskResponse StopTask(Context&, const StopTaskRequest&);
}

namespace {

std::string RunOne(Account& account) {
  return *account.Call(RunTask, account.RunRequest()).tasks.at(0).taskArn;
}

// Runs one task of the family "auth" and returns how it ended.
Task Failed(Account& account) {
  const std::string arn = RunOne(account);
  account.Play();
  const Task task = account.Describe(arn);
  CHECK(task.lastStatus == "STOPPED");
  CHECK(task.stopCode == "TaskFailedToStart");
  CHECK(account.specs.empty());
  CHECK(account.CountInterfaces() == 0);
  return task;
}

}  // namespace

TEST_CASE("a task becomes RUNNING with its network interface, digest, environment and log stream") {
  Account account;
  const Task begun = account.Call(RunTask, account.RunRequest()).tasks.at(0);
  CHECK(begun.lastStatus == "PROVISIONING");
  CHECK(begun.desiredStatus == "RUNNING");
  CHECK(begun.group == "family:auth");
  account.Play();

  const Task task = account.Describe(*begun.taskArn);
  CHECK(task.lastStatus == "RUNNING");
  CHECK(task.connectivity == "CONNECTED");
  CHECK(task.startedAt);
  CHECK(task.pullStoppedAt);
  CHECK(task.attachments.at(0).status == "ATTACHED");
  CHECK(task.containers.at(0).lastStatus == "RUNNING");
  CHECK(task.containers.at(0).imageDigest == "sha256:" + std::string(64, 'a'));
  CHECK(task.containers.at(0).networkInterfaces.at(0).privateIpv4Address == "10.0.10.4");
  CHECK(account.CountInterfaces() == 1);

  const auto& spec = account.specs.at(*task.taskArn);
  CHECK(spec.private_address == "10.0.10.4");
  CHECK(spec.revision == 1);
  CHECK(spec.containers.at(0).ports == std::vector<int>{3000});
  std::map<std::string, std::string> environment;
  for (const auto& variable : spec.containers.at(0).environment) environment[variable.name] = variable.value;
  CHECK(environment.at("AWS_EXECUTION_ENV") == "AWS_ECS_FARGATE");
  CHECK(environment.at("AWS_REGION") == "eu-central-1");
  CHECK(environment.contains("ECS_CONTAINER_METADATA_URI_V4"));

  const std::string id = task.taskArn->substr(task.taskArn->rfind('/') + 1);
  const auto stream = account.Run([&](Context& context) {
    return context.tx.Get<records::logs::LogStream>(account.scope, std::string("/app"), "auth/web/" + id);
  });
  CHECK(stream);
}

TEST_CASE("what a container prints goes to its log stream") {
  Account account;
  const std::string arn = RunOne(account);
  account.Play();
  account.events.Printed({{arn, "web", account.clock.Now(), "hello"}, {arn, "web", account.clock.Now(), "world"}});
  const auto printed = account.Run([&](Context& context) {
    return store::LogEvents(context.tx).OfStream(account.scope, "/app", "auth/web/" + arn.substr(arn.rfind('/') + 1));
  });
  REQUIRE(printed.size() == 2);
  CHECK(printed[0].message == "hello");
}

TEST_CASE("a task that is stopped gives its interface back and can be seen for an hour") {
  Account account;
  const std::string arn = RunOne(account);
  account.Play();
  StopTaskRequest stop;
  stop.cluster = "main";
  stop.task = arn;
  const Task stopping = *account.Call(StopTask, stop).task;
  CHECK(stopping.desiredStatus == "STOPPED");
  CHECK(stopping.stopCode == "UserInitiated");
  CHECK(stopping.stoppedReason == "Task stopped by user");
  account.Play();
  const Task task = account.Describe(arn);
  CHECK(task.lastStatus == "STOPPED");
  CHECK(task.containers.at(0).exitCode == 137);
  CHECK(task.attachments.at(0).status == "DELETED");
  CHECK(account.CountInterfaces() == 0);
  account.clock.Advance(std::chrono::minutes(59));
  CHECK(account.Tasks().size() == 1);
  account.clock.Advance(std::chrono::minutes(2));
  CHECK(account.Tasks().empty());
}

TEST_CASE("a task can be stopped before it runs") {
  Account account;
  const std::string arn = RunOne(account);
  StopTaskRequest stop;
  stop.cluster = "main";
  stop.task = arn;
  stop.reason = "changed my mind";
  account.Call(StopTask, stop);
  account.Play();
  CHECK(account.Describe(arn).lastStatus == "STOPPED");
  CHECK(account.Describe(arn).stoppedReason == "changed my mind");
  CHECK(account.specs.empty());
}

TEST_CASE("a runtime that never tells of an exit does not keep the task from stopping") {
  Account account;
  const std::string arn = RunOne(account);
  account.Play();
  StopTaskRequest stop;
  stop.cluster = "main";
  stop.task = arn;
  account.Call(StopTask, stop);
  CHECK(account.Describe(arn).lastStatus == "STOPPING");
  account.clock.Advance(std::chrono::seconds(60));
  CHECK(account.Describe(arn).lastStatus == "STOPPED");
}

TEST_CASE("an essential container's exit stops the task") {
  Account account;
  const std::string arn = RunOne(account);
  account.Play();
  account.events.ContainerExited(arn, "web", 3, "");
  account.Play();
  const Task task = account.Describe(arn);
  CHECK(task.lastStatus == "STOPPED");
  CHECK(task.stopCode == "EssentialContainerExited");
  CHECK(task.stoppedReason == "Essential container in task exited");
  CHECK(task.containers.at(0).exitCode == 3);
}

// The sentences in the cases below: aws-facts D.4.
TEST_CASE("without a way to ECR the task fails with the registry's authorization first") {
  Account account;
  account.SetInternet(false);
  const Task task = Failed(account);
  CHECK(task.stoppedReason->starts_with(
      "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from "
      "Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. "
      "operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error "
      "StatusCode: 0, RequestID: , request send failed, Post \"https://api.ecr.eu-central-1.amazonaws.com/\": dial "
      "tcp "));
  CHECK(task.stoppedReason->ends_with(":443: i/o timeout"));
  CHECK_FALSE(account.Tasks().at(0).blocked_by.empty());
}

TEST_CASE("an image that is not there cannot be pulled") {
  Account account;
  auto definition = account.Definition("auth");
  definition.containerDefinitions.front().image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/auth:v2";
  account.Call(RegisterTaskDefinition, definition);
  const Task task = Failed(account);
  CHECK(*task.stoppedReason ==
        "CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref "
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com/auth:v2: "
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com/auth:v2: not found");
  CHECK(task.containers.at(0).reason == task.stoppedReason);
  CHECK_FALSE(task.containers.at(0).exitCode);
}

TEST_CASE("a log group that is not there stops the task") {
  Account account;
  auto definition = account.Definition("auth");
  definition.containerDefinitions.front().logConfiguration->options["awslogs-group"] = "/nowhere";
  account.Call(RegisterTaskDefinition, definition);
  const std::string reason = *Failed(account).stoppedReason;
  CHECK(reason.starts_with(
      "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to "
      "create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, https response error "
      "StatusCode: "
      "400, RequestID: "));
  CHECK(reason.ends_with(", ResourceNotFoundException: The specified log group does not exist. : exit status 1"));
}

TEST_CASE("a role without the permission gets AWS's AccessDenied") {
  Account account;
  account.Run([&](Context& context) {
    account.PutRole(context,
                    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"}]})");
  });
  const std::string reason = *Failed(account).stoppedReason;
  CHECK(reason.find("operation error ECR: GetAuthorizationToken, https response error StatusCode: 400, RequestID: ") !=
        std::string::npos);
  CHECK(reason.find("api error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/exec/") !=
        std::string::npos);
  CHECK(
      reason.ends_with("is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no "
                       "identity-based policy allows the ecr:GetAuthorizationToken action"));
}

TEST_CASE("secrets reach the environment, and only there") {
  Account account;
  secretsmanager::CreateSecretRequest create;
  create.Name = "prod";
  create.ClientRequestToken = "01234567-89ab-cdef-0123-456789abcdef";
  create.SecretString = R"({"password": "hunter2"})";
  const std::string secret = *account.Call(secretsmanager::CreateSecret, create).ARN;
  auto definition = account.Definition("auth");
  auto& wanted = definition.containerDefinitions.front().secrets.emplace_back();
  wanted.name = "PASSWORD";
  wanted.valueFrom = secret + ":password::";
  account.Call(RegisterTaskDefinition, definition);
  const std::string arn = RunOne(account);
  account.Play();
  REQUIRE(account.Describe(arn).lastStatus == "RUNNING");
  bool found = false;
  for (const auto& variable : account.specs.at(arn).containers.at(0).environment)
    if (variable.name == "PASSWORD") {
      found = true;
      CHECK(variable.value == "hunter2");
      CHECK(variable.secret);
    }
  CHECK(found);

  SECTION("a restart gives the running task the same value again, and nothing twice") {
    account.specs.clear();
    ResumeTasks(account.database, account.engines, account.ids);
    account.Play();
    CHECK(account.specs.size() == 1);
    CHECK(account.Describe(arn).lastStatus == "RUNNING");
    CHECK(account.CountInterfaces() == 1);
    CHECK(account.specs.at(arn).private_address == "10.0.10.4");
  }
  SECTION("a key that is not in the secret") {
    definition.containerDefinitions.front().secrets.front().valueFrom = secret + ":user::";
    account.Call(RegisterTaskDefinition, definition);
    const std::string other = RunOne(account);
    account.Play();
    CHECK(account.Describe(other).stoppedReason ==
          "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
          "unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets "
          "Manager did not contain json key user");
  }
  SECTION("a secret that does not exist") {
    definition.containerDefinitions.front().secrets.front().valueFrom =
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:other-AbCdEf";
    account.Call(RegisterTaskDefinition, definition);
    const std::string other = RunOne(account);
    account.Play();
    CHECK(account.Describe(other).stoppedReason->ends_with(
        ", ResourceNotFoundException: Secrets Manager can't find the specified secret."));
  }
}

TEST_CASE("a role that cannot be assumed is refused at once") {
  Account account;
  auto definition = account.Definition("auth");
  definition.taskRoleArn = "arn:aws:iam::123456789012:role/nobody";
  account.Call(RegisterTaskDefinition, definition);
  const auto error = account.ErrorOf(RunTask, account.RunRequest());
  CHECK(error.code() == "ClientException");
  CHECK(error.message().starts_with("ECS was unable to assume the role 'arn:aws:iam::123456789012:role/nobody'"));
}

// ECS API reference, ConflictException: resourceIds are the existing tasks of the token, all of them.
TEST_CASE("a token that was used for another request names its tasks") {
  Account account;
  auto request = account.RunRequest(2);
  request.clientToken = "once";
  std::vector<std::string> arns;
  for (const Task& task : account.Call(RunTask, request).tasks) arns.push_back(*task.taskArn);
  REQUIRE(arns.size() == 2);
  request.count = 1;
  const auto error = account.ErrorOf(RunTask, request);
  CHECK(error.code() == "ConflictException");
  CHECK(error.details() == ApiError::Details{{"resourceIds", arns}});
}

TEST_CASE("a subnet without free addresses fails the task in EC2's name") {
  Account account;
  auto request = account.RunRequest();
  request.networkConfiguration->awsvpcConfiguration->subnets =
      std::vector<std::string>{account.Run([&](Context& context) {
        records::ec2::Subnet subnet;
        subnet.vpc_id = account.vpc;
        subnet.cidr_block = "10.0.99.0/28";
        subnet.availability_zone = "eu-central-1a";
        return ec2::MakeSubnet(context, subnet).subnet_id;
      })};
  request.count = 10;
  account.Call(RunTask, request);
  account.Call(RunTask, request);
  account.Play();
  // 16 addresses, of which AWS keeps five.
  CHECK(account.TasksIn("RUNNING").size() == 11);
  const auto failed = account.TasksIn("STOPPED");
  REQUIRE(failed.size() == 9);
  CHECK(
      failed[0].stopped_reason.starts_with("Unexpected EC2 error while attempting to Create Network Interface with "
                                           "public IP assignment disabled in subnet 'subnet-"));
  CHECK(failed[0].stopped_reason.ends_with("InsufficientFreeAddressesInSubnet"));
}

namespace {

// "web" starts when "init" has ended well.
void RegisterWithInit(Account& account) {
  auto definition = account.Definition("auth");
  auto init = definition.containerDefinitions.front();
  init.name = "init";
  init.essential = false;
  init.portMappings.clear();
  auto& dependency = definition.containerDefinitions.front().dependsOn.emplace_back();
  dependency.containerName = "init";
  dependency.condition = "SUCCESS";
  definition.containerDefinitions.push_back(init);
  account.Call(RegisterTaskDefinition, definition);
}

std::string StatusOf(const Task& task, const std::string& name) {
  for (const auto& container : task.containers)
    if (container.name == name) return container.lastStatus.value_or("");
  return "";
}

}  // namespace

TEST_CASE("a container waits for its dependency") {
  Account account;
  RegisterWithInit(account);
  const std::string arn = RunOne(account);
  account.Play();
  CHECK(account.Describe(arn).lastStatus == "PENDING");
  CHECK(StatusOf(account.Describe(arn), "init") == "RUNNING");
  CHECK(StatusOf(account.Describe(arn), "web") == "PENDING");
  SECTION("which ends well") {
    account.events.ContainerExited(arn, "init", 0, "");
    account.Play();
    CHECK(account.Describe(arn).lastStatus == "RUNNING");
    CHECK(StatusOf(account.Describe(arn), "init") == "STOPPED");
  }
  SECTION("which fails") {
    account.events.ContainerExited(arn, "init", 1, "");
    account.Play();
    const Task task = account.Describe(arn);
    CHECK(task.lastStatus == "STOPPED");
    CHECK(task.stopCode == "TaskFailedToStart");
    CHECK(task.containers.at(0).exitCode == 143);
    CHECK(task.containers.at(0).reason->starts_with("CannotStartContainerError: dependency graph: "));
  }
  SECTION("and goes on waiting after a restart of the emulator") {
    ResumeTasks(account.database, account.engines, account.ids);
    account.clock.Settle();
    REQUIRE(account.runtime.started.size() == 1);
    for (const auto& container : account.runtime.started[0].containers)
      CHECK(container.waits == (container.name == "web"));
    account.events.ContainerExited(arn, "init", 0, "");
    account.Play();
    CHECK(account.Describe(arn).lastStatus == "RUNNING");
  }
}

TEST_CASE("each change of a task is told once, with the task as it was then") {
  Account account;
  std::vector<std::string> told;
  account.engines.publish = [&](events::Event event) {
    CHECK(event.detail_type == "ECS Task State Change");
    told.push_back(event.detail());
  };
  RunOne(account);
  account.Play();
  // Made, attached, handed over, running.
  REQUIRE(told.size() == 4);
  CHECK(told[0].find(R"("lastStatus":"PROVISIONING")") != std::string::npos);
  CHECK(told[3].find(R"("lastStatus":"RUNNING","overrides")") != std::string::npos);
  for (std::size_t i = 0; i < told.size(); ++i)
    CHECK(told[i].find("\"version\":" + std::to_string(i + 1)) != std::string::npos);
}

TEST_CASE("a task's application has a session of its role, which is renewed in time") {
  Account account;
  auto definition = account.Definition("auth");
  definition.taskRoleArn = "arn:aws:iam::123456789012:role/exec";
  account.Call(RegisterTaskDefinition, definition);
  RunOne(account);
  account.Play();
  const auto session = [&] {
    return account.Run([&](Context& context) {
      auto task = context.tx.List<records::ecs::Task>(account.scope).at(0);
      return SessionOfTask(context, task).value();
    });
  };
  const auto first = session();
  CHECK(first.arn.starts_with("arn:aws:sts::123456789012:assumed-role/exec/"));
  CHECK(session().access_key == first.access_key);
  account.clock.Advance(std::chrono::hours(5));
  CHECK(session().access_key != first.access_key);
}
