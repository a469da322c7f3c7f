// ECR, ECS and Elastic Load Balancing by the SDK for JavaScript: an image is pushed, a service of it stands behind a
// load balancer. Texts: aws-facts B, D, E.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, test } from "node:test";
import * as ec2Api from "@aws-sdk/client-ec2";
import * as ecrApi from "@aws-sdk/client-ecr";
import * as ecsApi from "@aws-sdk/client-ecs";
import * as elbApi from "@aws-sdk/client-elastic-load-balancing-v2";
import * as iamApi from "@aws-sdk/client-iam";
import { account, answer, pagesOf, refusal, region, soon } from "./checks.mjs";

const ec2 = new ec2Api.EC2Client({});
const ecr = new ecrApi.ECRClient({});
const ecs = new ecsApi.ECSClient({});
const elb = new elbApi.ElasticLoadBalancingV2Client({});
const iam = new iamApi.IAMClient({});

const digestOf = (bytes) => "sha256:" + createHash("sha256").update(bytes).digest("hex");
const everywhere = [{ CidrIp: "0.0.0.0/0" }];

let vpc, subnets, group, role;

before(async () => {
  // The region's default VPC has subnets with a way out.
  vpc = (await ec2.send(new ec2Api.DescribeVpcsCommand({ Filters: [{ Name: "is-default", Values: ["true"] }] }))).Vpcs[0].VpcId;
  const described = await ec2.send(new ec2Api.DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [vpc] }] }));
  subnets = described.Subnets.slice(0, 2).map((subnet) => subnet.SubnetId);
  group = (await ec2.send(new ec2Api.CreateSecurityGroupCommand({ VpcId: vpc, GroupName: "js", Description: "js" }))).GroupId;
  await ec2.send(new ec2Api.AuthorizeSecurityGroupIngressCommand({
    GroupId: group, IpPermissions: [{ IpProtocol: "tcp", FromPort: 80, ToPort: 3000, IpRanges: everywhere }],
  }));
  role = (await iam.send(new iamApi.CreateRoleCommand({
    RoleName: "execution",
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
    }),
  }))).Role.Arn;
  await iam.send(new iamApi.AttachRolePolicyCommand({
    RoleName: "execution", PolicyArn: "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
  }));
});

/** Pushes a tiny image by ECR's own API; its name. */
async function push(repositoryName, imageTag) {
  const layer = Buffer.alloc(1024); // the end of an empty tar archive
  const config = Buffer.from(JSON.stringify({
    architecture: "amd64", os: "linux", config: { Cmd: ["/hello"] }, rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
  }));
  const { layers } = await answer(ecr.send(new ecrApi.BatchCheckLayerAvailabilityCommand({
    repositoryName, layerDigests: [layer, config].map(digestOf),
  })));
  const there = layers.filter((each) => each.layerAvailability === "AVAILABLE").map((each) => each.layerDigest);
  for (const blob of [layer, config].filter((each) => !there.includes(digestOf(each)))) {
    const { uploadId } = await answer(ecr.send(new ecrApi.InitiateLayerUploadCommand({ repositoryName })));
    await answer(ecr.send(new ecrApi.UploadLayerPartCommand({
      repositoryName, uploadId, partFirstByte: 0, partLastByte: blob.length - 1, layerPartBlob: blob,
    })));
    await answer(ecr.send(new ecrApi.CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [digestOf(blob)] })));
  }
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: digestOf(config), size: config.length },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest: digestOf(layer), size: layer.length }],
  });
  const { image } = await answer(ecr.send(new ecrApi.PutImageCommand({ repositoryName, imageManifest, imageTag })));
  assert.equal(image.imageId.imageDigest, digestOf(imageManifest));
  return `${account}.dkr.ecr.${region}.amazonaws.com/${repositoryName}:${imageTag}`;
}

test("repositories and their images", async () => {
  const { repository } = await answer(ecr.send(new ecrApi.CreateRepositoryCommand({ repositoryName: "images" })));
  assert.equal(repository.repositoryArn, `arn:aws:ecr:${region}:${account}:repository/images`);
  assert.ok(repository.createdAt instanceof Date);
  await push("images", "v1");
  await push("images", "v2");
  await push("images", "v3");
  const { pages, all } = await pagesOf(ecrApi.paginateListImages({ client: ecr, pageSize: 2 }, { repositoryName: "images" }), "imageIds");
  assert.equal(pages.length, 2);
  assert.deepEqual(all.map((image) => image.imageTag).sort(), ["v1", "v2", "v3"]);
  const token = await answer(ecr.send(new ecrApi.GetAuthorizationTokenCommand({})));
  assert.ok(Buffer.from(token.authorizationData[0].authorizationToken, "base64").toString().startsWith("AWS:"));
  assert.ok(token.authorizationData[0].expiresAt > new Date());

  const missing = await refusal(ecr.send(new ecrApi.DescribeRepositoriesCommand({ repositoryNames: ["nothing"] })),
    "RepositoryNotFoundException", 400,
    `The repository with name 'nothing' does not exist in the registry with id '${account}'`);
  assert.ok(missing instanceof ecrApi.RepositoryNotFoundException);
  await refusal(ecr.send(new ecrApi.DeleteRepositoryCommand({ repositoryName: "images" })), "RepositoryNotEmptyException", 400);
});

