// Whether a project needs ASGI is said before anything is built.
import { expect, test } from "vitest";
import { managePy, problemsOf, settingsOf, smallProject } from "../source.ts";

const needs = 'ASGI_APPLICATION = "shop.asgi.application"\nINSTALLED_APPS = ["daphne", "channels"]\n';
const withSettings = (files: Readonly<Record<string, string>>, toml = "") => ({
  files: { ...smallProject, ...files, "woven.toml": `${smallProject["woven.toml"]}${toml}` },
});

test("a project with channels under a WSGI server is told which line settles it", async () => {
  for (const toml of ["", 'server = "gunicorn"\n']) {
    const [problem, ...more] = await problemsOf(withSettings({ "shop/settings.py": needs }, toml));
    expect(more).toEqual([]);
    expect(problem).toMatchObject({
      where: "woven.toml: server",
      what: expect.stringMatching(/shop\/settings\.py.*"daphne"/),
      next: expect.stringContaining('server = "uvicorn"'),
    });
  }
});

test("also if a module that the settings take everything from has it", async () => {
  const { "shop/settings.py": _, "manage.py": __, ...others } = smallProject;
  const files = {
    ...others,
    "manage.py": managePy("shop.settings.production"),
    "shop/settings/__init__.py": "",
    "shop/settings/base.py": needs,
    "shop/settings/production.py": "from .base import *  # noqa\nDEBUG = False\n",
  };
  expect(await problemsOf({ files })).toMatchObject([{ what: expect.stringContaining("shop/settings/base.py") }]);
});

test.each([
  ["under uvicorn", needs, 'server = "uvicorn"\n'],
  ["that names its WSGI application", needs, 'application = "shop.wsgi:application"\n'],
  ["without channels", 'ASGI_APPLICATION = "shop.asgi.application"\nINSTALLED_APPS = ["shop"]\n', ""],
  ["without an ASGI application", 'INSTALLED_APPS = ["channels"]\n', ""],
  ["that has both only in a comment", '# ASGI_APPLICATION = "a"\n# "channels"\n', ""],
])("a project %s is fine", async (_, settings, toml) => {
  const files = { "shop/settings.py": settings, "shop/wsgi.py": "" };
  expect((await settingsOf(withSettings(files, toml))).sites).toHaveLength(1);
});

test("of several sites, those whose server runs no ASGI are named by their lines", async () => {
  const toml = (lines: string) => `${lines}\n[sites.2]\ndomains = ["live.example.com"]\n`;
  const files = { "shop/settings.py": needs, "shop/wsgi.py": "" };
  const [problem, ...more] = await problemsOf(
    withSettings(files, `${toml('server = "uvicorn"')}server = "gunicorn"\n`),
  );
  expect(more).toEqual([]);
  expect(problem).toMatchObject({ where: "woven.toml: sites.2.server", line: 5 });
  const pages = 'application = "shop.wsgi:application"';
  expect(
    await settingsOf(withSettings(files, `${toml(`server = "gunicorn"\n${pages}`)}server = "uvicorn"\n`)),
  ).toBeTruthy();
  expect(
    await settingsOf(withSettings(files, `${toml('server = "uvicorn"')}server = "uwsgi"\n${pages}\n`)),
  ).toBeTruthy();
});
