/**
 * Searches all texts of a span for markers, in the usual encodings. It knows no semantic conventions: the caller
 * decides which texts are content.
 */
import { isRecord } from "../foundation/structure.ts";
import type { AttributeHolder, RecordedSpan } from "./recorded-span.ts";

/** A marker that was found in a span. */
export interface FoundMarker {
  readonly marker: string;
  /** The name of the span and the place in it: `chat gpt-4o: attribute gen_ai.prompt`. */
  readonly place: string;
  /** How the marker is encoded in that place. */
  readonly encoding: "as it is" | "escaped" | "in base64";
}

/** A marker with fewer bytes is not searched in base64, because it would match by chance. */
const SHORTEST_BASE64 = 7;
/**
 * A longer marker is searched in pieces of this length. A tracer may have cut the text, so the whole marker may not be
 * there.
 */
const PIECE_LENGTH = 64;
/**
 * How many layers of escapes are removed. For example, a JSON text in a query string in a JSON text has three layers.
 */
const ESCAPE_LAYERS = 4;

export function findMarkers(spans: readonly RecordedSpan[], markers: readonly string[]): FoundMarker[] {
  const searches = markers.map((marker) => {
    const pieces = piecesOf(marker);
    return { marker, pieces, base64: pieces.flatMap(base64Forms) };
  });
  return spans.flatMap((span) =>
    textsOf(span).flatMap(([place, text]) => {
      const forms = unescapedForms(text);
      const encoded = forms.map((form) =>
        form.replaceAll(/\s/g, "").replaceAll("-", "+").replaceAll("_", "/"),
      );
      return searches.flatMap(({ marker, pieces, base64 }): FoundMarker[] => {
        const found = (encoding: FoundMarker["encoding"]): FoundMarker[] => [
          { marker, place: `${span.name}: ${place}`, encoding },
        ];
        const holds = (form: string, parts: readonly string[]): boolean =>
          parts.some((part) => form.includes(part));
        if (holds(text, pieces)) return found("as it is");
        if (forms.some((form) => holds(form, pieces))) return found("escaped");
        return encoded.some((form) => holds(form, base64)) ? found("in base64") : [];
      });
    }),
  );
}

/** Splits a long marker into pieces. A shorter piece at the end is left out, because it would match by chance. */
function piecesOf(marker: string): string[] {
  if (marker.length <= PIECE_LENGTH) return [marker];
  return Array.from({ length: Math.floor(marker.length / PIECE_LENGTH) }, (_, index) =>
    marker.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH),
  );
}

/** All texts of a span, each with its place. Values that are no texts are converted to texts. */
function textsOf(span: RecordedSpan): [place: string, text: string][] {
  const named = (what: string, { name, attributes }: AttributeHolder): [string, string][] => [
    ...(name === undefined ? [] : [[`${what} name`, name] satisfies [string, string]]),
    ...attributeTexts(`${what} attribute`, attributes),
  ];
  return [
    ["name", span.name],
    ...attributeTexts("attribute", span.attributes),
    ...span.events.flatMap((event) => named("event", event)),
    ...span.links.flatMap((link) => named("link", link)),
    ["status message", span.status.message ?? ""],
  ];
}

function attributeTexts(
  what: string,
  attributes: Readonly<Record<string, unknown>> = {},
): [place: string, text: string][] {
  return Object.entries(attributes).flatMap(([key, value]) => [
    [`${what} key ${key}`, key],
    ...leavesOf(value).map((leaf): [string, string] => [`${what} ${key}`, leaf]),
  ]);
}

/**
 * The values of an attribute as texts, also those inside lists. An object, which some tracers accept, is written as
 * JSON.
 */
function leavesOf(value: unknown): string[] {
  if (!isRecord(value)) return [String(value)];
  return Array.isArray(value) ? value.flatMap(leavesOf) : [JSON.stringify(value)];
}

/** The text, and what it becomes after each layer of JSON or URL escapes is removed. */
function unescapedForms(text: string): string[] {
  const forms = [text];
  for (let layer = 0, queue = [text]; layer < ESCAPE_LAYERS && queue.length > 0; layer++) {
    queue = queue
      .flatMap((form) => [
        withoutJSONEscapes(form),
        withoutPercents(form),
        withoutPercents(form.replaceAll("+", " ")),
      ])
      .filter((form) => !forms.includes(form) && forms.push(form) > 0);
  }
  return forms;
}

const JSON_LETTERS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

function withoutJSONEscapes(text: string): string {
  return text.replaceAll(/\\(?:u([\da-f]{4})|(.))/gis, (_, code: string | undefined, letter: string) =>
    code === undefined ? (JSON_LETTERS[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Decodes URL escapes. Unlike `decodeURIComponent`, it accepts percent signs that are not part of an escape. */
function withoutPercents(text: string): string {
  return text.replaceAll(/(?:%[\da-f]{2})+/gi, (run) =>
    decoder.decode(Uint8Array.from(run.slice(1).split("%"), (hex) => Number.parseInt(hex, 16))),
  );
}

/**
 * The marker in base64. Three bytes become four letters, so there is a form for each of the three offsets of its first
 * byte.
 */
function base64Forms(marker: string): string[] {
  const bytes = encoder.encode(marker);
  if (bytes.length < SHORTEST_BASE64) return [];
  return [0, 1, 2].map((offset) => {
    const binary = "\0".repeat(offset) + String.fromCharCode(...bytes);
    // A base64 letter has six bits. Letters at the edges, which also have bits of the text beside the marker, are cut
    // off.
    return btoa(binary).slice(Math.ceil((offset * 8) / 6), Math.floor((binary.length * 8) / 6));
  });
}
