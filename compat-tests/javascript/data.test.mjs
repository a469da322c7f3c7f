// Secrets Manager and CloudWatch Logs by the SDK for JavaScript. Texts: aws-facts F, G; recorded answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as logsApi from "@aws-sdk/client-cloudwatch-logs";
import * as secretsApi from "@aws-sdk/client-secrets-manager";
import { account, answer, pagesOf, refusal, region } from "./checks.mjs";

const logs = new logsApi.CloudWatchLogsClient({});
const secrets = new secretsApi.SecretsManagerClient({});

test("a secret's text and bytes", async () => {
  const created = await answer(secrets.send(new secretsApi.CreateSecretCommand({ Name: "db", SecretString: "geheim äöü" })));
  assert.match(created.ARN, new RegExp(`^arn:aws:secretsmanager:${region}:${account}:secret:db-[A-Za-z0-9]{6}$`));
  const got = await answer(secrets.send(new secretsApi.GetSecretValueCommand({ SecretId: "db" })));
  assert.equal(got.SecretString, "geheim äöü");
  assert.deepEqual(got.VersionStages, ["AWSCURRENT"]);
  assert.ok(got.CreatedDate instanceof Date);

  const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
  await answer(secrets.send(new secretsApi.PutSecretValueCommand({ SecretId: "db", SecretBinary: bytes })));
  const binary = await answer(secrets.send(new secretsApi.GetSecretValueCommand({ SecretId: "db" })));
  assert.deepEqual(Uint8Array.from(binary.SecretBinary), bytes);
  const previous = await answer(secrets.send(new secretsApi.GetSecretValueCommand({
    SecretId: "db", VersionStage: "AWSPREVIOUS",
  })));
  assert.equal(previous.SecretString, "geheim äöü");
});

test("secrets that are not there, or there already", async () => {
  const missing = await refusal(secrets.send(new secretsApi.GetSecretValueCommand({ SecretId: "nothing" })),
    "ResourceNotFoundException", 400, "Secrets Manager can't find the specified secret.");
  assert.ok(missing instanceof secretsApi.ResourceNotFoundException);
  await answer(secrets.send(new secretsApi.CreateSecretCommand({ Name: "twice", SecretString: "a" })));
  await refusal(secrets.send(new secretsApi.CreateSecretCommand({ Name: "twice", SecretString: "b" })),
    "ResourceExistsException", 400);
});

test("secrets in pages", async () => {
  for (let n = 0; n < 3; n++) {
    await answer(secrets.send(new secretsApi.CreateSecretCommand({ Name: `page/${n}`, SecretString: "x" })));
  }
  const { pages, all } = await pagesOf(secretsApi.paginateListSecrets({ client: secrets, pageSize: 2 },
    { Filters: [{ Key: "name", Values: ["page/"] }] }), "SecretList");
  assert.equal(pages.length, 2);
  assert.deepEqual(all.map((secret) => secret.Name).sort(), ["page/0", "page/1", "page/2"]);
});

test("log events come back, filtered and in pages", async () => {
  const group = { logGroupName: "/js/app" };
  await answer(logs.send(new logsApi.CreateLogGroupCommand(group)));
  await answer(logs.send(new logsApi.CreateLogStreamCommand({ ...group, logStreamName: "s" })));
  const now = Date.now();
  const logEvents = [1, 2, 3, 4, 5].map((n) => ({ timestamp: now + n, message: n % 2 ? `odd ${n}` : `even ${n}` }));
  await answer(logs.send(new logsApi.PutLogEventsCommand({ ...group, logStreamName: "s", logEvents })));
  const got = await answer(logs.send(new logsApi.GetLogEventsCommand({ ...group, logStreamName: "s", startFromHead: true })));
  assert.deepEqual(got.events.map(({ timestamp, message }) => ({ timestamp, message })), logEvents);
  const { all } = await pagesOf(logsApi.paginateFilterLogEvents({ client: logs, pageSize: 2 },
    { ...group, filterPattern: "odd" }), "events");
  assert.deepEqual(all.map((event) => event.message), ["odd 1", "odd 3", "odd 5"]);
});

test("log groups that are there already, or not there", async () => {
  await answer(logs.send(new logsApi.CreateLogGroupCommand({ logGroupName: "again" })));
  const existing = await refusal(logs.send(new logsApi.CreateLogGroupCommand({ logGroupName: "again" })),
    "ResourceAlreadyExistsException", 400, "The specified log group already exists");
  assert.ok(existing instanceof logsApi.ResourceAlreadyExistsException);
  await refusal(logs.send(new logsApi.DescribeLogStreamsCommand({ logGroupName: "nothing" })),
    "ResourceNotFoundException", 400, "The specified log group does not exist.");
});
