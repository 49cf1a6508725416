/**
 * Unique words to put where content may be, and the search for them: whole or in pieces, in either case, plain, within
 * JSON, percent-encoded or in base64 at any alignment.
 */
import { createHash } from "node:crypto";
import { stringsIn } from "./strings-in.ts";

/** The shortest piece that is found. */
export const PIECE_LENGTH = 8;

/** No digit of a hexadecimal number, so that no id of a trace looks like a piece. */
const ALPHABET = "ghijklmnopqrstuvwxyz";
const WORD_LENGTH = 16;

export class Markers {
  /** The piece, in lower case, to the place that it was put. */
  readonly #pieces = new Map<string, string>();
  readonly #numbers = new Map<string, string>();
  readonly #places = new Map<string, string>();

  /** Letters only, for where nothing else may stand: names of headers, keys, parts of URLs. */
  word(place: string): string {
    return this.#wordsOf(place)[0];
  }

  /** Words with what JSON and URLs have to escape between them. */
  text(place: string): string {
    return this.#wordsOf(place).join(' "é\n% ');
  }

  bytes(place: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(Buffer.from(this.text(place)));
  }

  base64(place: string): string {
    return Buffer.from(this.text(place)).toString("base64");
  }

  /** A number that nothing else comes to by chance; found only where it stands alone. */
  number(place: string): number {
    const number = createHash("sha256").update(place).digest().readUIntBE(0, 6) + 0.5;
    this.#numbers.set(String(number), place);
    return number;
  }

  /** A tree of content: a marker in each kind of place that an object has. */
  tree(place: string): Record<string, unknown> {
    return {
      [this.word(`${place}: key`)]: this.text(`${place}: value`),
      list: [this.text(`${place}: entry`), this.number(`${place}: number`)],
      nested: { deep: { word: this.word(`${place}: deep`) } },
    };
  }

  /** How many places have one. */
  get count(): number {
    return this.#places.size;
  }

  /** The places whose markers show in a value, wherever in it; sorted, each once. */
  find(value: unknown): string[] {
    const found = new Set<string>();
    const seen = new Set<string>();
    for (const string of stringsIn(value)) {
      if (seen.has(string)) continue;
      seen.add(string);
      const number = this.#numbers.get(string);
      if (number !== undefined) found.add(number);
      const lower = string.toLowerCase();
      for (let start = 0; start + PIECE_LENGTH <= lower.length; start++) {
        const place = this.#pieces.get(lower.slice(start, start + PIECE_LENGTH));
        if (place !== undefined) found.add(place);
      }
    }
    return [...found].toSorted();
  }

  #wordsOf(place: string): [string, string] {
    const bytes = [...createHash("sha256").update(place).digest()];
    const letters = bytes.map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
    const words: [string, string] = [letters.slice(0, WORD_LENGTH), letters.slice(WORD_LENGTH)];
    if (!this.#places.has(place)) {
      this.#places.set(place, letters);
      for (const form of formsOf(words)) this.#addPieces(form, place);
    }
    return words;
  }

  #addPieces(form: string, place: string): void {
    const lower = form.toLowerCase();
    for (let start = 0; start + PIECE_LENGTH <= lower.length; start++) {
      const piece = lower.slice(start, start + PIECE_LENGTH);
      // A piece of base64 that could stand in an id; the pieces beside it could not.
      if (!/^[0-9a-f]*$/.test(piece)) this.#pieces.set(piece, place);
    }
  }
}

/** JSON and percent-encoding leave letters as they are, unless each is encoded. */
function formsOf(words: readonly string[]): string[] {
  return words.flatMap((word) => [
    word,
    [...Buffer.from(word)].map((byte) => `%${byte.toString(16)}`).join(""),
    ...[0, 1, 2].map((offset) => base64At(word, offset)),
    ...[0, 1, 2].map((offset) => base64At(word.toUpperCase(), offset)),
  ]);
}

/** What stands in base64 of a text that has the word at a multiple of three and this, whatever is around it. */
function base64At(word: string, offset: number): string {
  const encoded = Buffer.from("\0".repeat(offset) + word).toString("base64");
  // A character holds six bits: the first and the last of the word's may hold some of its neighbours'.
  const start = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + word.length) * 8) / 6);
  return encoded.slice(start, end);
}
