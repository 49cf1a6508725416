/**
 * A Worker that asks Durable Objects of another Worker, through traced stubs, and sends to a queue.
 */
import { carriers, traceNamespace, withProducerSpan, withRemoteContext } from "ai-spans/propagation";
import { tellSpans, tracer } from "./telemetry.ts";

interface Ledger {
  total(): Promise<number>;
}

interface HotelStub {
  readonly name: string | undefined;
  init(name: string): Promise<void>;
  book(...given: unknown[]): Promise<{ readonly name: string; readonly given: readonly unknown[] }>;
  read(stream: ReadableStream): Promise<string>;
  ledger(): Promise<Ledger> & Ledger;
  fail(): Promise<never>;
  missing(): Promise<never>;
  fetch(input: Request | string, init?: RequestInit): Promise<Response>;
}

interface HotelNamespace {
  idFromName(name: string): object;
  get(id: object): HotelStub;
  getByName(name: string): HotelStub;
  jurisdiction(name: string): HotelNamespace;
}

interface Environment {
  readonly HOTEL: HotelNamespace;
  readonly BARE_HOTEL: HotelNamespace;
  readonly HOTEL_WORKER: { fetch(url: string): Promise<Response> };
  readonly BOOKINGS: { send(body: unknown): Promise<void> };
}

type Program = (environment: Environment) => Promise<unknown>;

/** Each call is below a span of its own. */
async function spanned<T>(name: string, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });
}

async function callHotel(namespace: HotelNamespace): Promise<unknown> {
  const hotel = namespace.get(namespace.idFromName("astoria"));
  await spanned("call init", async () => hotel.init("astoria"));
  const booked = await spanned("call book", async () => hotel.book(1, { room: 7 }));
  const fetched = await spanned("call fetch", async () =>
    hotel.fetch("http://hotel/", { method: "POST", body: "hello" }),
  );
  return { booked, fetched: await fetched.json() };
}

const failureOf = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return error instanceof Error ? { name: error.name, message: error.message } : error;
  }
};

async function explore(namespace: HotelNamespace): Promise<unknown> {
  const hotel = namespace.getByName("plaza");
  return spanned("explore", async () => ({
    // Before the first answer is there, and after it.
    pipelined: [await hotel.ledger().total(), await hotel.ledger().total()],
    awaited: await (await hotel.ledger()).total(),
    stream: await hotel.read(new Response("a stream").body ?? new ReadableStream()),
    failure: await failureOf(async () => hotel.fail()),
    missing: await failureOf(async () => hotel.missing()),
    name: hotel.name,
  }));
}

const programs: Readonly<Record<string, Program>> = {
  "/traced": async ({ HOTEL }) => callHotel(traceNamespace(HOTEL)),
  "/bare": async ({ BARE_HOTEL }) => callHotel(traceNamespace(BARE_HOTEL)),
  // The local runtime has no jurisdictions, and says so; so the namespace of one is the plain one here.
  "/jurisdiction": async ({ HOTEL }) =>
    callHotel(traceNamespace({ jurisdiction: (_name: string) => HOTEL }).jurisdiction("eu")),
  "/jurisdiction-of-runtime": async ({ HOTEL }) =>
    failureOf(async () => traceNamespace(HOTEL).jurisdiction("eu")),
  "/explore-plain": async ({ HOTEL }) => explore(HOTEL),
  "/explore-traced": async ({ HOTEL }) => explore(traceNamespace(HOTEL)),
  "/explore-bare": async ({ BARE_HOTEL }) => explore(traceNamespace(BARE_HOTEL)),
  "/without-a-span": async ({ HOTEL }) => {
    const hotel = traceNamespace(HOTEL).getByName("savoy");
    return hotel.book(2);
  },
  "/queue": async ({ BOOKINGS }) => {
    const body = { room: 7 };
    const options = { name: "send bookings", carrier: body, as: carriers.envelope };
    await withProducerSpan(options, async () => BOOKINGS.send(body));
    return body;
  },
};

export default {
  async fetch(request: Request, environment: Environment): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/spans/travel") return tellSpans();
    if (pathname === "/spans/hotel") return environment.HOTEL_WORKER.fetch(request.url);
    const program = programs[pathname];
    if (!program) return new Response("no such program", { status: 404 });
    return withRemoteContext(request, async () => Response.json((await program(environment)) ?? null));
  },
};
