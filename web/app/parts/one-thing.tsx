/** The page of one thing: the thing, or why it is not there; and its history, which stays when it is gone */
import type { ComponentChildren } from "preact";
import { Problem, type Answer } from "../api";
import { useTongue } from "../language";
import { useTitle } from "../title";
import { History } from "./history";
import { Answered, inShort } from "./states";

export function OneThing<Document>({ api, answer, called, children }: {
  api: string; answer: Answer<Document>; called: (document: Document) => string; children: (document: Document) => ComponentChildren;
}) {
  const { say } = useTongue();
  const { document, problem } = answer;
  const gone = problem instanceof Problem && problem.status === 410;
  useTitle(document ? called(document) : problem && say(inShort(problem)));
  return (
    <>
      <Answered answer={answer} whole>{children}</Answered>
      {(document ?? gone) && <History api={api} />}
    </>
  );
}
