/**
 * The kinds of parts in a random answer. Each part has the marker of one place.
 */
import type { ScriptedPart } from "../support/scripted-model.ts";
import type { Markers } from "./markers.ts";

type MakePart = (markers: Markers, place: string) => ScriptedPart;

/** The id depends on the place alone, so an answer has the same ids each time it is created. */
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
