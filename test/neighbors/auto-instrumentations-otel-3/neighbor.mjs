// The application writes nothing for this neighbor. The register module sets OpenTelemetry up, and sends its spans when
// the process ends.
export const registersOpenTelemetry = true;
