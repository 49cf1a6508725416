/**
 * Handlers that Cloudflare's runtime calls itself. When one has returned, its spans are exported.
 */
import type { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startRooms } from "../propagation/workers/run-workers.ts";

let miniflare: Miniflare;
beforeAll(async () => {
  miniflare = await startRooms("handlers");
}, 60_000);
afterAll(() => miniflare?.dispose());

/** The methods of a Worker's stub that Miniflare's types lack. */
interface Handlers {
  scheduled(options: { readonly cron: string }): Promise<unknown>;
  queue(name: string, messages: readonly object[]): Promise<unknown>;
}

async function handlers(): Promise<Handlers> {
  const worker: unknown = await miniflare.getWorker();
  return worker as Handlers;
}

async function exported(): Promise<readonly string[]> {
  const response = await miniflare.dispatchFetch("http://rooms/exported");
  return (await response.json()) as readonly string[];
}

/** Waits for the exported span, because the flush may end a little after the answer. */
async function expectExported(handler: string): Promise<void> {
  await expect
    .poll(exported, { timeout: 20_000, interval: 20 })
    .toEqual(expect.arrayContaining([`invoke_agent ${handler}`]));
}

test("a scheduled handler", async () => {
  const worker = await handlers();
  await worker.scheduled({ cron: "* * * * *" });
  await expectExported("scheduled");
});

test("a consumer of a queue", async () => {
  const worker = await handlers();
  await worker.queue("bookings", [{ id: "1", timestamp: new Date(), body: {}, attempts: 1 }]);
  await expectExported("queue");
});

test("an alarm and a message of a socket of a Durable Object", async () => {
  const { webSocket } = await miniflare.dispatchFetch("http://rooms/", { headers: { Upgrade: "websocket" } });
  if (!webSocket) throw new Error("no socket");
  webSocket.accept();
  await expectExported("alarm");
  webSocket.send("book");
  await expectExported("message");
  webSocket.close();
});
