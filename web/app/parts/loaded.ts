/** What most readers never need: fetched when it is asked for, and waited for like an answer */
import { useEffect, useState } from "preact/hooks";
import type { Answer } from "../api";

/** `load` imports a module. */
export function useLoaded<Module>(load: () => Promise<Module>): Answer<Module> {
  const [state, setState] = useState<{ document: Module | null; problem: Error | null }>({ document: null, problem: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    load().then((document) => setState({ document, problem: null }), (problem: Error) => setState({ document: null, problem }));
  }, [turn]);
  return { ...state, waiting: !state.document && !state.problem, again: () => setTurn(turn + 1) };
}
