import type * as sdk from "ai";
import { generateText, type LanguageModel } from "ai-spans/ai";
import type * as traced from "ai-spans/ai";

/** Has the type as an input and as an output, so that only the same type fits. */
interface Both<T> {
  readonly pass: (value: T) => T;
}
type IsSame<One, Other> =
  Both<One> extends Both<Other> ? (Both<Other> extends Both<One> ? true : false) : false;

/** TypeScript adds `default` to what it takes for a CommonJS module, such as the types of v5 and v6. */
type Named<Module> = Omit<Module, "default">;

export const isSameModule: IsSame<Named<typeof traced>, Named<typeof sdk>> = true;
export const isSameType: IsSame<LanguageModel, sdk.LanguageModel> = true;

export async function answer(model: LanguageModel): Promise<string> {
  return (await generateText({ model, prompt: "a room in Paris" })).text;
}
