// tsc must refuse both: the fact is misspelt in the first, the count is text in the second. One object each, as tsc
// tells only one mistake of an object; and the body by its type, as a generic call takes what is not declared.
import type { paths } from "./schema.js";

type Body = paths["/v1/policies/yanhu-ip/evaluations"]["post"]["requestBody"]["content"]["application/json"];

const applicant = { name: "示例企业", uscc: "91140802MA0GT0018G" };
export const misspelt: Body = { applicant, facts: { patents: { grantd: 8 } } };
export const text: Body = { applicant, facts: { patents: { invention_granted: "2" } } };
