/**
 * `gen_ai.provider.name` for every provider id that a provider package uses. `test/providers` checks the table of ids
 * against the packages.
 *
 * Holds: providers.
 */
import { describe, expect, test } from "vitest";
import { PROVIDER_NAMES, providerName } from "../../src/semconv/provider-name.ts";
import ids from "../providers/provider-ids.json" with { type: "json" };
import registry from "../registry/facts/attributes.json" with { type: "json" };

const NAMES_OF_REGISTRY = registry.attributes.find(({ name }) => name === "gen_ai.provider.name")?.members;

describe("the name of a provider", () => {
  test.each(ids)("of $id is $name", ({ id, name }) => {
    expect(providerName(id)).toBe(name);
  });

  test.each(ids)("of $id is in the registry or is the id's first word", ({ id, name }) => {
    expect([...(NAMES_OF_REGISTRY ?? []), id.split(".")[0]]).toContain(name);
  });

  test("belongs to an id that some package uses", () => {
    const made = new Set(ids.map(({ id }) => id.split(".")[0]));
    expect([...PROVIDER_NAMES.keys()].filter((word) => !made.has(word))).toEqual([]);
  });

  test("is the id itself for unknown ids", () => {
    expect(providerName("kestrel-cloud")).toBe("kestrel-cloud");
    expect(providerName("")).toBe("");
  });
});
