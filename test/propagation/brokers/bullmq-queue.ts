/** What both sides of the BullMQ tests know: the address in BullMQ's form, and a job's data. */
import type { Booking } from "./booking.ts";

export interface BookingData extends Booking {
  readonly failsFirst?: true;
  /** The next attempt is to link to this one. */
  readonly isForwarded?: true;
}

export function redisAddress(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
