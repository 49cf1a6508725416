/**
 * Reads spans from OTLP as protobuf. The messages have the fields that these tests need, with the numbers of
 * opentelemetry-proto 1.5.0.
 */
import protobuf from "protobufjs";

const { root } = protobuf.parse(`
  syntax = "proto3";
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; }
  }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Scope { string name = 1; }
  message Span { bytes span_id = 2; string name = 5; repeated KeyValue attributes = 9; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Request { repeated ResourceSpans resource_spans = 1; }
`);
const request = root.lookupType("Request");

/** @returns the same object as OTLP's JSON, with ids as hexadecimal digits */
export function requestOf(body: Buffer): object {
  const decoded = request.toObject(request.decode(body), { longs: Number, bytes: String });
  return JSON.parse(JSON.stringify(decoded), (key, value: unknown) =>
    key === "spanId" && typeof value === "string" ? Buffer.from(value, "base64").toString("hex") : value,
  ) as object;
}
