/**
 * A function with a streamed response, run by AWS's runtime interface client.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startOtlpReceiver, type OtlpReceiver } from "../support/otlp-receiver.ts";
import { describeChats, expectAllTraces, run } from "./chats.ts";
import { ask, NEVER, variables } from "./client.ts";
import { startLambda, type Lambda } from "./lambda-runtime.ts";
import { startModelServer, type ModelServer } from "./model-server.ts";
import { projects } from "./projects.ts";

const { folder } = projects.Lambda;
const args = ["index.handler"];

describeChats({
  name: "Lambda",
  start: (environment) => startLambda({ folder, args, environment }),
  left: null,
  expected: { hasAddress: false },
  isFlushed: true,
});

let model: ModelServer;
let receiver: OtlpReceiver;
let lambda: Lambda;

beforeAll(async () => {
  model = await startModelServer();
  receiver = await startOtlpReceiver();
  lambda = await startLambda({ folder, args, environment: variables(model, receiver, NEVER) });
});
afterAll(async () => {
  await lambda?.kill();
  await receiver?.close();
  await model?.close();
});

test("everything has been sent when Lambda freezes the process, and it works again afterwards", async () => {
  await lambda.frozen();
  const first = await ask(lambda.url);
  await lambda.frozen();
  expect(receiver.spanCount()).toBe(4);
  const second = await ask(lambda.url);
  await lambda.frozen();
  expect(receiver.spanCount()).toBe(8);
  await expectAllTraces(receiver, [
    [first, run({ hasAddress: false })],
    [second, run({ hasAddress: false })],
  ]);
});
