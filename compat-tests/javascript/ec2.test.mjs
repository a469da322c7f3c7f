// EC2 by the SDK for JavaScript. Codes and texts: AWS's list of EC2 error codes; aws-facts C.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as aws from "@aws-sdk/client-ec2";
import { answer, account, pagesOf, refusal, soon } from "./checks.mjs";

const ec2 = new aws.EC2Client({});

test("a VPC with a subnet, waited for and taken down", async () => {
  const created = await answer(ec2.send(new aws.CreateVpcCommand({
    CidrBlock: "10.1.0.0/16",
    TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "js" }] }],
  })));
  const { VpcId } = created.Vpc;
  assert.equal(created.Vpc.OwnerId, account);
  assert.deepEqual(created.Vpc.Tags, [{ Key: "Name", Value: "js" }]);
  assert.equal((await aws.waitUntilVpcAvailable(soon(ec2), { VpcIds: [VpcId] })).state, "SUCCESS");

  const { Subnet } = await answer(ec2.send(new aws.CreateSubnetCommand({ VpcId, CidrBlock: "10.1.0.0/24" })));
  await aws.waitUntilSubnetAvailable(soon(ec2), { SubnetIds: [Subnet.SubnetId] });
  assert.equal(Subnet.AvailableIpAddressCount, 251);
  await refusal(ec2.send(new aws.DeleteVpcCommand({ VpcId })), "DependencyViolation", 400,
    `The vpc '${VpcId}' has dependencies and cannot be deleted.`);
  await answer(ec2.send(new aws.DeleteSubnetCommand({ SubnetId: Subnet.SubnetId })));
  await answer(ec2.send(new aws.DeleteVpcCommand({ VpcId })));
  await refusal(ec2.send(new aws.DescribeVpcsCommand({ VpcIds: [VpcId] })), "InvalidVpcID.NotFound", 400,
    `The vpc ID '${VpcId}' does not exist`);
});

test("pages of subnets", async () => {
  const { Vpc } = await answer(ec2.send(new aws.CreateVpcCommand({ CidrBlock: "10.2.0.0/16" })));
  for (let n = 0; n < 7; n++) {
    await answer(ec2.send(new aws.CreateSubnetCommand({ VpcId: Vpc.VpcId, CidrBlock: `10.2.${n}.0/24` })));
  }
  const { pages, all } = await pagesOf(aws.paginateDescribeSubnets({ client: ec2, pageSize: 5 },
    { Filters: [{ Name: "vpc-id", Values: [Vpc.VpcId] }] }), "Subnets");
  assert.deepEqual(pages.map((page) => page.Subnets.length), [5, 2]);
  assert.equal(new Set(all.map((subnet) => subnet.SubnetId)).size, 7);
});

test("a NAT gateway lives and dies", async () => {
  const { Vpc } = await answer(ec2.send(new aws.CreateVpcCommand({ CidrBlock: "10.3.0.0/16" })));
  const { Subnet } = await answer(ec2.send(new aws.CreateSubnetCommand({ VpcId: Vpc.VpcId, CidrBlock: "10.3.0.0/24" })));
  const { InternetGateway } = await answer(ec2.send(new aws.CreateInternetGatewayCommand({})));
  await answer(ec2.send(new aws.AttachInternetGatewayCommand({
    VpcId: Vpc.VpcId, InternetGatewayId: InternetGateway.InternetGatewayId,
  })));
  const { AllocationId } = await answer(ec2.send(new aws.AllocateAddressCommand({ Domain: "vpc" })));
  const { NatGateway } = await answer(ec2.send(new aws.CreateNatGatewayCommand({ SubnetId: Subnet.SubnetId, AllocationId })));
  assert.equal(NatGateway.State, "pending");
  assert.ok(NatGateway.CreateTime instanceof Date);
  const ids = { NatGatewayIds: [NatGateway.NatGatewayId] };
  await aws.waitUntilNatGatewayAvailable(soon(ec2), ids);
  await answer(ec2.send(new aws.DeleteNatGatewayCommand({ NatGatewayId: NatGateway.NatGatewayId })));
  await aws.waitUntilNatGatewayDeleted(soon(ec2), ids);
  await answer(ec2.send(new aws.ReleaseAddressCommand({ AllocationId })));
});

test("rules of a security group", async () => {
  const { Vpc } = await answer(ec2.send(new aws.CreateVpcCommand({ CidrBlock: "10.4.0.0/16" })));
  const { GroupId } = await answer(ec2.send(new aws.CreateSecurityGroupCommand({
    VpcId: Vpc.VpcId, GroupName: "web", Description: "web",
  })));
  await aws.waitUntilSecurityGroupExists(soon(ec2), { GroupIds: [GroupId] });
  const rule = { GroupId, IpPermissions: [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }] };
  const authorized = await answer(ec2.send(new aws.AuthorizeSecurityGroupIngressCommand(rule)));
  assert.equal(authorized.Return, true);
  assert.equal(authorized.SecurityGroupRules[0].FromPort, 80);
  assert.equal(authorized.SecurityGroupRules[0].IsEgress, false);
  await refusal(ec2.send(new aws.AuthorizeSecurityGroupIngressCommand(rule)), "InvalidPermission.Duplicate", 400,
    'the specified rule "peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW" already exists');
  await refusal(ec2.send(new aws.RevokeSecurityGroupIngressCommand({ ...rule, DryRun: true })), "DryRunOperation", 412);
  assert.equal((await answer(ec2.send(new aws.RevokeSecurityGroupIngressCommand(rule)))).Return, true);
});
