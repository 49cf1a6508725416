/** Shared by both sides of the BullMQ tests: the address in BullMQ's form, and the data of a job. */
import type { Booking } from "./booking.ts";

export interface BookingData extends Booking {
  readonly failsFirst?: true;
  /** This attempt forwards its trace, so that the next attempt links to it. */
  readonly isForwarded?: true;
}

export function redisAddress(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
