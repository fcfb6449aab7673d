/** Drives the page's Search with a library that answers slowly, and prints what happened as JSON. */

import { LibraryMethods } from "../../web/page/tools/organise/methods.js";
import { Search } from "../../web/page/tools/organise/search.js";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A library that takes `ms` for each answer and answers one question at a time, as its worker does. */
class SlowLibrary {
  asked = [];
  methods = new LibraryMethods((method, params) => this.#answer(method.replace("library_", ""), params));
  #last = Promise.resolve();

  constructor(ms) {
    this.ms = ms;
  }

  #answer(name, { query }) {
    const started = performance.now();
    this.asked.push({ name, query, at: started });
    const answer = this.#last.then(() => sleep(this.ms)).then(() =>
      name === "search" ? { ids: [query.length], order: null } : { facets: [{ kind: query }] },
    );
    this.#last = answer.catch(() => {});
    return answer;
  }
}

function watched(ms) {
  const library = new SlowLibrary(ms);
  const search = new Search(library);
  const told = [];
  search.on("found", ({ query }) => told.push(`found ${query}`));
  search.on("facets", ([{ kind }]) => told.push(`facets ${kind}`));
  return { library, search, told };
}

const results = {};

{
  // The library changes all the time, as it does during an import, while a query is typed.
  const { library, search, told } = watched(50);
  await search.run();
  const changes = setInterval(() => search.refresh(), 10);
  await sleep(30);
  const typed = performance.now();
  search.setQuery("dog");
  while (!told.includes("found dog")) await sleep(5);
  results.typedWhileImporting = performance.now() - typed;
  clearInterval(changes);
  results.searchesWhileImporting = library.asked.filter(({ name }) => name === "search").length;
}
{
  // Each key comes while the search for the one before is under way.
  const { search, told } = watched(200);
  for (const query of ["d", "do", "dog"]) {
    search.setQuery(query);
    await sleep(180);
  }
  await sleep(1300);
  results.told = told;
}
{
  // What changes during a search is searched again, after a rest.
  const { library, search } = watched(10);
  const running = search.run();
  search.refresh();
  await running;
  await sleep(300);
  results.searchesAtOnce = library.asked.filter(({ name }) => name === "search").length;
  await sleep(1500);
  results.searchesAfterRest = library.asked.filter(({ name }) => name === "search").length;
}
console.log(JSON.stringify(results));
