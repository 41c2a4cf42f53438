// tsc must refuse this: the fact is misspelt and the count is text.
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const client = createClient<paths>({ baseUrl: "http://127.0.0.1" });
await client.POST("/v1/policies/yanhu-ip/evaluations", {
  body: {
    applicant: { name: "示例企业", uscc: "91140802MA0GT0018G" },
    facts: { patents: { grantd: 8, invention_granted: "2" } },
  },
});
