/**
 * `gen_ai.provider.name` for every provider id that a provider package makes, and no name for ids that none makes.
 * `test/providers` holds the table of ids to the packages.
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

  test.each(ids)("of $id is in the registry, or the id's first word", ({ id, name }) => {
    expect([...(NAMES_OF_REGISTRY ?? []), id.split(".")[0]]).toContain(name);
  });

  test("is made of no id that no package makes", () => {
    const made = new Set(ids.map(({ id }) => id.split(".")[0]));
    expect([...PROVIDER_NAMES.keys()].filter((word) => !made.has(word))).toEqual([]);
  });

  test("is the id where the program gives it", () => {
    expect(providerName("kestrel-cloud")).toBe("kestrel-cloud");
    expect(providerName("")).toBe("");
  });
});
