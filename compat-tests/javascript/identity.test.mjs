// STS and IAM by the SDK for JavaScript. Texts: aws-facts H.7, H.8; recorded/iam.json.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as iamApi from "@aws-sdk/client-iam";
import * as stsApi from "@aws-sdk/client-sts";
import { account, answer, pagesOf, refusal, soon } from "./checks.mjs";

const iam = new iamApi.IAMClient({});
const sts = new stsApi.STSClient({});
const trust = (principal) => JSON.stringify({
  Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
});

test("who calls, and as whom", async () => {
  const identity = await answer(sts.send(new stsApi.GetCallerIdentityCommand({})));
  assert.equal(identity.Account, account);
  assert.equal(identity.Arn, `arn:aws:iam::${account}:root`);

  const { Role } = await answer(iam.send(new iamApi.CreateRoleCommand({
    RoleName: "deploy", AssumeRolePolicyDocument: trust({ AWS: identity.Arn }),
  })));
  const { Credentials } = await answer(sts.send(new stsApi.AssumeRoleCommand({ RoleArn: Role.Arn, RoleSessionName: "js" })));
  assert.ok(Credentials.Expiration > new Date());
  const assumed = new stsApi.STSClient({ credentials: {
    accessKeyId: Credentials.AccessKeyId, secretAccessKey: Credentials.SecretAccessKey, sessionToken: Credentials.SessionToken,
  } });
  assert.equal((await answer(assumed.send(new stsApi.GetCallerIdentityCommand({})))).Arn,
    `arn:aws:sts::${account}:assumed-role/deploy/js`);

  // A key that Drydock gave out is verified: a signature by another secret is none.
  const forged = new stsApi.STSClient({ credentials: {
    accessKeyId: Credentials.AccessKeyId, secretAccessKey: "of someone else", sessionToken: Credentials.SessionToken,
  } });
  await refusal(forged.send(new stsApi.GetCallerIdentityCommand({})), "SignatureDoesNotMatch", 403);
});

test("a role that is not there cannot be assumed", async () => {
  const missing = `arn:aws:iam::${account}:role/missing`;
  await refusal(sts.send(new stsApi.AssumeRoleCommand({ RoleArn: missing, RoleSessionName: "js" })), "AccessDenied", 403,
    `User: arn:aws:iam::${account}:root is not authorized to perform: sts:AssumeRole on resource: ${missing}`);
});

test("roles, waited for and in pages", async () => {
  const names = ["page-1", "page-2", "page-3"];
  for (const RoleName of names) {
    await answer(iam.send(new iamApi.CreateRoleCommand({
      RoleName, Path: "/js/", AssumeRolePolicyDocument: trust({ Service: "ecs-tasks.amazonaws.com" }),
    })));
  }
  await iamApi.waitUntilRoleExists(soon(iam), { RoleName: "page-3" });
  const { pages, all } = await pagesOf(iamApi.paginateListRoles({ client: iam, pageSize: 2 }, { PathPrefix: "/js/" }), "Roles");
  assert.equal(pages.length, 2);
  assert.deepEqual(all.map((role) => role.RoleName), names);
  assert.ok(all[0].CreateDate instanceof Date);

  const existing = await refusal(iam.send(new iamApi.CreateRoleCommand({
    RoleName: "page-1", AssumeRolePolicyDocument: trust({ Service: "ecs-tasks.amazonaws.com" }),
  })), "EntityAlreadyExistsException", 409, "Role with name page-1 already exists.");
  assert.ok(existing instanceof iamApi.EntityAlreadyExistsException);
  const missing = await refusal(iam.send(new iamApi.GetRoleCommand({ RoleName: "nobody" })), "NoSuchEntityException", 404,
    "The role with name nobody cannot be found.");
  assert.ok(missing instanceof iamApi.NoSuchEntityException);
});
