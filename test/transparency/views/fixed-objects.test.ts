/**
 * The program, or code between the wrapper and the SDK, freezes or seals objects before or during a run. The objects
 * then have the same properties as without ai-spans, and they are traced.
 */
import { createRequire } from "node:module";
import * as moduleV7 from "ai";
import { wrapAISDK } from "ai-spans";
import { describe, expect, test } from "vitest";
import { says } from "../../conformance/script.ts";
import { majors, v7, type Major, type SDK } from "../../support/majors.ts";
import { scriptedModel } from "../../support/scripted-model.ts";
import { setupTelemetry } from "../../support/telemetry.ts";
import { onBoth, onBothPatched, operationsOf } from "../known-differences/both.ts";
import { OBJECT_KINDS, objectsOf, SPANS, viewIn } from "../callers-objects.ts";

const ACTS: Readonly<Record<string, <T>(object: T) => T>> = {
  freeze: Object.freeze,
  seal: Object.seal,
  "prevent extensions of": Object.preventExtensions,
};

function shapeOf(object: object): unknown[] {
  return [
    Object.isExtensible(object),
    Object.isSealed(object),
    Object.isFrozen(object),
    Reflect.ownKeys(object).map(String),
    Object.values(Object.getOwnPropertyDescriptors(object)).map(({ configurable, writable }) => [
      configurable,
      writable,
    ]),
  ];
}

function outcomeOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return String(error);
  }
}

async function roomBy(major: Major, sdk: Pick<SDK, "generateText">): Promise<string> {
  const { model } = scriptedModel(major, [says("a room")]);
  return (await sdk.generateText({ model, prompt: "a room" })).text;
}

describe.each(majors)("on $name", (major) => {
  describe.each(Object.entries(ACTS))("%s", (_act, act) => {
    test.each(OBJECT_KINDS)("the program's %s before the run", async (kind) => {
      const { bare, wrapped, telemetry } = await onBoth(major, async (sdk) => {
        const own = objectsOf(major, sdk);
        act(own[kind]);
        return [(await sdk.generateText(own.parameters)).text, shapeOf(own[kind])];
      });
      expect(wrapped).toEqual(bare);
      expect(operationsOf(telemetry)).toEqual(SPANS);
    });

    test.each(OBJECT_KINDS)("the program's %s while the run goes on", async (kind) => {
      const { bare, wrapped, telemetry } = await onBoth(major, async (sdk) => {
        const own = objectsOf(major, sdk, (parts) => Object.isFrozen(act(parts[kind])));
        return [(await sdk.generateText(own.parameters)).text, shapeOf(own[kind])];
      });
      expect(wrapped).toEqual(bare);
      expect(operationsOf(telemetry)).toEqual(SPANS);
    });

    test.each(OBJECT_KINDS)("the %s of a run, below us", async (kind) => {
      const shapes: unknown[] = [];
      const { wrapped, bare, telemetry } = await onBothPatched(
        major,
        (parameters) => {
          const view = viewIn(parameters, kind);
          outcomeOf(() => act(view));
          shapes.push(shapeOf(view));
        },
        async (sdk) => {
          const own = objectsOf(major, sdk);
          const before = shapeOf(own[kind]);
          const { text } = await sdk.generateText(own.parameters);
          return { text, isLeft: JSON.stringify(shapeOf(own[kind])) === JSON.stringify(before) };
        },
      );
      expect(shapes[1]).toEqual(shapes[0]);
      expect(operationsOf(telemetry)).toEqual(SPANS);
      expect(bare).toEqual({ text: "two", isLeft: false });
      // A change of a view does not reach the program's object.
      expect(wrapped).toEqual({ text: "two", isLeft: true });
    });

    test("a namespace, before and after it is wrapped", async () => {
      for (const when of ["before", "after", "the wrapped one"]) {
        const telemetry = setupTelemetry();
        const object = { ...major.ai };
        if (when === "before") act(object);
        const sdk = wrapAISDK(object);
        const { generateText } = sdk;
        if (when === "after") act(object);
        if (when === "the wrapped one") act(sdk);
        expect(shapeOf(sdk)).toEqual(shapeOf(act({ ...major.ai })));
        expect(sdk.generateText).toBe(generateText);
        expect(await roomBy(major, sdk)).toBe("a room");
        expect(operationsOf(telemetry)).toEqual(["invoke_agent", "chat"]);
      }
    });
  });

  test("a fixed property that code below us defines is fixed, in the view alone", async () => {
    for (const kind of OBJECT_KINDS) {
      const { bare, wrapped } = await onBothPatched(
        major,
        (parameters) => {
          const view = viewIn(parameters, kind);
          Object.defineProperty(view, "extra", { value: 1, configurable: false });
          expect(Reflect.get(view, "extra")).toBe(1);
          expect(Reflect.set(view, "extra", 2)).toBe(false);
          expect(Reflect.deleteProperty(view, "extra")).toBe(false);
        },
        async (sdk) => {
          const own = objectsOf(major, sdk);
          const { text } = await sdk.generateText(own.parameters);
          return { text, extra: Reflect.get(own[kind], "extra") as unknown };
        },
      );
      expect(bare).toEqual({ text: "two", extra: 1 });
      expect(wrapped).toEqual({ text: "two", extra: undefined });
    }
  });

  test("a setter of a model's class that uses private members is called on the model", async () => {
    const { bare, wrapped } = await onBothPatched(
      major,
      ({ model }) => Object.assign(model as object, { hits: 5 }),
      async (sdk) => {
        const own = objectsOf(major, sdk);
        class Counted {
          #hits = 0;
          set hits(count: number) {
            this.#hits = count;
          }
          get hits(): number {
            return this.#hits;
          }
        }
        const model = Object.defineProperties(new Counted(), Object.getOwnPropertyDescriptors(own.model));
        const { text } = await sdk.generateText({ ...own.parameters, model });
        return { text, hits: model.hits };
      },
    );
    expect(wrapped).toEqual(bare);
  });

  test("what is done to a wrapped namespace", async () => {
    const acts: readonly ((sdk: Record<string, unknown>) => unknown)[] = [
      (sdk) => Object.defineProperty(sdk, "mine", { value: 1, configurable: false })["mine"],
      (sdk) => {
        Object.defineProperty(sdk, "generateText", { value: 2, configurable: false, writable: false });
        return sdk["generateText"];
      },
      (sdk) => {
        sdk["generateText"] = 3;
        return Object.freeze(sdk)["generateText"];
      },
      (sdk) => {
        sdk["mine"] = 1;
        return Object.keys(Object.preventExtensions(sdk));
      },
      (sdk) => {
        delete sdk["tool"];
        return ["tool" in Object.preventExtensions(sdk), Object.keys(sdk)];
      },
      (sdk) => {
        Object.setPrototypeOf(sdk, { inherited: 1 });
        return [sdk["inherited"], "inherited" in sdk, Object.keys(sdk)];
      },
    ];
    for (const act of acts) {
      const object = { ...major.ai };
      expect(act(wrapAISDK(object) as never)).toEqual(act({ ...major.ai }));
      expect(Object.keys(object)).toEqual(Object.keys(major.ai));
    }
  });
});

