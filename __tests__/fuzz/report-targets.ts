// What the outcome of a run becomes: summary, annotations, outputs. Every text in it may be a node's.
import { error as annotation } from "@actions/core";
import { WovenError } from "../../src/errors.ts";
import { annotate } from "../../src/github/annotations.ts";
import { code, details, fence, link, plain, table } from "../../src/github/markdown.ts";
import { outputsOf } from "../../src/github/outputs.ts";
import { renderSummary } from "../../src/github/summary.ts";
import { disarm } from "../../src/log.ts";
import { cleanReport, type RunReport } from "../../src/report.ts";
import { hold, isInert, tokensOf } from "./escapes.ts";
import type { Target } from "./target.ts";

const samples = [
  "Install packages",
  "a | b `c` *d* _e_ <b>f</b> [g](http://h) ![i](http://j)",
  "E: Unable to locate package nginx\nE: 404\n",
  "```\n# title\n- item\n1. one\n> quote\n| a | b |\n|---|---|\n",
  "visit https://evil.example/?a=b or www.evil.example, ask @ada about #1",
];

/** A text may stand there as text or code. */
const inline = ["text", "code_inline", "softbreak", "text_special", "html_inline"];

function reportOf(text: string): RunReport {
  const step = {
    stage: "prepare",
    step: "one",
    title: text,
    status: "failed",
    seconds: 1,
    details: [text, text],
  } as const;
  const error = new WovenError({
    code: "step-failed",
    message: text,
    next: text,
    stage: "prepare",
    step: "one",
    output: text,
  });
  const node = {
    host: "web1",
    role: "production",
    version: text,
    previous: text,
    status: "failed",
    changed: true,
    seconds: 1,
    steps: [step],
    cost: { logins: 1, roundTrips: 1, bytesSent: 1 },
    error,
    text,
  } as const;
  return {
    command: "deploy",
    distribution: "shop",
    version: "1.0",
    url: "http://shop.example.com/",
    dryRun: false,
    seconds: 1,
    nodes: [node, { ...node, host: "web2", status: "ok" }],
    found: [{ what: "name", found: { value: text, from: text } }],
  };
}

/** The summary of a run in which nothing but plain words were said has these, and no others. */
const ours = new Set(
  ["words", "many\nwords\n\nand more", "", "long ".repeat(4000)].flatMap((text) =>
    tokensOf(renderSummary(reportOf(text))).map(({ type }) => type),
  ),
);
const addresses = /^(https:\/\/github\.com\/woven\/deploy\/|http:\/\/shop\.example\.com\/)/;

export const reportTargets: readonly Target[] = [
  {
    name: "Markdown",
    samples,
    run(text) {
      const blocks = tokensOf(`before\n\n${fence(text)}\n\nafter`).map(({ type }) => type);
      hold(
        blocks.join() === "paragraph_open,text,paragraph_close,fence,paragraph_open,text,paragraph_close",
        "out of a fence",
      );
      for (const form of [plain(text), `a ${plain(text)} b`, `**${plain(text)}** c`, code(text), `- ${plain(text)}`]) {
        const types = tokensOf(form).map(({ type }) => type);
        const strange = types.filter(
          (type) => !inline.includes(type) && !/^(paragraph|strong|list_item|bullet_list)_/.test(type),
        );
        hold(strange.length === 0, `${strange.join()} out of ${form === code(text) ? "code" : "plain text"}`);
      }
      for (const { type, content } of tokensOf(`${plain(text)} ${code(text)}`))
        hold(type !== "html_inline" || /^<\/?code>$/.test(content), "HTML out of plain text");
      const rows = tokensOf(
        table(
          ["A", "B"],
          [
            [plain(text), code(text)],
            ["x", "y"],
          ],
        ),
      );
      hold(rows.filter(({ type }) => type === "td_open").length === 4, "out of a cell");
      hold(rows.at(-1)?.type === "table_close", "out of a table");
      const folded = tokensOf(details(text, fence(text))).map(({ type }) => type);
      hold(folded.join() === "html_block,fence,html_block", "out of a folded part");
      const linked = tokensOf(link(text)).map(({ type }) => type);
      hold(!linked.some((type) => /^(html|image|fence|code_block|heading)/.test(type)), "out of a link");
    },
  },
  {
    name: "summaries",
    samples,
    run(text) {
      const report = cleanReport(reportOf(text), disarm);
      const tokens = tokensOf(renderSummary(report));
      const strange = tokens.filter(
        ({ type }) => !ours.has(type) && !inline.includes(type) && !/^list_item|^bullet_list/.test(type),
      );
      hold(strange.length === 0, `${strange[0]?.type} in a summary`);
      for (const { type, content } of tokens) {
        if (type === "html_block")
          hold(/^(<details>\n<summary>[^<>]*<\/summary>\n?|<\/details>\n?)+$/.test(content), "HTML in a summary");
        if (type === "html_inline")
          hold(content === "<br>" || /^<\/?code>$/.test(content), "HTML in a line of a summary");
      }
      hold(Buffer.byteLength(renderSummary(report)) <= 60_000, "a summary that is too long");
      for (const { href } of tokens) hold(href === "" || addresses.test(href), `a link to ${href}`);
    },
  },
  {
    name: "annotations and outputs",
    samples,
    run(text) {
      const report = cleanReport(reportOf(text), disarm);
      const lines = printed(() =>
        annotate(report, { error: (message, properties) => annotation(message, properties) }),
      );
      for (const line of lines)
        hold(/^::error [^\r\n]*::[^\r\n]*$/.test(line), "an annotation of more than one command");
      const { results, ...others } = outputsOf(report);
      JSON.parse(results ?? "");
      for (const [name, value] of Object.entries(others))
        hold(name === "previous-version" || isInert(value), `a command in ${name}`);
    },
  },
];

/** The lines that are printed meanwhile. */
function printed(work: () => void): readonly string[] {
  const { write } = process.stdout;
  let text = "";
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    work();
  } finally {
    process.stdout.write = write;
  }
  return text.split("\n").filter(Boolean);
}
