// uv on a node, which installs the wheels of a bundle. Each version is a file that stays.
import { sh } from "../node/sh.ts";
import type { StageFile, Step } from "../node/stage.ts";

/** Installs uv on the node, once for each version. */
export function keepUv(version: string, binary: StageFile["content"] | undefined): Step {
  const path = `/var/local/woven/tools/uv-${version}`;
  return {
    id: "uv",
    title: `Install uv ${version}`,
    ...(binary === undefined ? {} : { files: [{ name: "uv", content: binary }] }),
    check: sh`[ -x ${path} ]`,
    apply: sh`chmod 711 /var/local/woven; install -d -m 755 /var/local/woven/tools
install -m 755 "$files/uv" ${`${path}.new`}
mv -f ${`${path}.new`} ${path}`,
  };
}
