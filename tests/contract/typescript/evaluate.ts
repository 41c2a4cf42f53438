// A typed evaluation by a client whose types openapi-typescript made from the service's document.
// tsc checks it; node runs it against the address given as the first argument.
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const address = process.argv[2];
if (address === undefined) throw new Error("usage: evaluate ADDRESS");
const client = createClient<paths>({ baseUrl: address });

const { data, error } = await client.POST("/v1/policies/yanhu-ip/evaluations", {
  body: {
    as_of: "2026-11-23",
    measures: ["patent-grants"],
    applicant: {
      name: "示例企业",
      uscc: "91140802MA0GT0018G",
      kind: "enterprise",
      size: "small",
      credit: { joint_punishment: false },
    },
    facts: { patents: { granted: 8, invention_granted: 2, high_value_granted: 0 } },
  },
});
if (error !== undefined) throw new Error(JSON.stringify(error));

const grants = data.measures[0];
if (grants === undefined) throw new Error("no measure came back");
const verdict: "eligible" | "ineligible" | "undetermined" = grants.verdict;
const codes: string[] = grants.reasons.map((reason) => reason.code);
const chinese: string[] = grants.reasons.map((reason) => reason.message.zh);
console.log(JSON.stringify({ verdict, amount: grants.award.amount, codes, chinese }));
