// The parts of a configuration key: its schema and its documentation.
import * as v from "valibot";
import { type Grammar, type GrammarName, grammars, misfit } from "./grammar.ts";
import { quoted } from "./problems.ts";

/** The documentation of a key. `shown`: the default in words. `was`: the name in the settings of 2010. */
export interface KeyNotes {
  readonly description: string;
  readonly example: string;
  readonly shown?: string;
  readonly was?: string;
}

export function key<const Schema extends v.GenericSchema>(schema: Schema, notes: KeyNotes) {
  return v.optional(v.pipe(schema, v.metadata({ ...notes })));
}

/** A text that must fit a grammar. */
export function text(name: GrammarName) {
  const { pattern, longest }: Grammar = grammars[name];
  return v.pipe(
    v.string(),
    v.maxLength(longest, `is longer than ${longest} characters`),
    v.regex(pattern, (issue) => `${quoted(issue.input)} ${misfit(name)}`),
  );
}

/** A text that a function checks. The function returns what is wrong, as text after the value. */
export function judged(problem: (value: string) => string | undefined) {
  return v.pipe(
    v.string(),
    v.check(
      (value) => problem(value) === undefined,
      (issue) => `${quoted(issue.input)} ${problem(issue.input) ?? ""}`,
    ),
  );
}

/** A text that must fit a grammar and that a function checks too. */
export function alsoJudged(name: GrammarName, problem: (value: string) => string | undefined) {
  return v.pipe(
    text(name),
    v.check(
      (value) => problem(value) === undefined,
      (issue) => `${quoted(issue.input)} ${problem(issue.input) ?? ""}`,
    ),
  );
}

export function whole(least: number, most: number) {
  const message = `is not a whole number from ${least} to ${most}`;
  return v.pipe(v.number(), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
}

/** A list of texts that must fit a grammar. */
export const texts = (name: GrammarName) => v.array(text(name));
