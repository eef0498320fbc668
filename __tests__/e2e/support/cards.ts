// The cards of examples/: orders one on the page, and looks who has written it.
import { randomBytes } from "node:crypto";
import { type Checkout, checkout } from "./checkout.ts";
import { visitor } from "./visitor.ts";

/** The example as this version. `edit` changes more of it. */
export async function cards(version: string): Promise<Checkout> {
  const project = await checkout(["cards"]);
  if (version !== "0.1") {
    await project.edit("pyproject.toml", 'version = "0.1"', `version = "${version}"`);
    await project.edit("cards/__init__.py", 'VERSION = "0.1"', `VERSION = "${version}"`);
  }
  return project;
}

export function orderCards(host: string) {
  const guest = visitor(host, "cards.example.com");
  return {
    /** Orders a card, and returns its text. The worker needs a second for each page. */
    async order(pages = 0): Promise<string> {
      const text = `card ${randomBytes(6).toString("hex")}`;
      const { status, body } = await guest.submit("/", { text, pages: String(pages) });
      if (status !== 302) throw new Error(`the order was answered ${status}: ${body.slice(0, 500)}`);
      return text;
    },
    /** The version, the account and the server of the worker that wrote it; empty until then. */
    async writer(text: string): Promise<string> {
      const { status, body } = await guest.get("/cards.json");
      if (status !== 200) throw new Error(`the cards were answered ${status}`);
      return (JSON.parse(body) as Readonly<Record<string, string>>)[text] ?? "lost";
    },
  };
}
