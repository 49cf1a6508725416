/**
 * Stop sequences of any length and number. Only the first ones are read and recorded, and long ones are cut.
 */
import { describe, expect, test } from "vitest";
import { readSettings } from "../../src/readers/model-call.ts";

const read = (stopSequences: unknown): unknown => readSettings({ stopSequences }).stopSequences;

describe("stop sequences", () => {
  test("of 20,000 the first 16 are recorded, and no other is read", () => {
    const looks = new Set<string>();
    const list = new Proxy(
      Array.from({ length: 20_000 }, (_, index) => `s${index}`),
      {
        get(target, key, receiver) {
          if (key !== "length") looks.add(String(key));
          return Reflect.get(target, key, receiver);
        },
      },
    );
    const first = Array.from({ length: 16 }, (_, index) => `s${index}`);
    expect(read(list)).toEqual(first);
    expect([...looks]).toEqual(first.map((_, index) => `${index}`));
  });

  test("are cut at 64 characters, and never inside a surrogate pair", () => {
    const long = "x".repeat(1_000_000);
    expect(read(["END", long, "x".repeat(64), `${"x".repeat(63)}😀`, `${"x".repeat(62)}😀y`])).toEqual([
      "END",
      "x".repeat(64),
      "x".repeat(64),
      "x".repeat(63),
      `${"x".repeat(62)}😀`,
    ]);
  });

  test.each<[setting: unknown, recorded: unknown]>([
    [
      ["a", 7, "b", null, {}],
      ["a", "b"],
    ],
    [[7, null], undefined],
    [[], undefined],
    [[...Array.from({ length: 16 }, () => 7), "late"], undefined],
    ["END", undefined],
    [{ 0: "END", length: 1 }, undefined],
  ])("are the texts among %j", (setting, recorded) => {
    expect(read(setting)).toEqual(recorded);
  });
});
