// A shop whose commands, hook and health command note that they ran, in which version, and as whom.
import type { LocalNode } from "../../../src/local/node.ts";
import { type Checkout, checkout, shop } from "./checkout.ts";
import { inside } from "./inside.ts";

const notesFile = "/home/woven/public/shop/notes";

/** `manage note WORD…` writes a line; `manage note --fail` fails, `--stay` goes on until it is stopped. */
const noteCommand = `import os, pwd, sys, time
from pathlib import Path
from django.conf import settings
from django.core.management.base import BaseCommand
import shop

class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("words", nargs="*")
        parser.add_argument("--fail", action="store_true")
        parser.add_argument("--stay", action="store_true")

    def handle(self, words, fail, stay, **options):
        user = pwd.getpwuid(os.getuid()).pw_name
        path = os.environ.get("WOVEN_FILE_LICENCE_TXT")
        licence = Path(path).read_bytes() if path else b""
        with open(Path(settings.MEDIA_ROOT) / "notes", "a") as notes:
            notes.write(f"{'+'.join(words)} {shop.__version__} {user} {len(licence)}\\n")
        print("noted " + "+".join(words), "with", licence.decode().split("\\n")[0])
        if fail:
            sys.exit("the parcel service did not answer")
        while stay:
            time.sleep(0.1)
`;

const hook = `from woven.api import env, run


def post_deploy():
    run(f"{env.release}/manage note hook {env.version} after={env.previous_version}")
    print("secret of the hook has", len(env["HOOK_SECRET"]), "characters")
`;

export interface Phase {
  readonly version: "0.1" | "0.2" | "0.3";
  /** Lines of [tool.woven], and of [tool.woven.health]. */
  readonly keys: string;
  readonly health?: string;
}

export async function phaseProject({ version, keys, health = "" }: Phase): Promise<Checkout> {
  const project = await checkout(shop[version]);
  await project.write("catalogue/management/__init__.py", "");
  await project.write("catalogue/management/commands/__init__.py", "");
  await project.write("catalogue/management/commands/note.py", noteCommand);
  await project.write("shop/deploy.py", hook);
  await project.edit("pyproject.toml", "[tool.woven]\n", `[tool.woven]\n${keys}`);
  await project.edit("pyproject.toml", "[tool.woven.health]\n", `[tool.woven.health]\n${health}`);
  return project;
}

/** What was noted since the last call. */
export async function notes(node: LocalNode): Promise<readonly string[]> {
  const text = await inside(node, `cat ${notesFile} 2>/dev/null; rm -f ${notesFile}`);
  return text === "" ? [] : text.split("\n");
}
