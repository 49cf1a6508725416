/**
 * Markers: unique words for every place that may hold content, and the search for them. The search finds a whole marker
 * or a piece of it, in upper or lower case. It finds it in plain text, JSON, percent-encoding, and base64 at any
 * alignment.
 */
import { createHash } from "node:crypto";
import { stringsIn } from "./strings-in.ts";

/** The length of the shortest piece that the search finds. */
export const PIECE_LENGTH = 8;

/** Without hexadecimal digits, so that no trace id or span id looks like a piece. */
const ALPHABET = "ghijklmnopqrstuvwxyz";
const WORD_LENGTH = 16;

export class Markers {
  /** From each piece, in lower case, to the place of its marker. */
  readonly #pieces = new Map<string, string>();
  readonly #numbers = new Map<string, string>();
  readonly #places = new Map<string, string>();

  /** Letters only, for header names, keys and parts of URLs, which allow nothing else. */
  word(place: string): string {
    return this.#wordsOf(place)[0];
  }

  /** Two words, with characters between them that JSON and URLs escape. */
  text(place: string): string {
    return this.#wordsOf(place).join(' "é\n% ');
  }

  bytes(place: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(Buffer.from(this.text(place)));
  }

  base64(place: string): string {
    return Buffer.from(this.text(place)).toString("base64");
  }

  /** A number that does not occur by chance. The search finds it only as a whole value. */
  number(place: string): number {
    const number = createHash("sha256").update(place).digest().readUIntBE(0, 6) + 0.5;
    this.#numbers.set(String(number), place);
    return number;
  }

  /** A tree with a marker in each kind of place that an object has. */
  tree(place: string): Record<string, unknown> {
    return {
      [this.word(`${place}: key`)]: this.text(`${place}: value`),
      list: [this.text(`${place}: entry`), this.number(`${place}: number`)],
      nested: { deep: { word: this.word(`${place}: deep`) } },
    };
  }

  /** The number of places that have a marker. */
  get count(): number {
    return this.#places.size;
  }

  /** The places whose markers occur anywhere in a value, sorted and without duplicates. */
  find(value: unknown): string[] {
    const found = new Set<string>();
    const visited = new Set<string>();
    for (const string of stringsIn(value)) {
      if (visited.has(string)) continue;
      visited.add(string);
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
      // Leaves out a piece of base64 that looks like part of an id. The pieces beside it do not.
      if (!/^[0-9a-f]*$/.test(piece)) this.#pieces.set(piece, place);
    }
  }
}

/** JSON and percent-encoding do not change letters, but an encoder may escape every character. */
function formsOf(words: readonly string[]): string[] {
  return words.flatMap((word) => [
    word,
    [...Buffer.from(word)].map((byte) => `%${byte.toString(16)}`).join(""),
    ...[0, 1, 2].map((offset) => base64At(word, offset)),
    ...[0, 1, 2].map((offset) => base64At(word.toUpperCase(), offset)),
  ]);
}

/** The characters of base64 that depend on the word alone. The word starts `offset` bytes after a multiple of three. */
function base64At(word: string, offset: number): string {
  const encoded = Buffer.from("\0".repeat(offset) + word).toString("base64");
  // A base64 character holds six bits, so the first and the last one may also hold bits of the bytes around the word.
  const start = Math.ceil((offset * 8) / 6);
  const end = Math.floor(((offset + word.length) * 8) / 6);
  return encoded.slice(start, end);
}
