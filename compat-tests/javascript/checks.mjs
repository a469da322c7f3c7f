// What the tests of all services check alike. Clients read AWS_ENDPOINT_URL, AWS_REGION and the keys from the
// environment, as a user's program would; ../test_javascript.py gives every file an account of its own.
import assert from "node:assert/strict";

export const account = process.env.AWS_ACCESS_KEY_ID;
export const region = process.env.AWS_REGION;

/** Options of a waiter: it looks every second, for a minute at most. */
export const soon = (client) => ({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 });

const requestId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The answer of a call that must succeed, which must be status 200 with a request id. */
export async function answer(call) {
  const output = await call;
  assert.equal(output.$metadata.httpStatusCode, 200);
  assert.match(output.$metadata.requestId, requestId);
  return output;
}

/** The error of a call that must be refused: its name, status and, where one is given, its exact message. */
export async function refusal(call, name, status, message) {
  const error = await call.then(
    () => assert.fail(`answered, but ${name} was to be expected`),
    (reason) => reason,
  );
  assert.equal(error.name, name, error.stack);
  assert.equal(error.$metadata?.httpStatusCode, status);
  assert.equal(error.$fault, status < 500 ? "client" : "server");
  assert.match(error.$metadata.requestId, requestId);
  if (message !== undefined) assert.equal(error.message, message);
  return error;
}

/** All pages of a paginator, and all their items. */
export async function pagesOf(paginator, items) {
  const pages = [];
  for await (const page of paginator) pages.push(page);
  return { pages, all: pages.flatMap((page) => page[items] ?? []) };
}
