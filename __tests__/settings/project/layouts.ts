// The layouts that the tests of discovery share.
import type { Distribution, Settings } from "../../../src/settings/settings.ts";
import { managePy, settingsOf, told } from "../source.ts";

export const config = { "woven.toml": 'domains = ["shop.example.com"]\n' };
export const django = {
  "manage.py": managePy("shop.settings"),
  "shop/__init__.py": "",
  "shop/settings.py": "DEBUG = False\n",
};
export const requirements = { "requirements.txt": "django\n" };
const env = { GITHUB_REPOSITORY: "acme/shop-site" };

/** What a deploy finds in these files. */
export async function foundIn(
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<Distribution & Pick<Settings, "distributionName">> {
  const { distribution, distributionName } = await settingsOf({ files: { ...config, ...files }, inputs, env });
  if (distribution === undefined || distributionName === undefined) throw new Error("no distribution was found");
  return { ...distribution, distributionName };
}

/** What a deploy asks of somebody who has these files. */
export function asked(files: Readonly<Record<string, string>>, inputs: Readonly<Record<string, string>> = {}) {
  return told({ files: { ...config, ...files }, inputs, env });
}
