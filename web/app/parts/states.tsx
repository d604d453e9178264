/** What a page shows while it has nothing else: that it waits, that something is wrong, that there is nothing */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Problem, giveToken, givenToken, type Answer } from "../api";
import { useTongue, type Words } from "../language";

const SLOW_MS = 4000;

type Heading = "h1" | "h2";

function useSlow(): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return slow;
}

function Waiting() {
  const { say } = useTongue();
  return <p class="state" role="status"><span class="spinner" aria-hidden="true" /> {say(useSlow() ? "slow" : "loading")}</p>;
}

/** What was asked before is still shown; that it takes long is told only then. */
function WaitingForOther() {
  const { say } = useTongue();
  const slow = useSlow();
  return <p class="slow" role="status">{slow && say("slow")}</p>;
}

/** Asks for the token that a service which is not public reads with. */
function Locked({ refused, Heading }: { refused: boolean; Heading: Heading }) {
  const { say } = useTongue();
  const [typed, setTyped] = useState("");
  return (
    <form class="state" onSubmit={(event) => { event.preventDefault(); giveToken(typed.trim()); }}>
      <Heading>{say("locked")}</Heading>
      <p role="alert">{say(refused ? "tokenRefused" : "lockedLong")}</p>
      <label class="field">
        {say("token")}<input type="password" autoComplete="off" required value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
      </label>
      <p><small>{say("tokenHint")}</small></p>
      <button type="submit" class="primary">{say("open")}</button>
    </form>
  );
}

const TITLES: Record<number, keyof Words> = { 400: "notAsked", 401: "locked", 404: "notFound", 410: "gone", 429: "busy", 503: "busy", 504: "busy" };

/** What is wrong, in short. */
export function inShort(problem: Error): keyof Words {
  return problem instanceof Problem ? TITLES[problem.status] ?? "failed" : "offline";
}

/** Each parameter at fault by its name, or what is wrong as a whole. */
function detailsOf({ document, message }: Problem): string[] {
  const parameters = (document.errors ?? []).flatMap((fault) => "parameter" in fault ? [`${fault.parameter}: ${fault.detail}`] : []);
  return parameters.length ? parameters : [message];
}

function Explained({ problem }: { problem: Error }) {
  const { say } = useTongue();
  if (!(problem instanceof Problem)) return <p>{say("offlineLong")}</p>;
  if (problem.status === 404) return <p>{say("notFoundLong")}</p>;
  return <>{detailsOf(problem).map((detail) => <p key={detail} lang="en">{detail}</p>)}</>;
}

function Failed({ problem, again, Heading }: { problem: Error; again: () => void; Heading: Heading }) {
  const { say } = useTongue();
  const known = problem instanceof Problem ? problem : null;
  const mayPass = !known || known.status >= 500 || known.status === 429;
  return (
    <div class="state" role="alert">
      <Heading>{say(inShort(problem))}</Heading>
      <Explained problem={problem} />
      {mayPass && <button type="button" onClick={again}>{say("again")}</button>}
      {mayPass && known?.request && <p><small>{say("request", { id: known.request })}</small></p>}
    </div>
  );
}

export function Nothing({ children }: { children?: ComponentChildren }) {
  const { say } = useTongue();
  return <div class="state" role="status"><h2>{say("empty")}</h2>{children ?? <p>{say("emptyLong")}</p>}</div>;
}

/** Shows an answer, or what there is instead. One that is there stays while the next is on its way. It is a part of the page, or `whole`. */
export function Answered<Document>({ answer, whole = false, children }: {
  answer: Answer<Document>; whole?: boolean; children: (document: Document) => ComponentChildren;
}) {
  const { problem, document, waiting } = answer, Heading = whole ? "h1" : "h2";
  if (problem instanceof Problem && problem.status === 401) return <Locked refused={givenToken() !== ""} Heading={Heading} />;
  if (problem) return <Failed problem={problem} again={answer.again} Heading={Heading} />;
  if (!document) return <Waiting />;
  return (
    <>
      {waiting && <WaitingForOther />}
      <div class={waiting ? "stale" : undefined} aria-busy={waiting}>{children(document)}</div>
    </>
  );
}
