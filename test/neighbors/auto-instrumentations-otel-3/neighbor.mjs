// Nothing to write: the register module sets OpenTelemetry up, and sends what it has when the process ends.
export const registersOpenTelemetry = true;
