// Commands of other tools in Woven's form, and those that have none.
import { expect, test } from "vitest";
import { processCommand, releaseWork } from "../../../src/starting/foreign/commands.ts";

test.each([
  ["celery -A shop worker", "celery -A shop worker"],
  ["python manage.py rqworker high", "manage rqworker high"],
  ["./manage.py tick", "manage tick"],
  ["exec poetry run celery -A shop worker", "celery -A shop worker"],
  ["uv run -- python manage.py tick", "manage tick"],
  ["/srv/shop/venv/bin/celery -A shop worker", "celery -A shop worker"],
  ["/srv/shop/venv/bin/python /srv/shop/manage.py tick", "manage tick"],
  ["python clock.py", "python clock.py"],
  ["celery -A shop beat", "celery -A shop beat --schedule /tmp/beat"],
  ["celery -A shop worker -B -s /tmp/mine", "celery -A shop worker -B -s /tmp/mine"],
])("%s", (text, command) => {
  expect(processCommand(text)).toEqual({ kind: "command", command });
});

test.each(["celery -A shop worker -Q $QUEUES", "cd app && celery worker", "sh start.sh", "DEBUG=1 celery worker"])(
  "%s needs a shell",
  (text) => {
    expect(processCommand(text)).toMatchObject({ kind: "no" });
  },
);

test.each<[string, readonly string[], readonly string[]]>([
  ["python manage.py migrate", [], []],
  ["python manage.py migrate --noinput && python manage.py createcachetable", ["createcachetable"], []],
  ["./manage.py loaddata a.json b.json; ./manage.py collectstatic", ["loaddata a.json b.json"], []],
  ["./release.sh && python manage.py check --deploy", [], ["./release.sh"]],
])("a release phase: %s", (line, commands, others) => {
  expect(releaseWork(line)).toEqual({ commands, others });
});