test("a service of two tasks becomes stable behind a load balancer, and goes", async () => {
  await answer(ecr.send(new ecrApi.CreateRepositoryCommand({ repositoryName: "app" })));
  const image = await push("app", "v1");
  const { LoadBalancers: [balancer] } = await answer(elb.send(new elbApi.CreateLoadBalancerCommand({
    Name: "js", Subnets: subnets, SecurityGroups: [group],
  })));
  const { LoadBalancerArn } = balancer;
  assert.equal(balancer.State.Code, "provisioning");
  await elbApi.waitUntilLoadBalancerAvailable(soon(elb), { LoadBalancerArns: [LoadBalancerArn] });
  const { TargetGroups: [{ TargetGroupArn }] } = await answer(elb.send(new elbApi.CreateTargetGroupCommand({
    Name: "js", Protocol: "HTTP", Port: 3000, VpcId: vpc, TargetType: "ip", HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
  })));
  const { Listeners: [{ ListenerArn }] } = await answer(elb.send(new elbApi.CreateListenerCommand({
    LoadBalancerArn, Protocol: "HTTP", Port: 80, DefaultActions: [{ Type: "forward", TargetGroupArn }],
  })));
  await answer(elb.send(new elbApi.CreateRuleCommand({
    ListenerArn, Priority: 1, Conditions: [{ Field: "path-pattern", Values: ["/closed"] }],
    Actions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } }],
  })));
  const rules = await answer(elb.send(new elbApi.DescribeRulesCommand({ ListenerArn })));
  assert.deepEqual(rules.Rules.map((rule) => rule.Priority), ["1", "default"]);

  await answer(ecs.send(new ecsApi.CreateClusterCommand({ clusterName: "js" })));
  const { taskDefinition } = await answer(ecs.send(new ecsApi.RegisterTaskDefinitionCommand({
    family: "app", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"], cpu: "256", memory: "512",
    executionRoleArn: role, containerDefinitions: [{ name: "web", image, portMappings: [{ containerPort: 3000 }] }],
  })));
  assert.equal(taskDefinition.taskDefinitionArn, `arn:aws:ecs:${region}:${account}:task-definition/app:1`);
  const { service } = await answer(ecs.send(new ecsApi.CreateServiceCommand({
    cluster: "js", serviceName: "app", taskDefinition: "app", desiredCount: 2, launchType: "FARGATE",
    loadBalancers: [{ targetGroupArn: TargetGroupArn, containerName: "web", containerPort: 3000 }],
    networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups: [group], assignPublicIp: "ENABLED" } },
  })));
  assert.equal(service.status, "ACTIVE");
  const named = { cluster: "js", services: ["app"] };
  await ecsApi.waitUntilServicesStable(soon(ecs), named);
  const { pages, all } = await pagesOf(ecsApi.paginateListTasks({ client: ecs, pageSize: 1 }, { cluster: "js" }), "taskArns");
  assert.deepEqual(pages.filter((page) => page.taskArns.length > 0).length, 2);
  await ecsApi.waitUntilTasksRunning(soon(ecs), { cluster: "js", tasks: all });
  const { tasks } = await answer(ecs.send(new ecsApi.DescribeTasksCommand({ cluster: "js", tasks: all })));
  for (const task of tasks) {
    assert.equal(task.lastStatus, "RUNNING");
    assert.ok(task.startedAt instanceof Date);
  }
  await elbApi.waitUntilTargetInService(soon(elb), { TargetGroupArn });

  await answer(ecs.send(new ecsApi.DeleteServiceCommand({ cluster: "js", service: "app", force: true })));
  await ecsApi.waitUntilServicesInactive(soon(ecs), named);
  await answer(elb.send(new elbApi.DeleteLoadBalancerCommand({ LoadBalancerArn })));
  await elbApi.waitUntilLoadBalancersDeleted(soon(elb), { LoadBalancerArns: [LoadBalancerArn] });
});

test("a service whose image is missing does not become stable: its waiter runs out of time", async () => {
  await answer(ecs.send(new ecsApi.CreateClusterCommand({ clusterName: "stuck" })));
  await answer(ecs.send(new ecsApi.RegisterTaskDefinitionCommand({
    family: "stuck", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"], cpu: "256", memory: "512", executionRoleArn: role,
    containerDefinitions: [{ name: "web", image: `${account}.dkr.ecr.${region}.amazonaws.com/nothing:v1` }],
  })));
  await answer(ecs.send(new ecsApi.CreateServiceCommand({
    cluster: "stuck", serviceName: "stuck", taskDefinition: "stuck", desiredCount: 1, launchType: "FARGATE",
    networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups: [group], assignPublicIp: "ENABLED" } },
  })));
  await assert.rejects(
    ecsApi.waitUntilServicesStable({ ...soon(ecs), maxWaitTime: 3 }, { cluster: "stuck", services: ["stuck"] }),
    { name: "TimeoutError" },
  );
  await answer(ecs.send(new ecsApi.DeleteServiceCommand({ cluster: "stuck", service: "stuck", force: true })));
});

test("what ECS and Elastic Load Balancing refuse", async () => {
  const cluster = await refusal(ecs.send(new ecsApi.ListTasksCommand({ cluster: "nothing" })), "ClusterNotFoundException", 400,
    "Cluster not found.");
  assert.ok(cluster instanceof ecsApi.ClusterNotFoundException);
  await refusal(ecs.send(new ecsApi.RegisterTaskDefinitionCommand({
    family: "wrong", networkMode: "awsvpc", requiresCompatibilities: ["FARGATE"], cpu: "256", memory: "8192",
    containerDefinitions: [{ name: "web", image: "web" }],
  })), "ClientException", 400);
  const balancer = await refusal(elb.send(new elbApi.DescribeLoadBalancersCommand({ Names: ["nothing"] })),
    "LoadBalancerNotFoundException", 400, "Load balancers '[nothing]' not found");
  assert.ok(balancer instanceof elbApi.LoadBalancerNotFoundException);
  await refusal(elb.send(new elbApi.CreateLoadBalancerCommand({ Name: "one", Subnets: subnets.slice(0, 1) })), "ValidationError", 400,
    "At least two subnets in two different Availability Zones must be specified");
});
