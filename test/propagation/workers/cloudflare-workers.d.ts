/** The classes of the runtime that the Workers under test extend. */
declare module "cloudflare:workers" {
  export class DurableObject {
    constructor(context: unknown, environment: unknown);
    fetch?(request: Request): Promise<Response>;
  }
  export class WorkerEntrypoint {
    fetch?(request: Request): Promise<Response>;
  }
  export const RpcTarget: new () => object;
}
