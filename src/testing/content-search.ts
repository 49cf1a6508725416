/**
 * Searches all texts of a span for markers, in the encodings that are usual. It knows no convention: the caller
 * decides what is content.
 */
import { isRecord } from "../foundation/structure.ts";
import type { AttributeHolder, RecordedSpan } from "./recorded-span.ts";

/** A marker that a span contains. */
export interface FoundMarker {
  readonly marker: string;
  /** The span and the place in it: `chat gpt-4o: attribute gen_ai.prompt`. */
  readonly place: string;
  /** The encoding of the marker in that place. */
  readonly encoding: "as it is" | "escaped" | "in base64";
}

/** The fewest bytes of a marker that is searched in base64. Shorter ones match texts by chance. */
const SHORTEST_BASE64 = 7;
/** A longer marker is searched in pieces of this length, because a tracer may have cut the text. */
const PIECE_LENGTH = 64;
/** The layers of escapes to remove. A JSON text in a query string in a JSON text has three. */
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

/** The rest at the end is not searched, because a short text matches by chance. */
function piecesOf(marker: string): string[] {
  if (marker.length <= PIECE_LENGTH) return [marker];
  return Array.from({ length: Math.floor(marker.length / PIECE_LENGTH) }, (_, index) =>
    marker.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH),
  );
}

/** All texts of a span, and its other values as texts, each with its place. */
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

/** The values in a list. An object, which some tracers accept, is written as JSON. */
function leavesOf(value: unknown): string[] {
  if (!isRecord(value)) return [String(value)];
  return Array.isArray(value) ? value.flatMap(leavesOf) : [JSON.stringify(value)];
}

/** The text, and its forms after each removed layer of JSON escapes and URL escapes. */
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

/** Unlike `decodeURIComponent`, accepts texts in which some percent signs are no escapes. */
function withoutPercents(text: string): string {
  return text.replaceAll(/(?:%[\da-f]{2})+/gi, (run) =>
    decoder.decode(Uint8Array.from(run.slice(1).split("%"), (hex) => Number.parseInt(hex, 16))),
  );
}

/** The marker in base64, at each of the three offsets at which it may begin in the encoded text. */
function base64Forms(marker: string): string[] {
  const bytes = encoder.encode(marker);
  if (bytes.length < SHORTEST_BASE64) return [];
  return [0, 1, 2].map((offset) => {
    const binary = "\0".repeat(offset) + String.fromCharCode(...bytes);
    // Each letter has six bits. The first and the last letter also hold bits of the text beside the marker.
    return btoa(binary).slice(Math.ceil((offset * 8) / 6), Math.floor((binary.length * 8) / 6));
  });
}
