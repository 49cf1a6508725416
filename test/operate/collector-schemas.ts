/**
 * The settings of the Collector's components, as JSON Schema. Data only. Each has the names and types that the component's
 * `config.schema.yaml` documents, which its maintainers make from its Go types. It has no setting more: a misspelled one
 * is found. Those that the files of operate/collector do not need are left out where the component has dozens.
 */

/** Where the settings are documented: repository, file and commit. */
export interface ComponentSchema {
  readonly source: string;
  readonly schema: object;
}

const CORE = "open-telemetry/opentelemetry-collector";
const CONTRIB = "open-telemetry/opentelemetry-collector-contrib";

const text = { type: "string" };
const flag = { type: "boolean" };
const whole = { type: "integer", minimum: 0 };
const texts = { type: "array", items: text, minItems: 1 };
/** A duration of Go. */
const duration = { type: "string", pattern: String.raw`^(\d+(\.\d+)?(ms|s|m|h))+$` };
const address = { type: "string", pattern: String.raw`^[\w.]+:\d+$` };

function settings(properties: object, required: readonly string[] = []): object {
  return { type: "object", properties, required, additionalProperties: false };
}

/** One of a few values. */
const oneOf = (...values: readonly string[]): object => ({ enum: values });

// config/configretry, exporter/exporterhelper/internal/queuebatch, config/configtls
const retry = settings({
  enabled: flag,
  initial_interval: duration,
  max_elapsed_time: duration,
  max_interval: duration,
  max_retries: whole,
  multiplier: { type: "number" },
  randomization_factor: { type: "number" },
});
const queue = settings({
  enabled: flag,
  num_consumers: whole,
  queue_size: whole,
  block_on_overflow: flag,
  wait_for_result: flag,
  sizer: oneOf("requests", "items", "bytes"),
  storage: text,
});
const tls = settings({
  insecure: flag,
  insecure_skip_verify: flag,
  ca_file: text,
  cert_file: text,
  key_file: text,
});
const headers = { type: "object", additionalProperties: text };
const compression = oneOf("gzip", "zstd", "snappy", "zlib", "deflate", "none");

const grpcClient = {
  endpoint: text,
  headers,
  compression,
  tls,
  timeout: duration,
  wait_for_ready: flag,
  balancer_name: text,
  retry_on_failure: retry,
  sending_queue: queue,
};

const policies = {
  status_code: settings(
    { status_codes: { type: "array", items: oneOf("OK", "ERROR", "UNSET"), minItems: 1 } },
    ["status_codes"],
  ),
  boolean_attribute: settings({ key: text, value: flag, invert_match: flag }, ["key", "value"]),
  numeric_attribute: settings({ key: text, min_value: whole, max_value: whole, invert_match: flag }, [
    "key",
    "min_value",
    "max_value",
  ]),
  string_attribute: settings(
    { key: text, values: texts, enabled_regex_matching: flag, cache_max_size: whole, invert_match: flag },
    ["key", "values"],
  ),
  latency: settings({ threshold_ms: whole, upper_threshold_ms: whole }, ["threshold_ms"]),
  probabilistic: settings(
    { sampling_percentage: { type: "number", minimum: 0, maximum: 100 }, hash_salt: text },
    ["sampling_percentage"],
  ),
};

/** A policy has the settings of its type, under the name of the type. */
const policy = {
  oneOf: Object.entries(policies).map(([type, schema]) =>
    settings({ name: text, type: { const: type }, [type]: schema }, ["name", "type", type]),
  ),
};