describe.each(["ai-v5", "ai-v6"])("the CommonJS build of %s, which has getters alone", (name) => {
  const build = createRequire(import.meta.url)(name) as Record<string, unknown>;

  /** Copies property descriptors, as TypeScript's `__createBinding` does. */
  function reexported(from: object): Record<string, unknown> {
    return Object.create(null, Object.getOwnPropertyDescriptors(from)) as Record<string, unknown>;
  }

  const WAYS: Readonly<Record<string, (wrapped: Record<string, unknown>) => Record<string, unknown>>> = {
    "as it is": (wrapped) => wrapped,
    "re-exported": reexported,
    spread: (wrapped) => ({ ...wrapped }),
    frozen: (wrapped) => Object.freeze(wrapped),
    sealed: (wrapped) => Object.seal(wrapped),
    "redefined as it is": (wrapped) => Object.defineProperty(wrapped, "generateText", { enumerable: true }),
  };

  test.each(Object.entries(WAYS))("%s", async (_way, change) => {
    const telemetry = setupTelemetry();
    const wrapped = wrapAISDK(build);
    const { generateText } = wrapped;
    const changed = change(wrapped);
    expect(changed["generateText"]).toBe(generateText);
    expect(changed["generateText"]).not.toBe(build["generateText"]);
    expect(Object.keys(changed)).toEqual(Object.keys(build));
    const major = majors.find((each) => name === `ai-${each.name}`)!;
    expect(await roomBy(major, changed as never)).toBe("a room");
    expect(operationsOf(telemetry)).toEqual(["invoke_agent", "chat"]);
  });
});

test("an object that inherits from a view keeps its own writes", () => {
  const outcomes = [(object: object) => object, wrapAISDK].map((wrap) => {
    const own = { generateText: () => 1, x: 1 };
    const namespace = wrap(own) as typeof own;
    const child = Object.create(namespace) as { x: number; y?: number };
    child.x = 5;
    own.x = 2;
    const frozen = Object.create(Object.freeze(namespace)) as { y: number };
    frozen.y = 1;
    return [child.x, namespace.x, frozen.y, Reflect.set(namespace, "x", 3, child), child.x];
  });
  expect(outcomes[1]).toEqual(outcomes[0]);
});

test("an original that loses a property after its view became non-extensible causes no error", () => {
  const own: { generateText: () => number; x?: number } = { generateText: () => 1, x: 1 };
  const namespace = wrapAISDK(own);
  Object.preventExtensions(own);
  expect(Object.isExtensible(namespace)).toBe(false);
  delete own.x;
  expect(() => "x" in namespace && Object.keys(namespace) && namespace.x).not.toThrow();
});

test("an ES module namespace reports what it is, and is traced", async () => {
  const telemetry = setupTelemetry();
  const sdk = wrapAISDK(moduleV7);
  expect(shapeOf(sdk)).toEqual(shapeOf(moduleV7));
  expect(Object.getOwnPropertyDescriptor(sdk, "generateText")?.value).toBe(sdk.generateText);
  expect(await roomBy(v7, sdk as never)).toBe("a room");
  expect(operationsOf(telemetry)).toEqual(["invoke_agent", "chat"]);
});
