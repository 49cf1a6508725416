/** The message that the tests send through every broker, as text. */
export interface Booking {
  readonly mode: "linked" | "continuous";
}

export function bookingText(booking: Booking): string {
  return JSON.stringify(booking);
}

/** Only the tests send messages, so the text has this form. */
export function bookingOf(text: string): Booking {
  return JSON.parse(text) as Booking;
}
