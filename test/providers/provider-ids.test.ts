/**
 * The table of provider ids is what the provider packages make, of each kind of model in each major.
 */
import { expect, test } from "vitest";
import { readNames, withNames } from "./names.ts";
import { providerIds } from "./provider-ids.ts";

const { ids, failures } = await providerIds();

test("every kind of model can be built", () => {
  expect(failures).toEqual([]);
});

test("the table has the ids that the packages make", async () => {
  const table = await readNames();
  expect(withNames(ids, table)).toEqual(table);
});