/** By kind and type of the component. */
export const components: Readonly<Record<string, Readonly<Record<string, ComponentSchema>>>> = {
  receivers: {
    otlp: {
      source: `${CORE}/receiver/otlpreceiver/config.schema.yaml@1f4355e9ac294c571ab9fd6d703d438cb2a2b5a3`,
      schema: settings(
        {
          protocols: {
            ...settings({
              grpc: settings({
                endpoint: address,
                include_metadata: flag,
                max_concurrent_streams: whole,
                max_recv_msg_size_mib: whole,
                tls,
              }),
              http: settings({
                endpoint: address,
                include_metadata: flag,
                max_request_body_size: whole,
                traces_url_path: text,
                metrics_url_path: text,
                logs_url_path: text,
                tls,
              }),
            }),
            minProperties: 1,
          },
        },
        ["protocols"],
      ),
    },
  },
  processors: {
    memory_limiter: {
      source: `${CORE}/internal/memorylimiter/config.schema.yaml@9c920b6f7a1f95bff54fdf0dbc01044ada03f87b`,
      schema: {
        ...settings(
          {
            check_interval: duration,
            limit_mib: whole,
            spike_limit_mib: whole,
            limit_percentage: { type: "integer", minimum: 1, maximum: 100 },
            spike_limit_percentage: { type: "integer", minimum: 1, maximum: 100 },
            max_gc_interval_when_hard_limited: duration,
            max_gc_interval_when_soft_limited: duration,
            min_gc_interval_when_hard_limited: duration,
            min_gc_interval_when_soft_limited: duration,
          },
          ["check_interval"],
        ),
        anyOf: [{ required: ["limit_mib"] }, { required: ["limit_percentage"] }],
      },
    },
    batch: {
      source: `${CORE}/processor/batchprocessor/config.schema.yaml@1f4355e9ac294c571ab9fd6d703d438cb2a2b5a3`,
      schema: settings({
        send_batch_size: whole,
        send_batch_max_size: whole,
        timeout: duration,
        metadata_keys: texts,
        metadata_cardinality_limit: whole,
      }),
    },
    redaction: {
      source: `${CONTRIB}/processor/redactionprocessor/config.schema.yaml@3f6252b4517027e495765a027f8e197906e0a3e0`,
      schema: settings({
        allow_all_keys: flag,
        allowed_keys: texts,
        allowed_values: texts,
        blocked_key_patterns: texts,
        blocked_values: texts,
        hash_function: text,
        hmac_key: text,
        ignored_keys: texts,
        ignored_key_patterns: texts,
        redact_all_types: flag,
        summary: oneOf("debug", "info", "silent"),
      }),
    },
    tail_sampling: {
      source: `${CONTRIB}/processor/tailsamplingprocessor/config.schema.yaml@048c7a088a874a1c282d390f36c24eb2290d3047`,
      schema: settings(
        {
          block_on_overflow: flag,
          decision_cache: settings({ sampled_cache_size: whole, non_sampled_cache_size: whole }),
          decision_wait: duration,
          decision_wait_after_root_received: duration,
          drop_pending_traces_on_shutdown: flag,
          expected_new_traces_per_sec: whole,
          maximum_trace_size_bytes: whole,
          num_traces: whole,
          policies: { type: "array", items: policy, minItems: 1 },
          sample_on_first_match: flag,
          sampling_strategy: oneOf("trace-complete", "span-ingest"),
        },
        ["policies"],
      ),
    },
  },
  exporters: {
    otlp_http: {
      source: `${CORE}/exporter/otlphttpexporter/config.schema.yaml@1f4355e9ac294c571ab9fd6d703d438cb2a2b5a3`,
      schema: settings(
        {
          endpoint: text,
          traces_endpoint: text,
          metrics_endpoint: text,
          logs_endpoint: text,
          encoding: oneOf("proto", "json"),
          headers,
          compression,
          tls,
          timeout: duration,
          retry_on_failure: retry,
          sending_queue: queue,
        },
        ["endpoint"],
      ),
    },
    otlp_grpc: {
      source: `${CORE}/exporter/otlpexporter/config.schema.yaml@1f4355e9ac294c571ab9fd6d703d438cb2a2b5a3`,
      schema: settings(grpcClient, ["endpoint"]),
    },
    load_balancing: {
      source: `${CONTRIB}/exporter/loadbalancingexporter/config.schema.yaml@0140961f9de290fdf809390d3153c1eb214a2300`,
      schema: settings(
        {
          // The exporter sets the endpoint.
          protocol: settings({ otlp: settings({ ...grpcClient, endpoint: false }) }, ["otlp"]),
          resolver: {
            ...settings({
              static: settings({ hostnames: texts }, ["hostnames"]),
              dns: settings({ hostname: text, port: text, interval: duration, timeout: duration }, [
                "hostname",
              ]),
              k8s: settings(
                {
                  service: text,
                  ports: { type: "array", items: whole },
                  return_hostnames: flag,
                  timeout: duration,
                },
                ["service"],
              ),
            }),
            minProperties: 1,
            maxProperties: 1,
          },
          routing_key: oneOf("traceID", "service", "attributes"),
          routing_attributes: texts,
          timeout: duration,
          retry_on_failure: retry,
          sending_queue: queue,
        },
        ["protocol", "resolver"],
      ),
    },
  },
};
