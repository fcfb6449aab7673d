/** Adds conditions to a query and removes them. Python interprets queries; this module only splits them into parts. */

/**
 * @param {string} query
 * @param {string} condition
 */
export function hasPart(query, condition) {
  return indexOf(partsOf(query), condition) >= 0;
}

/**
 * @param {string} query
 * @param {string} condition
 */
export function withPart(query, condition) {
  const text = query.trim();
  // Without parentheses, the condition would apply only to the last of several alternatives.
  const whole = hasAlternatives(partsOf(text)) ? `(${text})` : text;
  return whole ? `${whole} ${condition}` : condition;
}

/**
 * @param {string} query
 * @param {string} condition
 */
export function withoutPart(query, condition) {
  const parts = partsOf(query);
  const index = indexOf(parts, condition);
  const part = parts[index];
  if (!part) return query.trim();
  const before = query.slice(0, part.start).replace(/(^|\s)AND\s*$/, "").trim();
  const behind = query.slice(part.start + condition.length).trim();
  return before ? `${before} ${behind}`.trim() : behind.replace(/^AND\s+/, "");
}

/**
 * Return a name as a value of a query.
 * @param {string} name
 */
export function quoted(name) {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Split a query at the spaces and parentheses that are not in quotation marks.
 * @param {string} query
 */
function partsOf(query) {
  /** @type {{text: string, start: number, depth: number}[]} */
  const parts = [];
  let depth = 0;
  for (const { 0: text, index: start } of query.matchAll(/[()]|(?:"(?:[^"]|"")*"|[^\s()"]|"(?![^"]*"))+/g)) {
    if (text === ")") depth -= 1;
    parts.push({ text, start, depth });
    if (text === "(") depth += 1;
  }
  return parts;
}

/**
 * Return the index of a condition that must hold for the whole query, or -1.
 * @param {ReturnType<typeof partsOf>} parts
 * @param {string} condition
 */
function indexOf(parts, condition) {
  if (hasAlternatives(parts)) return -1;
  return parts.findIndex((part, index) => {
    return part.depth === 0 && part.text === condition && parts[index - 1]?.text !== "NOT";
  });
}

/** @param {ReturnType<typeof partsOf>} parts */
function hasAlternatives(parts) {
  return parts.some(({ text, depth }) => depth === 0 && text === "OR");
}
