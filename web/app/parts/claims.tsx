/** Claims in a list */
import type { Claim } from "../api";
import { useTongue } from "../language";
import { bounded } from "./bounded";
import { HedgeMark, Printed, SourceLine, StanceMark } from "./marks";
import { useAt } from "./past";

type Listed = Pick<Claim, "id" | "statement" | "figure" | "stance" | "hedge" | "locator" | "source"> & Partial<Pick<Claim, "claimant">>;

function FigureOf({ claim }: { claim: Listed }) {
  const tongue = useTongue();
  const { figure } = claim;
  if (!figure) return null;
  const { value, bound, unit } = figure;
  return (
    <p class="figure">
      <span class="value">{bound === "exact" && value !== null ? tongue.amount(value, unit) : bounded(tongue, figure)}</span>
      <Printed figure={figure} language={claim.source.language} />
    </p>
  );
}

/** `within` a source that is known, its line alone is told. A `note` says what is to be said of it here. */
export function ClaimItem({ claim, within = false, note }: { claim: Listed; within?: boolean; note?: string | undefined }) {
  const { say } = useTongue();
  const at = useAt();
  const { claimant, source } = claim, { line } = claim.locator;
  const credited = claimant && claimant.kind !== "source" ? claimant.name : null;
  return (
    <li class={note ? "claim weightless" : "claim"}>
      <p class="statement"><a lang="en" href={at(`/claims/${claim.id}`)}>{claim.statement}</a></p>
      <FigureOf claim={claim} />
      <p class="about">
        <StanceMark stance={claim.stance} />
        <HedgeMark hedge={claim.hedge} />
        {credited && <span class="claimant">{credited}</span>}
        {within ? <span class="line">{say("line", { line })}</span> : <SourceLine source={source} line={line} />}
      </p>
      {note && <p class="note">{note}</p>}
    </li>
  );
}

export function ClaimList({ claims, within = false }: { claims: Listed[]; within?: boolean }) {
  return <ul class="claims">{claims.map((claim) => <ClaimItem key={claim.id} claim={claim} within={within} />)}</ul>;
}
