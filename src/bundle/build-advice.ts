// What to do about a package that does not build on the runner: install what is missing, pin an older build tool, or use another Python.
import { toWrite } from "../settings/to-write.ts";
import { missingOnRunner } from "./missing-headers.ts";

/** Signs of a package that is older than the build tools of today, with the constraint that helps. */
const oldTools: readonly (readonly [RegExp, string])[] = [
  [/cannot import name 'Feature' from 'setuptools'/, "setuptools<46"],
  [/use_2to3 is invalid/, "setuptools<58"],
  [/numpy\.distutils|AttributeError: fcompiler/, "setuptools<60"],
  [
    /InvalidVersion: Invalid version|extras_require['"`]? must be a dictionary|InvalidRequirement|Invalid requirement/,
    "setuptools<66",
  ],
  [/No module named 'setuptools\.command\.test'|invalid command 'test'/, "setuptools<72"],
  [/InvalidConfigError|Invalid dash-separated key|use underscore name|`project\.license`/, "setuptools<77"],
  [/No module named ['"]?pkg_resources/, "setuptools<81"],
  [/cython_sources|Cython\.Compiler\.Errors\.CompileError|Error compiling Cython file/, "Cython<3"],
];

/** Signs of a package that needs an older Python, with the newest one that it can have. */
const oldPythons: readonly (readonly [RegExp, number])[] = [
  [/longintrepr\.h: No such file|'PyFrameObject'|‘PyFrameObject’.*no member named/, 10],
  [/No module named ['"]?(?:imp|asynchat|asyncore|smtpd)['"]?\b|module 'pkgutil' has no attribute 'ImpImporter'/, 11],
  [/No module named ['"]?(?:cgi|crypt|telnetlib|pipes|imghdr|lib2to3)['"]?\b/, 12],
];

export interface FailedBuild {
  readonly configFile?: string | undefined;
  /** A folder of the project, of which there are no other versions. */
  readonly isFolder?: boolean;
}

/** The advice for a failed build. `minor`: the server's Python, `3.13`. `output`: what uv, pip and the build said. */
export function buildAdvice(minor: string, output: string, { configFile, isFolder = false }: FailedBuild = {}): string {
  const missing = missingOnRunner(output);
  const python = oldPythons.find(([pattern]) => pattern.test(output))?.[1];
  const tool = oldTools.find(([pattern]) => pattern.test(output))?.[1];
  const sure = [
    ...(missing ? [missingAdvice(missing.name, missing.packages)] : []),
    ...(python !== undefined && Number(minor.split(".")[1]) > python
      ? [
          `The package is made for Python 3.${python} and older, and the server has Python ${minor}. Require a newer version of it.`,
        ]
      : []),
    ...(tool === undefined
      ? []
      : [`The package needs older build tools. ${toWrite(configFile, `build-constraints = ["${tool}"]`)}`]),
  ];
  const rest = [
    ...(isFolder
      ? []
      : [
          `Require a version that has a wheel for Python ${minor}. The "Download files" page of the package lists them.`,
        ]),
    ...(missing
      ? []
      : [
          "Use its binary package (`psycopg[binary]`), or install missing headers on the runner before this step with `sudo apt-get install -y`.",
        ]),
    ...(tool === undefined
      ? [`Pin an older build tool. ${toWrite(configFile, 'build-constraints = ["setuptools<66"]')}`]
      : []),
  ];
  const lines =
    sure.length > 0
      ? [...sure, ...(isFolder ? [] : rest.slice(0, 1)).map((line) => `Or: ${line}`)]
      : ["Try one of these:", ...rest.map((line) => `- ${line}`)];
  return lines.join("\n");
}

function missingAdvice(name: string, packages: string | undefined): string {
  if (packages === undefined)
    return `The runner lacks ${name}. Find its package with \`apt-file search ${name}\`, and install it in a step before this one.`;
  return `The runner lacks ${name}. Add a step before this one: run: sudo apt-get update && sudo apt-get install -y ${packages}`;
}
