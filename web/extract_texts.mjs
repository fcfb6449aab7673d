/**
 * List the texts of JavaScript modules that are translated: node web/extract_texts.mjs FILE…
 *
 * Prints a JSON array of {file, texts: [text] or [singular, plural]}. A call of `t` or `plural` whose text is not a
 * literal is an error: it could not be translated.
 */

import { readFileSync } from "node:fs";
import { parse } from "acorn";
import { full } from "acorn-walk";

/** Which arguments are texts, by function. */
const TEXT_ARGUMENTS = { t: [0], plural: [1, 2] };

const found = [];
const errors = [];

for (const file of process.argv.slice(2)) {
  const program = parse(readFileSync(file, "utf-8"), { ecmaVersion: "latest", sourceType: "module", locations: true });
  full(program, (node) => {
    if (node.type !== "CallExpression" || !Object.hasOwn(TEXT_ARGUMENTS, node.callee.name ?? "")) return;
    const texts = TEXT_ARGUMENTS[node.callee.name].map((index) => literal(node.arguments[index]));
    if (texts.includes(undefined)) {
      errors.push(`${file}:${node.loc.start.line}: the text of ${node.callee.name}() is not a literal.`);
    } else {
      found.push({ file, texts });
    }
  });
}
if (errors.length) {
  console.error(errors.join("\n"));
  process.exit(1);
}
console.log(JSON.stringify(found));

/** The value of a string literal, or of several joined with +; else undefined. */
function literal(node) {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral" && !node.expressions.length) return node.quasis[0].value.cooked;
  if (node?.type === "BinaryExpression" && node.operator === "+") {
    const [left, right] = [literal(node.left), literal(node.right)];
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return undefined;
}
