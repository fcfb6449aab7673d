/** Puts conditions into queries and takes them out: prints the results for the cases that come in as JSON. */

import { hasPart, quoted, withPart, withoutPart } from "../../web/page/tools/organise/query-text.js";

const cases = JSON.parse(process.argv[2] ?? "[]");
const results = cases.map(([query, condition]) => {
  const added = withPart(query, condition);
  return { added, has: hasPart(query, condition), hasAdded: hasPart(added, condition), without: withoutPart(query, condition), back: withoutPart(added, condition) };
});
console.log(JSON.stringify({ results, quoted: quoted('a "b"') }));
