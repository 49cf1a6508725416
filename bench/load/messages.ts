/**
 * What the processes of the load send each other: one request at a time, which has one answer.
 */
import type { ChildProcess } from "node:child_process";

/** Answers the requests of the parent process. */
export function answerRequests(answers: Readonly<Record<string, (argument: never) => unknown>>): void {
  process.on("message", ({ name, argument }: { readonly name: string; readonly argument: unknown }) => {
    void (async () => {
      const answer = answers[name];
      if (!answer) throw new Error(`no such request: ${name}`);
      process.send?.({ name, answer: await answer(argument as never) });
    })();
  });
}

/** Rejects when the process ends before it has answered. */
export function request<Answer>(child: ChildProcess, name: string, argument?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: { readonly name: string; readonly answer: Answer }): void => {
      if (message.name !== name) return;
      remove();
      resolve(message.answer);
    };
    const onClose = (code: number | null, signal: string | null): void => {
      remove();
      reject(new Error(`the process ended before it answered ${name}: ${code ?? signal}`));
    };
    const remove = (): void => {
      child.off("message", onMessage);
      child.off("close", onClose);
    };
    child.on("message", onMessage);
    child.on("close", onClose);
    child.send({ name, argument });
  });
}
