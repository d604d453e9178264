/** Two versions of one origin side by side, where their stance or hedge differs marked */
import { useState } from "preact/hooks";
import { useList, type Claim, type Source } from "../api";
import { useTongue } from "../language";
import { LanguageTag, Printed, StanceMark, sourceTitle } from "./marks";
import { useAt } from "./past";
import { Answered } from "./states";

interface Row {
  ours: Claim | undefined;
  theirs: Claim | undefined;
}

function byProposition(claims: Claim[]): Map<string, Claim[]> {
  const groups = new Map<string, Claim[]>();
  for (const claim of claims) groups.set(claim.proposition.id, [...groups.get(claim.proposition.id) ?? [], claim]);
  return groups;
}

/** What says the same in a row, in the order of the first; what only the second says follows. */
function rowsOf(ours: Claim[], theirs: Claim[]): Row[] {
  const left = byProposition(ours), right = byProposition(theirs);
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((id) => {
    const own = left.get(id) ?? [], other = right.get(id) ?? [];
    return Array.from({ length: Math.max(own.length, other.length) }, (_, place) => ({ ours: own[place], theirs: other[place] }));
  });
}

function differs({ ours, theirs }: Row, of: "stance" | "hedge"): boolean {
  return ours !== undefined && theirs !== undefined && ours[of] !== theirs[of];
}

/** What differs stands behind a sign, so that it is not told by colour alone. */
function Mark({ different, children }: { different: boolean; children: preact.ComponentChildren }) {
  const { say } = useTongue();
  return different ? <mark><span aria-hidden="true">≠ </span><span class="unseen">{say("differs")}: </span>{children}</mark> : <>{children}</>;
}

function Version({ row, claim, language }: { row: Row; claim: Claim | undefined; language: string | null }) {
  const { say } = useTongue();
  const at = useAt();
  if (!claim) return <p class="version missing"><LanguageTag tag={language} /> {say("notHere")}</p>;
  const different = differs(row, "hedge");
  return (
    <p class="version">
      <LanguageTag tag={language} />
      {claim.figure && <Printed figure={claim.figure} language={language} />}
      <Mark different={differs(row, "stance")}><StanceMark stance={claim.stance} /></Mark>
      {(different || claim.hedge !== "none") && <Mark different={different}><span class="hedge">{say(claim.hedge)}</span></Mark>}
      <a href={at(`/claims/${claim.id}`)}>{say("line", { line: claim.locator.line })}</a>
    </p>
  );
}

function Rows({ rows, source, other }: { rows: Row[]; source: Source; other: Source }) {
  return (
    <ol class="versions">
      <li class="heads" aria-hidden="true">
        {[source, other].map((each) => <p key={each.id} lang={each.language ?? undefined}><LanguageTag tag={each.language} /> {sourceTitle(each)}</p>)}
      </li>
      {rows.map((row) => (
        <li key={`${row.ours?.id} ${row.theirs?.id}`}>
          <p class="statement" lang="en">{(row.ours ?? row.theirs)?.statement}</p>
          <Version row={row} claim={row.ours} language={source.language} />
          <Version row={row} claim={row.theirs} language={other.language} />
        </li>
      ))}
    </ol>
  );
}

function Compared({ rows, all, source, other }: { rows: Row[]; all: boolean; source: Source; other: Source }) {
  const { say } = useTongue();
  const shared = rows.filter(({ ours, theirs }) => ours && theirs);
  const differing = shared.filter((row) => differs(row, "stance") || differs(row, "hedge"));
  const [which, setWhich] = useState<"shared" | "differing" | "every">(differing.length ? "differing" : "shared");
  const shown = { shared, differing, every: rows };
  return (
    <>
      <p>
        {say("sharedCount", { count: shared.length })}
        {differing.length > 0 && <> {say("differingCount", { count: differing.length })} <mark class="sample">≠ {say("differs")}</mark></>}
      </p>
      <div class="choices">
        <label>{say("show")}
          <select value={which} onChange={(event) => setWhich(event.currentTarget.value as typeof which)}>
            <option value="differing">{say("showDiffering", { count: differing.length })}</option>
            <option value="shared">{say("showShared", { count: shared.length })}</option>
            {all && <option value="every">{say("showEvery", { count: rows.length })}</option>}
          </select>
        </label>
      </div>
      <Rows rows={shown[which]} source={source} other={other} />
    </>
  );
}

function SideBySide({ source, claims, all, other }: { source: Source; claims: Claim[]; all: boolean; other: Source }) {
  const { say } = useTongue();
  const at = useAt();
  const answer = useList<Claim>(at(`/v1/sources/${other.id}/claims`, { sort: "line,id" }));
  return (
    <section>
      <h2>{say("sideBySide", { source: sourceTitle(other) })}</h2>
      <p>{say("sideBySideLead")}</p>
      <Answered answer={answer}>{({ items, next }) => <Compared rows={rowsOf(claims, items)} all={all && next === null} source={source} other={other} />}</Answered>
    </section>
  );
}

/** Beside each other version of the source that has claims. Only of `all` claims one can say that a version lacks some. */
export function Versions({ source, claims, all }: { source: Source; claims: Claim[]; all: boolean }) {
  const at = useAt();
  const answer = useList<Source>(source.origin.sources > 1 ? at("/v1/sources", { origin: source.origin.id }) : null);
  return <>{answer.document?.items.filter((each) => each.id !== source.id && each.claims > 0)
    .map((other) => <SideBySide key={other.id} source={source} claims={claims} all={all} other={other} />)}</>;
}
