// uv on a node: installs the wheels of a bundle. Kept there, a file for each version.
import { sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";

/** Sends the uv binary to the node; done once a version. */
export function keepUv(version: string, binary: StageFile["content"] | undefined): Step {
  const path = `/var/local/woven/tools/uv-${version}`;
  return {
    id: "uv",
    title: `uv ${version}`,
    ...(binary === undefined ? {} : { files: [{ name: "uv", content: binary }] }),
    check: sh`[ -x ${path} ]`,
    apply: sh`chmod 711 /var/local/woven; install -d -m 755 /var/local/woven/tools
install -m 755 "$files/uv" ${`${path}.new`}
mv -f ${`${path}.new`} ${path}`,
  };
}
