// An application from its draft to approval, by a client whose types openapi-typescript made from the document.
// tsc checks it; node runs it: walk ADDRESS APPLY REVIEW APPROVE USCC, the middle three being keys.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Application = components["schemas"]["ApplicationAnswer"];
type Decision = components["schemas"]["AwardDecision"];
interface Answered {
  data?: Application;
  error?: unknown;
  response: Response;
}

const [address, apply, review, approve, uscc] = process.argv.slice(2);
if (address === undefined || uscc === undefined) throw new Error("usage: walk ADDRESS APPLY REVIEW APPROVE USCC");

const by = (key: string | undefined) =>
  createClient<paths>({ baseUrl: address, headers: { Authorization: `Bearer ${key}` } });
const platform = by(apply);
const reviewer = by(review);
const approver = by(approve);

function read({ data, error, response }: Answered): [Application, string] {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return [data, response.headers.get("ETag") ?? ""];
}

const once = () => ({ "Idempotency-Key": crypto.randomUUID() });
const on = (application: string, etag: string) => ({
  header: { ...once(), "If-Match": etag },
  path: { application },
});

const [draft, drafted] = read(
  await platform.POST("/v1/applications", {
    params: { header: once() },
    body: {
      policy: "yanhu-ip",
      year: new Date().getFullYear(),
      measures: ["patent-grants"],
      applicant: { name: "示例企业", uscc, kind: "enterprise", size: "small" },
      facts: { patents: { granted: 12, invention_granted: 2, high_value_granted: 0 } },
      external_ref: null,
    },
  }),
);
const [, submitted] = read(
  await platform.POST("/v1/applications/{application}/submit", { params: on(draft.id, drafted) }),
);
const [accepted, etag] = read(
  await reviewer.POST("/v1/applications/{application}/accept", { params: on(draft.id, submitted) }),
);
const decisions = accepted.awards.map(
  (award): Decision => ({ award: award.id, decision: "approve", expected_amount: award.assessed }),
);
await approver
  .POST("/v1/applications/{application}/approve", {
    params: on(draft.id, etag),
    body: { awards: decisions },
  })
  .then(read);

const { data: listed } = await platform.GET("/v1/applications", { params: { query: { status: "approved" } } });
const found = listed?.items.find((one) => one.id === draft.id);
if (found === undefined) throw new Error("it is not in the list");
const status: components["schemas"]["Status"] = found.status;
const { data: events } = await platform.GET("/v1/applications/{application}/events", {
  params: { path: { application: draft.id } },
});
const steps = events?.items.map((event) => `${event.from} ${event.to}`);
console.log(JSON.stringify({ status, steps, amount: (await one()).awards[0]?.amount }));

async function one(): Promise<Application> {
  const path = { application: draft.id };
  return read(await platform.GET("/v1/applications/{application}", { params: { path } }))[0];
}
