/**
 * The TypeScript programs and their settings, as texts: as files, the repository's own type check would read them as ES
 * modules. The test writes them beside the programs.
 */

const classic = { module: "commonjs", moduleResolution: "node10" };
const strict = { target: "es2022", strict: true, noEmit: true };

/**
 * Every declaration of ours is checked as well. Without the types of Node and of the DOM this takes a third of the time,
 * and shows that our declarations need neither.
 */
const entries = {
  compilerOptions: { ...strict, lib: ["es2022"], types: [], skipLibCheck: false },
  files: ["entries.ts"],
};

/** The AI SDK's own declarations do not pass under `node10`, so declarations are not checked here. */
const consumer = {
  compilerOptions: { ...strict, types: ["node"], skipLibCheck: true },
  files: ["consumer.ts"],
};

/** The settings of a new NestJS 11 application, but for where the output goes. */
const nest = {
  compilerOptions: {
    module: "nodenext",
    moduleResolution: "nodenext",
    resolvePackageJsonExports: true,
    esModuleInterop: true,
    isolatedModules: true,
    removeComments: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    allowSyntheticDefaultImports: true,
    target: "ES2023",
    skipLibCheck: true,
    strictNullChecks: true,
    forceConsistentCasingInFileNames: true,
    noImplicitAny: false,
    strictBindCallApply: false,
    noFallthroughCasesInSwitch: false,
  },
  files: ["nest-application.ts"],
};

function withModules(project: typeof entries | typeof consumer, modules: object): object {
  return { ...project, compilerOptions: { ...project.compilerOptions, ...modules } };
}

/** By file name. */
export const settings: Readonly<Record<string, object>> = {
  "entries.node16.json": withModules(entries, { module: "node16" }),
  "entries.node10.json": withModules(entries, classic),
  "consumer.node16.json": withModules(consumer, { module: "node16", esModuleInterop: true }),
  "consumer.node10.json": withModules(consumer, classic),
  "nest.json": nest,
};

/** By file name. */
export const sources: Readonly<Record<string, string>> = {
  "entries.ts": `
import { wrapAISDK, type TracingOptions } from "ai-spans";
import { createAISDKTelemetry, type CloudflareOptions } from "ai-spans/cloudflare";
import { examine, type Report } from "ai-spans/doctor";
import { createTreeExporter, type TreeExporter } from "ai-spans/console";
import { wrapMCPTransport } from "ai-spans/mcp";
import { withRemoteContext } from "ai-spans/propagation";
import { flushAfter, type FlushOptions } from "ai-spans/serverless";
import { spanTree, type SpanNode } from "ai-spans/testing";

declare global {
  // OpenTelemetry's declarations mention it.
  var console: { log(...values: unknown[]): void };
}

export const sdk: { readonly name: "sdk" } = wrapAISDK({ name: "sdk" });
export const transport: { readonly name: "transport" } = wrapMCPTransport({ name: "transport" });
export const examined: () => Promise<Report> = examine;
export const flushed: Promise<"done"> = flushAfter(() => "done");
export const worked: "done" = withRemoteContext({}, () => "done");
export const exporter: TreeExporter = createTreeExporter({ stream: { write: (text: string) => text.length } });
export const trees: SpanNode[] = spanTree([]);
export const options: [TracingOptions, CloudflareOptions, FlushOptions] = [{}, {}, { timeoutMs: 1 }];
// @ts-expect-error -- a text is not an SDK
export const refused = () => [wrapAISDK("sdk"), createAISDKTelemetry()];
`,

  "consumer.ts": `
import * as ai from "ai-v6";
import { wrapAISDK } from "ai-spans";
import * as testing from "ai-spans/testing";
import { runAgent } from "./agent";
import { printSpans } from "./telemetry";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

const wrapped = wrapAISDK(ai);
export const isSameType: Equal<typeof wrapped, typeof ai> = true;
export const isAny: Equal<typeof wrapped, any> = false;

void printSpans(testing, async () => ({ texts: await runAgent(wrapped, "v6") }));
`,

  "nest-application.ts": `
import { ServerResponse } from "node:http";
import { Controller, Get, Injectable, Module, Res, type INestApplication } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Test } from "@nestjs/testing";
import * as ai from "ai-v6";
import { wrapAISDK } from "ai-spans";
import * as testing from "ai-spans/testing";
import { loop, stream } from "./agent";
import { printSpans } from "./telemetry";

@Injectable()
class RoomService {
  private readonly ai = wrapAISDK(ai);

  search() {
    return loop(this.ai, "v6");
  }

  describe() {
    return stream(this.ai, "v6");
  }
}

@Controller("rooms")
class RoomController {
  constructor(private readonly service: RoomService) {}

  @Get()
  search() {
    return this.service.search();
  }

  @Get("described")
  describe(@Res() response: ServerResponse) {
    this.service.describe().pipeTextStreamToResponse(response);
  }
}

@Module({ controllers: [RoomController], providers: [RoomService] })
class AppModule {}

async function textsOf(application: INestApplication): Promise<string[]> {
  await application.listen(0, "127.0.0.1");
  const url = await application.getUrl();
  const texts: string[] = [];
  for (const path of ["/rooms", "/rooms/described"]) texts.push(await (await fetch(url + path)).text());
  await application.close();
  return texts;
}

void printSpans(testing, async () => {
  const started = await NestFactory.create(AppModule, { logger: false });
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const tested = module.createNestApplication();
  return { texts: [...(await textsOf(started)), ...(await textsOf(tested))] };
});
`,
};
