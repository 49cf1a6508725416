/**
 * Code between the wrapper and the SDK may change a model, a tool or a set of tools in any way. What it writes reads
 * back as on a plain copy, and never reaches the program's objects.
 *
 * Holds: views-keep-writes.
 */
import { assert, asyncProperty } from "fast-check";
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { majors, type CallParameters, type SDK } from "../../support/majors.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import {
  doAll,
  LOOKS,
  ON_ALL,
  operationsOn,
  plainCopyOf,
  shapeOf,
  valuesOf,
  type Outcome,
} from "./operations.ts";

const MARK = Symbol("mark");

/** A model whose class has methods and a getter. All other members belong to the instance. */
class CustomModel {
  readonly specificationVersion: string;
  readonly supportedUrls = {};
  modelId = "mock-model";
  readonly [MARK] = "own";
  readonly #provider = "mock-provider";
  readonly doStream = async (): Promise<never> => Promise.reject(new Error("no"));

  constructor(specification: string) {
    this.specificationVersion = specification.toLowerCase();
  }

  get provider(): string {
    return this.#provider;
  }

  set provider(_name: string) {
    throw new TypeError("the provider is fixed");
  }

  async doGenerate(): Promise<never> {
    throw new Error("no");
  }

  describe(): string {
    return `${this.#provider} ${this.modelId}`;
  }
}

const RUNS = { numRuns: 150 };

interface Subject {
  readonly name: string;
  readonly keys: readonly PropertyKey[];
  readonly of: (parameters: CallParameters) => object;
}

const SUBJECTS: readonly Subject[] = [
  {
    name: "a model",
    keys: [
      "doGenerate",
      "doStream",
      "modelId",
      "describe",
      "specificationVersion",
      "extra",
      MARK,
      "toString",
    ],
    of: ({ model }) => model as object,
  },
  {
    name: "a tool",
    keys: ["execute", "inputSchema", "description", "onInputAvailable", "toModelOutput", "extra", "toString"],
    of: ({ tools }) => (tools as Readonly<Record<string, object>>)["searchRooms"]!,
  },
  {
    name: "a set of tools",
    keys: ["searchRooms", "bookRoom", "extra", MARK, "toString"],
    of: ({ tools }) => tools as object,
  },
];

/** Ends a call before it reaches the SDK. */
class Enough extends Error {}

describe.each(majors)("on $name", (major) => {
  const parametersOf = (): CallParameters => {
    const inputSchema = major.ai.jsonSchema({ type: "object", properties: {} });
    const execute = async (): Promise<number> => 2;
    const searchRooms = major.ai.tool({ description: "rooms", inputSchema, execute });
    const model = new CustomModel(major.specification);
    return { model, prompt: "a room", tools: { searchRooms, bookRoom: { inputSchema, execute } } };
  };

  for (const name of ["generateText", "streamText"] as const) {
    test.each(SUBJECTS)(`${name}: what is done to $name stays in its view`, async ({ keys, of }) => {
      setupTelemetry();
      await assert(
        asyncProperty(operationsOn(keys, LOOKS, ON_ALL), async (operations) => {
          const parameters = parametersOf();
          const own = of(parameters);
          const before = shapeOf(own);
          const doIt = doAll(operations, valuesOf(operations));
          let done: Outcome[] = [];
          const patched = (callParameters: CallParameters): never => {
            done = doIt(of(callParameters));
            throw new Enough();
          };
          const sdk = wrapAISDK({ ...major.ai, [name]: patched }) as SDK;
          await expect((async () => sdk[name](parameters))()).rejects.toThrow(Enough);
          expect(shapeOf(own)).toEqual(before);
          expect(done).toEqual(doIt(plainCopyOf(own)));
        }),
        RUNS,
      );
    });
  }
});
