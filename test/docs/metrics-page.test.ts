// docs/reference/metrics.md lists every metric with its unit and its attributes, and no other metric.
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { metricsOf } from "../../src/semconv/metrics.ts";
import { attributeKeys, DEFAULT_NAMESPACE } from "../../src/semconv/span-attributes.ts";

const MODEL = ["operation", "provider", "requestModel", "responseModel", "serverAddress", "serverPort"];

test("names every metric with its unit and its attributes", async () => {
  const page = await readFile(new URL("../../docs/reference/metrics.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `((?:gen_ai|ai_spans)\.[^`]*)` \| ([^|]*) \| [^|]* \| ([^|]*) \|$/gm)];
  const keys = attributeKeys(DEFAULT_NAMESPACE);
  const metrics = Object.values(metricsOf(DEFAULT_NAMESPACE)).flat();
  const expected = metrics.map(({ name, unit, attributes, fixed = {} }) => {
    const isOfModel = MODEL.every((own) => attributes.includes(own));
    const named = attributes.filter((own) => !isOfModel || !MODEL.includes(own)).map((own) => keys.get(own));
    const words = [...named, ...Object.keys(fixed)].map((key) => `\`${key}\``);
    return `${name} ${unit} ${[...(isOfModel ? ["model"] : []), ...words].toSorted().join(", ")}`;
  });
  const documented = rows.map(([, name, unit, attributes = ""]) => {
    return `${name} ${unit} ${attributes.split(", ").toSorted().join(", ")}`;
  });
  expect(documented.toSorted()).toEqual([...new Set(expected)].toSorted());
});
