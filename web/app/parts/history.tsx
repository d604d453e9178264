/** What was done to a thing, and what each change made different */
import { useState } from "preact/hooks";
import { target, useAnswer, useList, type Diff, type Revision } from "../api";
import { useTongue } from "../language";
import { Answered } from "./states";

function printed(value: unknown): string {
  if (value === null || value === undefined) return "—";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function Differences({ api, revision }: { api: string; revision: number }) {
  const { say } = useTongue();
  const answer = useAnswer<Diff>(target(`${api}/diff`, { to: revision }));
  return (
    <Answered answer={answer}>{({ changes }) => (
      <dl class="differences">
        {changes.map(({ pointer, before, after }) => (
          <div key={pointer}>
            <dt><code>{pointer}</code></dt>
            <dd><span class="unseen">{say("before")} </span><del>{printed(before)}</del></dd>
            <dd><span class="unseen">{say("after")} </span><ins>{printed(after)}</ins></dd>
          </div>
        ))}
      </dl>
    )}</Answered>
  );
}

function Change({ api, revision }: { api: string; revision: Revision }) {
  const { say, moment } = useTongue();
  const [open, setOpen] = useState(false);
  return (
    <li>
      <time dateTime={revision.at}>{moment(revision.at)}</time> {say(revision.action)} {revision.author && say("by", { author: revision.author })}
      {revision.comment && <> <q>{revision.comment}</q></>}
      {revision.action === "changed" && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{say("whatChanged")}</summary>
          {open && <Differences api={api} revision={revision.revision} />}
        </details>
      )}
    </li>
  );
}

/** `api`: the target of the thing. */
export function History({ api }: { api: string }) {
  const { say } = useTongue();
  const answer = useList<Revision>(target(`${api}/revisions`, { sort: "-revision" }));
  return (
    <section id="history">
      <h2>{say("history")}</h2>
      <Answered answer={answer}>{({ items }) => (
        <ol class="history">{items.map((revision) => <Change key={revision.revision} api={api} revision={revision} />)}</ol>
      )}</Answered>
    </section>
  );
}
