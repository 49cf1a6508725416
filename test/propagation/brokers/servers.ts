/**
 * Starts every broker before the broker tests, on a free port of the loopback and in a temporary folder, and ends them
 * afterwards. It does not use brokers that the system runs as services.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSqsServer } from "local-aws-sqs";
import type { TestProject } from "vitest/node";
import { freePort } from "../../support/loopback.ts";
import { startServer, type Server } from "./server-process.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly redis: string;
    readonly rabbitmq: string;
    readonly nats: string;
    readonly kafka: string;
    readonly sqs: string;
  }
}

type Stop = () => Promise<unknown>;

export default async function startServers(project: TestProject): Promise<Stop> {
  const folder = await mkdtemp(join(tmpdir(), "ai-spans-brokers-"));
  const stops: Stop[] = [];
  const start = async (...options: Parameters<typeof startServer>): Promise<Server> => {
    const server = await startServer(...options);
    stops.push(server.stop);
    return server;
  };
  const stopAll: Stop = async () => {
    await Promise.all(stops.map(async (stop) => stop()));
    await rm(folder, { recursive: true, force: true });
  };

  const redis = async (): Promise<void> => {
    const port = String(await freePort());
    const storage = ["--save", "", "--appendonly", "no", "--dir", folder];
    await start({
      command: "redis-server",
      arguments: ["--bind", "127.0.0.1", "--port", port, ...storage],
      ready: /Ready to accept connections/,
    });
    project.provide("redis", `redis://127.0.0.1:${port}`);
  };

  const nats = async (): Promise<void> => {
    const port = String(await freePort());
    await start({
      command: "nats-server",
      arguments: ["--addr", "127.0.0.1", "--port", port],
      ready: /Server is ready/,
    });
    project.provide("nats", `nats://127.0.0.1:${port}`);
  };

  /** librdkafka's mock cluster, which picks a free port and prints it. */
  const kafka = async (): Promise<void> => {
    const { readyLine } = await start({
      command: "kcat",
      arguments: ["-P", "-t", "none", "-b", "127.0.0.1:1", "-X", "test.mock.num.brokers=1"],
      ready: /replaced with (127\.0\.0\.1:\d+)/,
    });
    project.provide("kafka", String(readyLine[1]));
  };

  /** Starts its own port mapper. Otherwise RabbitMQ starts one that outlives the tests. */
  const rabbitmq = async (): Promise<void> => {
    const [port, distribution, mapper] = [
      String(await freePort()),
      String(await freePort()),
      String(await freePort()),
    ];
    await start({
      command: "epmd",
      arguments: ["-d", "-d", "-address", "127.0.0.1", "-port", mapper],
      ready: /entering the main select\(\) loop/,
    });
    await start({
      command: "/usr/lib/rabbitmq/bin/rabbitmq-server",
      arguments: [],
      environment: {
        HOME: folder,
        ERL_EPMD_PORT: mapper,
        RABBITMQ_CONF_ENV_FILE: "/dev/null",
        RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq"),
        RABBITMQ_DIST_PORT: distribution,
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "rabbitmq-plugins"),
        RABBITMQ_LOG_BASE: folder,
        RABBITMQ_LOGS: "-",
        RABBITMQ_MNESIA_BASE: folder,
        RABBITMQ_NODENAME: "ai-spans@localhost",
        RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
        RABBITMQ_NODE_PORT: port,
        RABBITMQ_PID_FILE: join(folder, "rabbitmq.pid"),
      },
      ready: /Server startup complete/,
      endsGently: true,
    });
    project.provide("rabbitmq", `amqp://127.0.0.1:${port}`);
  };

  const sqs = async (): Promise<void> => {
    const port = String(await freePort());
    const server = await createSqsServer({ hostname: "127.0.0.1", port: Number(port) });
    stops.push(
      async () =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    );
    project.provide("sqs", `http://127.0.0.1:${port}`);
  };

  const started = await Promise.allSettled([redis(), nats(), kafka(), rabbitmq(), sqs()]);
  const failures = started.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
  if (failures.length > 0) {
    await stopAll();
    throw new Error(failures.join("\n"));
  }
  return stopAll;
}
