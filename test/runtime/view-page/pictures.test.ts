/**
 * The pictures of the page that `npm run screenshot` makes.
 *
 * Holds: view-page.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { openView } from "./browser-view.ts";
import { PICTURE_SIZE, takeScreenshots } from "../demo-screenshot.ts";

const view = openView();

test("the pictures of the demo for the README can be made", async () => {
  const files = await takeScreenshots(view.folder);
  expect(files.map((file) => basename(file))).toEqual(["view-light.png", "view-dark.png"]);
  for (const file of files) {
    const picture = readFileSync(file);
    expect(picture.subarray(1, 4).toString()).toBe("PNG");
    expect({ width: picture.readUInt32BE(16), height: picture.readUInt32BE(20) }).toEqual(PICTURE_SIZE);
    // A page without runs has a fifth of it.
    expect(picture.length).toBeGreaterThan(80_000);
  }
});
