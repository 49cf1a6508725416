/** Reads streams as a program does. */

/** All values, read by an iterator. */
export async function readAll<T>(values: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const value of values) read.push(value);
  return read;
}

export function bodyOf(response: Response): ReadableStream<Uint8Array> {
  if (response.body === null) throw new Error("the response has no body");
  return response.body;
}
