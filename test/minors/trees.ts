/**
 * Derives the span trees of old releases from an expected tree.
 */
import { chatSpan } from "../conformance/expected-spans.ts";
import type { ExpectedTree } from "../harness/program.ts";
import type { ExpectedSpan } from "../support/span-tree.ts";

type Attributes = NonNullable<ExpectedSpan["attributes"]>;
type Change = (span: ExpectedSpan) => ExpectedSpan;
export type TreeChange = (newest: ExpectedTree) => ExpectedTree;

const ENDING = ["error.type", "ai_spans.canceled", "ai_spans.cancel.cause"];
const USAGE = ["input_tokens", "output_tokens"].map((name) => `gen_ai.usage.${name}`);
const ANSWER = ["gen_ai.response.finish_reasons", ...USAGE];

function pick(attributes: Attributes, isWanted: (key: string) => boolean): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => isWanted(key)));
}

export function without({ attributes = {}, ...span }: ExpectedSpan, keys: readonly string[]): ExpectedSpan {
  return { ...span, attributes: pick(attributes, (key) => !keys.includes(key)) };
}

export function withoutAnswer(span: ExpectedSpan): ExpectedSpan {
  return without(span, ANSWER);
}

/** Copies the answer of another span. */
function answersAs(span: ExpectedSpan, { attributes = {} }: ExpectedSpan): ExpectedSpan {
  const answer = pick(attributes, (key) => ANSWER.includes(key));
  return { ...span, attributes: { ...without(span, ANSWER).attributes, ...answer } };
}

/** Copies the outcome of another span. */
function endsAs(span: ExpectedSpan, { status = "UNSET", attributes = {} }: ExpectedSpan): ExpectedSpan {
  const ending = pick(attributes, (key) => ENDING.includes(key));
  return { ...span, status, attributes: { ...without(span, ENDING).attributes, ...ending } };
}

export function failsWith(span: ExpectedSpan, errorType: string): ExpectedSpan {
  return endsAs(span, { name: "", status: "ERROR", attributes: { "error.type": errorType } });
}

/** The span with the outcome of success. */
export function ok(span: ExpectedSpan): ExpectedSpan {
  return endsAs(span, { name: "" });
}

export function withoutChildren(span: ExpectedSpan, names: RegExp): ExpectedSpan {
  return { ...span, children: children(span).filter(({ name }) => !names.test(name)) };
}

export const isChat = ({ name }: ExpectedSpan): boolean => name.startsWith("chat");
export const isTool = ({ name }: ExpectedSpan): boolean => name.startsWith("execute_tool");
/** Whether ai-spans has recorded the span. */
const isTraced = ({ attributes }: ExpectedSpan): boolean =>
  attributes?.["gen_ai.operation.name"] !== undefined;

function children(span: ExpectedSpan): readonly ExpectedSpan[] {
  return span.children ?? [];
}

/** Changes all matching spans, children first. */
export function each(isMeant: (span: ExpectedSpan) => boolean, change: Change): TreeChange {
  const changed = (span: ExpectedSpan): ExpectedSpan => {
    const whole = { ...span, children: children(span).map(changed) };
    return isMeant(whole) ? change(whole) : whole;
  };
  return (tree) => ("name" in tree ? changed(tree) : tree.map(changed));
}

export const same: TreeChange = (tree) => tree;

/** Applies one change after the other. */
export function both(first: TreeChange, second: TreeChange): TreeChange {
  return (tree) => second(first(tree));
}

/** `undefined` means absent. */
export function withAttributes(span: ExpectedSpan, attributes: Attributes): ExpectedSpan {
  return { ...span, attributes: { ...span.attributes, ...attributes } };
}

export const isRun = ({ name }: ExpectedSpan): boolean => name.startsWith("invoke_agent");

/** The model call has no answer when the run ends, and gets the run's outcome. */
export const unansweredWithItsRun = each(isRun, (run) => ({
  ...without(run, ANSWER),
  children: children(run).map((child) => (isChat(child) ? endsAs(without(child, ANSWER), run) : child)),
}));

/** The SDK calls the model once more, with an aborted signal. */
export const callsModelAgain = each(isRun, (run) => {
  const [first] = children(run);
  const streaming = first?.attributes?.["gen_ai.request.stream"] === true;
  const call = chatSpan({ streaming, usage: null, finish: null, response: null, output: false });
  return { ...run, children: [...children(run), endsAs(call, run)] };
});

/** The last model call fails, and the run with it. */
export function failsInLastCall(errorType: string): TreeChange {
  return each(isRun, (run) => {
    const calls = children(run);
    const changed = calls.map((call, index) =>
      index === calls.length - 1 ? failsWith(call, errorType) : call,
    );
    return { ...failsWith(run, errorType), children: changed };
  });
}

/** The run fails after its first model call, and only some of its later children are there. */
export function failsAfterFirstCall(
  errorType: string,
  keeps: (span: ExpectedSpan) => boolean = () => false,
): TreeChange {
  return each(isRun, (run) => {
    const [first] = children(run);
    if (!first) throw new Error("no model call is expected of the newest release");
    const kept = children(run).filter((child) => child === first || keeps(child));
    return { ...failsWith(answersAs(run, first), errorType), children: kept };
  });
}

/** The span is canceled, without a known cause. */
export function abandonedSpan(span: ExpectedSpan): ExpectedSpan {
  return withAttributes(ok(span), { "ai_spans.canceled": true, "ai_spans.cancel.cause": "abandoned" });
}

export const isCanceled = ({ attributes }: ExpectedSpan): boolean =>
  attributes?.["ai_spans.canceled"] === true;

/** All canceled spans are abandoned instead. */
export const abandoned = each(isCanceled, abandonedSpan);

/** Only the application's spans are left. */
export const untraced: TreeChange = (tree) => {
  const own = (span: ExpectedSpan): ExpectedSpan[] =>
    isTraced(span) ? children(span).flatMap(own) : [{ ...span, children: children(span).flatMap(own) }];
  return "name" in tree ? own(tree) : tree.flatMap(own);
};
