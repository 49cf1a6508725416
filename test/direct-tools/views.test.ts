/**
 * What `wrapTool` gives: a view of the tool, which is left as it is.
 */
import { inspect } from "node:util";
import { wrapTool } from "ai-spans";
import { describe, expect, test } from "vitest";
import { majors } from "../support/majors.ts";
import { expectSpanTree } from "../support/span-tree.ts";
import { setupTelemetry } from "../support/telemetry.ts";
import { directSpan, OPTIONS, toolOn } from "./directly.ts";

/** A tool that knows itself, as a class of the program's. */
class Rooms {
  readonly description = "looks for rooms";
  readonly #rooms = 2;

  execute(factor: number, _options: object): number {
    return this.#rooms * factor;
  }

  /** A hook of the SDK's. */
  needsApproval(): boolean {
    return this.#rooms > 2;
  }

  get count(): number {
    return this.#rooms;
  }
}

describe.each(majors)("on $name", (major) => {
  test("a tool without execute, and one that is wrapped, come back as they are", () => {
    const client = major.ai.tool({ inputSchema: major.ai.jsonSchema({ type: "object" }) });
    expect(wrapTool("searchRooms", client)).toBe(client);
    const tool = wrapTool(
      "searchRooms",
      toolOn(major, () => 2),
    );
    expect(wrapTool("checkVisa", tool)).toBe(tool);
  });

  test("the caller's tool stays as it was, frozen or not", async () => {
    const telemetry = setupTelemetry();
    const tool = toolOn(major, () => 2);
    const before = Object.getOwnPropertyDescriptors(tool);
    const wrapped = wrapTool("searchRooms", Object.freeze(tool));
    expect(wrapped.execute({}, OPTIONS)).toBe(2);
    expect(tool.execute({}, OPTIONS)).toBe(2);
    for (const [key, { value }] of Object.entries(before)) expect(Reflect.get(tool, key)).toBe(value);
    // A call of the caller's object is not traced.
    await expectSpanTree(telemetry, directSpan());
  });

  test("the view has the properties of the tool", () => {
    const tool = toolOn(major, function searchRooms(_input, _options) {
      return 2;
    });
    const wrapped = wrapTool("searchRooms", tool);
    expect(Object.keys(wrapped)).toEqual(Object.keys(tool));
    expect({ ...wrapped, execute: tool.execute }).toEqual({ ...tool });
    expect(wrapped.execute).toBe(wrapped.execute);
    expect([wrapped.execute.name, wrapped.execute.length]).toEqual(["searchRooms", 2]);
    expect(inspect(wrapped)).toBe(inspect(tool));
  });
});

test("methods run on the tool itself", async () => {
  const telemetry = setupTelemetry();
  const rooms = wrapTool("searchRooms", new Rooms());
  expect(rooms).toBeInstanceOf(Rooms);
  expect([rooms.execute(3, OPTIONS), rooms.needsApproval(), rooms.count]).toEqual([6, false, 2]);
  await expectSpanTree(telemetry, directSpan());
});

test("what is written to the view stays there", async () => {
  const telemetry = setupTelemetry();
  const tool = { execute: (_input: object, _options: object): number => 2 };
  const { execute } = tool;
  const wrapped = wrapTool("searchRooms", tool);
  wrapped.execute = () => 3;
  expect([wrapped.execute({}, OPTIONS), tool.execute]).toEqual([3, execute]);
  expect(telemetry.started).toEqual([]);
});

test("options of a call that cannot be read cost it its id", async () => {
  const telemetry = setupTelemetry();
  const tool = { execute: (_input: object, _options: object): number => 2 };
  const broken = {
    get toolCallId(): string {
      throw new RangeError("no id");
    },
    get abortSignal(): AbortSignal {
      throw new RangeError("no signal");
    },
  };
  expect(wrapTool("searchRooms", tool).execute({}, broken)).toBe(2);
  await expectSpanTree(telemetry, directSpan({ attributes: { "gen_ai.tool.call.id": undefined } }), {
    reports: true,
  });
  expect(telemetry.diagnostics).toEqual(["ai-spans: options of a tool: RangeError"]);
});

test.each([
  [() => wrapTool("", {}), "wrapTool: name must be a string that is not empty"],
  // @ts-expect-error a tool is an object
  [() => wrapTool("searchRooms", "a tool"), "wrapTool: tool must be an object"],
  [
    // @ts-expect-error there is no such option
    () => wrapTool("searchRooms", {}, { recordInputs: true }),
    'wrapTool: option "recordInputs" is unknown; known options: namespace, idleDeadlineMs, runUsage, tracerProvider, meterProvider, semconv',
  ],
])("what is no tool is refused (%#)", (wrap, message) => {
  expect(wrap).toThrow(new TypeError(message));
});
