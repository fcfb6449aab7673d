import { box, fromTemplate } from "../dom.js";
import { formatPlural } from "../format.js";

/**
 * @param {HTMLElement} host
 * @returns {() => void}
 */
export function mountPrivacy(host) {
  host.replaceChildren(fromTemplate("view-privacy"));
  const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]');
  box(host, "policy").textContent = (policy?.getAttribute("content") ?? "").replaceAll("; ", ";\n");
  const requests = box(host, "requests");
  const show = () => (requests.textContent = requestWords());
  const observer = new PerformanceObserver(show);
  observer.observe({ type: "resource" });
  show();
  return () => observer.disconnect();
}

/** Where this page's files came from, as the browser itself recorded it. */
function requestWords() {
  /** @type {Map<string, number>} */
  const counts = new Map([[location.host, 1]]); // the page itself
  for (const { name } of performance.getEntriesByType("resource")) {
    const { protocol, host } = new URL(name);
    if (protocol !== "blob:" && protocol !== "data:") counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return [...counts].map(([host, count]) => `${formatPlural(count, "file")} from ${host}`).join("\n");
}
