/**
 * The kinds of parts that a random answer is made of, each with a marker of the given place.
 */
import type { ScriptedPart } from "../support/scripted-model.ts";
import type { Markers } from "./markers.ts";

type MakePart = (markers: Markers, place: string) => ScriptedPart;

/** Ids are of the answer, and the same each time it is made. */
function idOf(markers: Markers, place: string): string {
  return `call-${markers.number(place) % 10_000}`;
}

function calling(name: string): MakePart {
  return (markers, place) => ({
    toolCall: { name, id: idOf(markers, place), input: markers.tree(place) },
  });
}

function source(fields: (markers: Markers, place: string) => object): MakePart {
  return (markers, place) => ({
    verbatim: { type: "source", id: "source-1", title: markers.text(place), ...fields(markers, place) },
  });
}

export const PARTS: readonly MakePart[] = [
  (markers, place) => ({ text: markers.text(place) }),
  (markers, place) => ({ text: markers.base64(place) }),
  (markers, place) => ({ reasoning: markers.text(place) }),
  source((markers, place) => ({ sourceType: "url", url: `https://test/${markers.word(place)}` })),
  source((markers, place) => ({
    sourceType: "document",
    mediaType: "text/plain",
    filename: markers.text(place),
  })),
  calling("searchRooms"),
  calling("bookRoom"),
  calling("noSuchRoom"),
  (markers, place) => ({
    verbatim: {
      type: "tool-call",
      toolCallId: idOf(markers, place),
      toolName: "searchRooms",
      input: `{"${markers.word(place)}`,
      providerMetadata: { mock: markers.tree(place) },
    },
  }),
];
