/** What most readers never need: fetched when it is asked for, and waited for like an answer */
import { useEffect, useState } from "preact/hooks";
import type { Answer } from "../api";

// In the entry of the history, which outlasts the page.
const ANEW = { anew: true };
const loadedAnew = typeof history !== "undefined" && (history.state as Partial<typeof ANEW> | null)?.anew === true;

/** What belongs to the page is not there, though the service is. */
class Missing extends Error {}

/** A file has the name that its build gave it: after an upgrade only a page that is loaded anew names those that there are. Once, as it might go on for ever. */
async function loadAnew(): Promise<never> {
  await fetch(location.href, { method: "HEAD" }); // else the page would be lost with the network
  if (loadedAnew) throw new Missing();
  history.replaceState(ANEW, "");
  location.reload();
  return new Promise(() => undefined);
}

/** `load` imports a module. Where it is missing, that is thrown, as nothing but another page helps. */
export function useLoaded<Module>(load: () => Promise<Module>): Answer<Module> {
  const [state, setState] = useState<{ document: Module | null; problem: Error | null }>({ document: null, problem: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    load().catch(loadAnew).then((document) => setState({ document, problem: null }), (problem: Error) => setState({ document: null, problem }));
  }, [turn]);
  if (state.problem instanceof Missing) throw state.problem;
  return { ...state, waiting: !state.document && !state.problem, again: () => setTurn(turn + 1) };
}
