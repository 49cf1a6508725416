/** The panels of the dashboard's file, with their queries. */
import { readFileSync } from "node:fs";

export interface PanelQuery {
  readonly title: string;
  readonly expression: string;
}

export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: GridPosition;
  readonly targets?: readonly { readonly expr: string }[];
}

export const DASHBOARD = new URL("../../operate/dashboard.json", import.meta.url);

/** Rows too. */
export function panelsOfFile(): readonly PanelJson[] {
  // dashboard.test.ts compares the file with what the typed builder gives.
  return (JSON.parse(readFileSync(DASHBOARD, "utf8")) as { readonly panels: readonly PanelJson[] }).panels;
}

export function panels(): PanelQuery[] {
  return panelsOfFile().flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ title, expression: expr })),
  );
}
