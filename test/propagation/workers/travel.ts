/**
 * A Worker that calls Durable Objects of another Worker through wrapped stubs, and sends to a queue.
 */
import {
  carriers,
  wrapDurableObjectNamespace,
  wrapStub,
  withProducerSpan,
  withRemoteContext,
} from "ai-spans/propagation";
import { flushHandler } from "ai-spans/serverless";
import { sendSpans, tracer } from "./telemetry.ts";

interface Ledger {
  total(): Promise<number>;
}

interface HotelStub {
  readonly name: string | undefined;
  init(name: string): Promise<void>;
  book(...args: unknown[]): Promise<{ readonly name: string; readonly args: readonly unknown[] }>;
  count(rooms: readonly string[]): Promise<number>;
  takeCalls(): Promise<readonly string[]>;
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
  /** The same class under another name, so that no answer of its receiver is known. */
  readonly DECLARED_HOTEL: HotelNamespace;
  readonly BARE_HOTEL: HotelNamespace;
  readonly DESK: { ask(questions: readonly string[]): Promise<readonly string[]> };
  readonly HOTEL_WORKER: { fetch(url: string): Promise<Response> };
  readonly BOOKINGS: { send(body: unknown): Promise<void> };
}

type Program = (environment: Environment) => Promise<unknown>;

/** Runs the work inside a span. */
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
    // The first call is made before the runtime has answered, the second one after it.
    pipelined: [await hotel.ledger().total(), await hotel.ledger().total()],
    awaited: await (await hotel.ledger()).total(),
    stream: await hotel.read(new Response("a stream").body ?? new ReadableStream()),
    failure: await failureOf(async () => hotel.fail()),
    missing: await failureOf(async () => hotel.missing()),
    name: hotel.name,
  }));
}

/**
 * Changes the arguments after the call, and makes several calls in one turn. The first round is also the first of the
 * binding, the second one is not.
 */
async function callInOneTurn(namespace: HotelNamespace): Promise<unknown> {
  const hotel = namespace.getByName("ritz");
  return spanned("call in one turn", async () => {
    const rounds: unknown[] = [];
    for (const guest of ["first", "later"]) {
      const rooms = [guest, "double"];
      const counted = hotel.count(rooms);
      rooms.length = 0;
      const fetched = hotel.fetch("http://hotel/");
      const countedAgain = hotel.count([guest]);
      const counts = await Promise.all([counted, countedAgain]);
      await fetched;
      rounds.push({ counts, calls: await hotel.takeCalls() });
    }
    return rounds;
  });
}

/** What a program can ask of a call's result before the result has arrived. */
async function describeResults(namespace: HotelNamespace): Promise<unknown> {
  const hotel = namespace.getByName("plaza");
  return spanned("describe", async () => {
    const described: unknown[] = [];
    for (let round = 0; round < 2; round += 1) {
      const ledger = hotel.ledger();
      described.push({
        type: typeof ledger,
        isPromise: ledger instanceof Promise,
        tag: Object.prototype.toString.call(ledger),
        class: Object.getPrototypeOf(ledger).constructor.name,
        member: typeof ledger.total,
        // This pipelined call is made before the result has arrived.
        total: await ledger.total(),
        settled: await Promise.allSettled([
          ledger.finally(() => {}),
          hotel.fail().catch(() => "caught"),
        ]).then((results) => results.map(({ status }) => status)),
        disposed: Reflect.apply(Reflect.get(ledger, Symbol.dispose), ledger, []),
      });
    }
    return described;
  });
}

/** A new object of the binding, for which no answer is known. */
const objectWith = (namespace: HotelNamespace): HotelNamespace => ({
  idFromName: (name) => namespace.idFromName(name),
  get: (id) => namespace.get(id),
  getByName: (name) => namespace.getByName(name),
  jurisdiction: (name) => namespace.jurisdiction(name),
});

const programs: Readonly<Record<string, Program>> = {
  "/traced": async ({ HOTEL }) => callHotel(wrapDurableObjectNamespace(HOTEL)),
  "/bare": async ({ BARE_HOTEL }) => callHotel(wrapDurableObjectNamespace(BARE_HOTEL)),
  // The local runtime has no jurisdictions and throws. So this object returns the plain binding.
  "/jurisdiction": async ({ HOTEL }) =>
    callHotel(wrapDurableObjectNamespace({ jurisdiction: (_name: string) => HOTEL }).jurisdiction("eu")),
  "/jurisdiction-of-runtime": async ({ HOTEL }) =>
    failureOf(async () => wrapDurableObjectNamespace(HOTEL).jurisdiction("eu")),
  "/explore-plain": async ({ HOTEL }) => explore(HOTEL),
  "/explore-traced": async ({ HOTEL }) => explore(wrapDurableObjectNamespace(HOTEL)),
  "/explore-bare": async ({ BARE_HOTEL }) => explore(wrapDurableObjectNamespace(BARE_HOTEL)),
  "/declared": async ({ DECLARED_HOTEL }) =>
    callHotel(wrapDurableObjectNamespace(DECLARED_HOTEL, { tracedReceiver: true })),
  "/declared-wrongly": async ({ BARE_HOTEL }) =>
    callHotel(wrapDurableObjectNamespace(objectWith(BARE_HOTEL), { tracedReceiver: true })),
  "/in-one-turn-plain": async ({ HOTEL }) => callInOneTurn(HOTEL),
  "/in-one-turn-traced": async ({ HOTEL }) => callInOneTurn(wrapDurableObjectNamespace(objectWith(HOTEL))),
  "/in-one-turn-bare": async ({ BARE_HOTEL }) =>
    callInOneTurn(wrapDurableObjectNamespace(objectWith(BARE_HOTEL))),
  "/describe-plain": async ({ HOTEL }) => describeResults(HOTEL),
  "/describe-traced": async ({ HOTEL }) => describeResults(wrapDurableObjectNamespace(objectWith(HOTEL))),
  "/describe-bare": async ({ BARE_HOTEL }) =>
    describeResults(wrapDurableObjectNamespace(objectWith(BARE_HOTEL))),
  "/service-binding": async ({ DESK }) => {
    const desk = wrapStub(DESK);
    return spanned("call desk", async () => {
      const answers: unknown[] = [];
      for (const question of ["first", "later"]) {
        const questions = [question];
        const asked = desk.ask(questions);
        questions.length = 0;
        answers.push(await asked);
      }
      return answers;
    });
  },
  // A method of an entrypoint may get a stub as its argument.
  "/flushed-with-a-stub": async ({ HOTEL }) => {
    const hotel = HOTEL.getByName("sacher");
    const rejections: string[] = [];
    const onRejection = (event: Event): number => rejections.push(String(Reflect.get(event, "reason")));
    addEventListener("unhandledrejection", onRejection);
    const handler = flushHandler(async (stub: HotelStub, room: number) => stub.count([`${room}`]));
    const counted = await handler(hotel, 7);
    // After this answer, an answer to a call of ours would also have arrived.
    const calls = await hotel.takeCalls();
    removeEventListener("unhandledrejection", onRejection);
    return { counted, calls, rejections };
  },
  "/without-a-span": async ({ HOTEL }) => {
    const hotel = wrapDurableObjectNamespace(HOTEL).getByName("savoy");
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
    if (pathname === "/spans/travel") return sendSpans();
    if (pathname === "/spans/hotel") return environment.HOTEL_WORKER.fetch(request.url);
    const program = programs[pathname];
    if (!program) return new Response("no such program", { status: 404 });
    return withRemoteContext(request, async () => Response.json((await program(environment)) ?? null));
  },
};
