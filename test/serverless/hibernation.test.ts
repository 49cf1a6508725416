/**
 * A Durable Object with a WebSocket hibernates when it is idle, also after a run whose result nobody reads.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startRooms } from "../propagation/workers/run-workers.ts";

/** The runtime hibernates an object after ten seconds without work. An unread result stays open for two seconds. */
const IDLE_MS = 14_000;

let miniflare: Miniflare;
beforeAll(async () => {
  miniflare = await startRooms("room");
}, 60_000);
afterAll(() => miniflare?.dispose());

interface RoomReply {
  readonly constructions: number;
  /** The names of the isolate's ended spans, with the cause if a span was canceled. */
  readonly ended: readonly string[];
}

async function openRoom(name: string): Promise<(message: string) => Promise<RoomReply>> {
  const { webSocket } = await miniflare.dispatchFetch(`http://rooms/${name}`, {
    headers: { Upgrade: "websocket" },
  });
  if (!webSocket) throw new Error("no socket");
  webSocket.accept();
  return (message) =>
    new Promise((resolve) => {
      webSocket.addEventListener("message", ({ data }) => resolve(JSON.parse(data as string) as RoomReply), {
        once: true,
      });
      webSocket.send(message);
    });
}

test("a result that nobody reads does not keep the object in memory", { timeout: 60_000 }, async () => {
  const rooms = await Promise.all(["nothing", "wrapper", "adapter"].map(openRoom));
  const before: RoomReply[] = [];
  for (const [index, work] of ["nothing", "wrapper", "adapter"].entries())
    before.push(await rooms[index]!(work));
  expect(before.map(({ constructions }) => constructions)).toEqual([3, 3, 3]);
  await sleep(IDLE_MS);
  const after: RoomReply[] = [];
  for (const ask of rooms) after.push(await ask("nothing"));
  // Each object was constructed again.
  expect(after.map(({ constructions }) => constructions)).toEqual([4, 5, 6]);
  // On this runtime readers cannot be observed, and the model's answer was complete. So no span was canceled.
  const run = ["chat mock-model undefined", "invoke_agent undefined"];
  expect(after.at(-1)?.ended).toEqual([...run, ...run]);
});
