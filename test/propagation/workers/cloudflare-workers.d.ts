/** The classes of the runtime that the Workers under test extend. */
declare module "cloudflare:workers" {
  export class DurableObject {
    readonly ctx: { acceptWebSocket(socket: unknown): void; waitUntil(work: Promise<unknown>): void };
    constructor(context: unknown, environment: unknown);
    fetch?(request: Request): Promise<Response>;
    webSocketMessage?(socket: { send(text: string): void }, message: string): Promise<void>;
  }
  export class WorkerEntrypoint {
    fetch?(request: Request): Promise<Response>;
  }
  export const RpcTarget: new () => object;
}

declare const WebSocketPair: new () => Readonly<Record<0 | 1, unknown>>;
