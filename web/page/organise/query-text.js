/** Conditions put into a query and taken out of it. What a query means is Python's; here they are only words in a row. */

/**
 * @param {string} query
 * @param {string} condition
 */
export function hasPart(query, condition) {
  return ` ${query.trim()} `.includes(` ${condition} `);
}

/**
 * @param {string} query
 * @param {string} condition
 */
export function withPart(query, condition) {
  const text = query.trim();
  // What holds for one of several alternatives would not hold for the others.
  const whole = /\bOR\b|\|/.test(text) && !/^\(.*\)$/.test(text) ? `(${text})` : text;
  return whole ? `${whole} ${condition}` : condition;
}

/**
 * @param {string} query
 * @param {string} condition
 */
export function withoutPart(query, condition) {
  return ` ${query.trim()} `.replace(` ${condition} `, " ").trim();
}
