/**
 * Looks for markers in all that a span says, whichever of the usual ways they are written in. Knows no convention: what
 * may be content is for the caller to say.
 */
import { isRecord } from "../foundation/structure.ts";
import type { AttributeHolder, RecordedSpan } from "./recorded-span.ts";

/** A marker that a span says. */
export interface FoundMarker {
  readonly marker: string;
  /** Where: `chat gpt-4o: attribute gen_ai.prompt`. */
  readonly place: string;
  /** How it was written there. */
  readonly writtenAs: "as it is" | "escaped" | "in base64";
}

/** Shorter ones are in every second text: a marker in base64 needs 7 bytes, one that is not aligned, to be found. */
const SHORTEST_BASE64 = 7;
/** Of a longer marker each piece of that length is one, too: a text that was cut holds only its beginning. */
const PIECE_LENGTH = 64;
/** A JSON text in a query string in a JSON text: so many layers of escapes are taken off. */
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
        const found = (writtenAs: FoundMarker["writtenAs"]): FoundMarker[] => [
          { marker, place: `${span.name}: ${place}`, writtenAs },
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

/** What is left at the end is too short to be looked for: it may be in any text. */
function piecesOf(marker: string): string[] {
  if (marker.length <= PIECE_LENGTH) return [marker];
  return Array.from({ length: Math.floor(marker.length / PIECE_LENGTH) }, (_, index) =>
    marker.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH),
  );
}

/** Everything of a span that is a text, or can be written as one, with its place. */
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

/** Lists and, in case a tracer took them, objects are looked through. */
function leavesOf(value: unknown): string[] {
  if (!isRecord(value)) return [String(value)];
  return Array.isArray(value) ? value.flatMap(leavesOf) : [JSON.stringify(value)];
}

/** The text, and what is left of it when layer after layer of JSON's and URLs' escapes is taken off. */
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

const UTF8 = new TextEncoder();
const decoder = new TextDecoder();

/** Also where some percent signs are no escapes, which `decodeURIComponent` would refuse. */
function withoutPercents(text: string): string {
  return text.replaceAll(/(?:%[\da-f]{2})+/gi, (run) =>
    decoder.decode(Uint8Array.from(run.slice(1).split("%"), (hex) => Number.parseInt(hex, 16))),
  );
}

/** The marker in base64, as it looks at each of the three places that it may begin at in what was encoded. */
function base64Forms(marker: string): string[] {
  const bytes = UTF8.encode(marker);
  if (bytes.length < SHORTEST_BASE64) return [];
  return [0, 1, 2].map((offset) => {
    const binary = "\0".repeat(offset) + String.fromCharCode(...bytes);
    // Six bits a letter: the first and the last one hold bits of the neighbours as well.
    return btoa(binary).slice(Math.ceil((offset * 8) / 6), Math.floor((binary.length * 8) / 6));
  });
}
