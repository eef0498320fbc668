// Commands that start a web server, as Procfiles, Dockerfiles and supervisor have them.
import { expect, test } from "vitest";
import { readWebCommand } from "../../../src/starting/foreign/web-command.ts";

test.each([
  ["gunicorn shop.wsgi", { program: "gunicorn" }],
  ["gunicorn shop.wsgi:application --log-file -", { program: "gunicorn" }],
  [
    "gunicorn -w 3 --threads=2 -t90 -b 0.0.0.0:$PORT shop.wsgi",
    { program: "gunicorn", workers: 3, threads: 2, timeout: 90 },
  ],
  ["gunicorn --workers $WEB_CONCURRENCY shop.wsgi", { program: "gunicorn" }],
  ["gunicorn --max-requests 500 shop.wsgi", { program: "gunicorn", arguments: ["--max-requests=500"] }],
  ["gunicorn web.app:site", { program: "gunicorn", application: "web.app:site" }],
  ["exec /srv/venv/bin/gunicorn shop.wsgi", { program: "gunicorn" }],
  ["newrelic-admin run-program gunicorn shop.wsgi", { program: "gunicorn" }],
  ["gunicorn -k uvicorn.workers.UvicornWorker shop.asgi", { program: "uvicorn", application: "shop.asgi:application" }],
  [
    "uvicorn shop.asgi:application --host 0.0.0.0 --workers 2",
    { program: "uvicorn", workers: 2, application: "shop.asgi:application" },
  ],
  ["daphne -b 0.0.0.0 -p $PORT shop.asgi:application", { program: "uvicorn", application: "shop.asgi:application" }],
])("%s", (command, server) => {
  expect(readWebCommand(command)?.server).toEqual(server);
});

test("an option that Woven does not take over is noted", () => {
  expect(readWebCommand("gunicorn --statsd-host localhost:8125 shop.wsgi")?.notes).toEqual([
    expect.stringContaining("--statsd-host localhost:8125"),
  ]);
  expect(readWebCommand("gunicorn shop.wsgi --bind :8000 --preload --access-logfile -")?.notes).toEqual([]);
});

test.each(["python manage.py runserver 0.0.0.0:8000", "node server.js", ""])("%s starts no such server", (command) => {
  expect(readWebCommand(command)).toBeUndefined();
});
