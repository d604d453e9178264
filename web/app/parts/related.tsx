/** Who else says the same as a claim, or the opposite, and whether that adds weight */
import { target, useAnswer, type Claim, type Page, type RelatedClaim, type Source } from "../api";
import { useTongue, type Words } from "../language";
import { ClaimItem } from "./claims";
import { Answered } from "./states";

/** The origins of sources: translations and copies share one. */
function useOrigins(ids: string[]): Map<string, string> {
  const list = useAnswer<Page<Source>>(ids.length ? target("/v1/sources", { id: [...new Set(ids)].sort().join(","), limit: 200 }) : null);
  return new Map(list.document?.items.map((source) => [source.id, source.origin.id]));
}

type Noted = RelatedClaim & { note: keyof Words | null };

/** Notes what comes from an origin that has spoken before: that of the claim itself, or of one that is told above. */
function noted(claims: RelatedClaim[], origins: Map<string, string>, own: Source): Noted[] {
  const heard = new Map<string, keyof Words>([[own.origin.id, "sameOriginAsThis"]]);
  return claims.map((claim) => {
    const origin = origins.get(claim.source.id) ?? claim.source.id;
    const note = claim.source.id === own.id ? "sameSourceAsThis" : heard.get(origin) ?? null;
    heard.set(origin, note ?? "sameOriginAsAbove");
    return { ...claim, note };
  });
}

function Others({ title, claims }: { title: string; claims: Noted[] }) {
  const { say } = useTongue();
  if (!claims.length) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="claims">{claims.map((claim) => <ClaimItem key={claim.id} claim={claim} note={claim.note ? say(claim.note) : undefined} />)}</ul>
    </>
  );
}

function SameAndOpposite({ claim, alike }: { claim: Claim & { source: Source }; alike: RelatedClaim[] }) {
  const { say } = useTongue();
  const origins = useOrigins(alike.map((each) => each.source.id));
  const denies = (each: { stance: string }) => each.stance === "disputes";
  const same = alike.filter((each) => denies(each) === denies(claim)), opposite = alike.filter((each) => denies(each) !== denies(claim));
  return (
    <>
      <Others title={say(denies(claim) ? "disputeToo" : "sameSaid")} claims={noted(same, origins, claim.source)} />
      <Others title={say(denies(claim) ? "sayThatSo" : "oppositeSaid")} claims={noted(opposite, origins, claim.source)} />
    </>
  );
}

function Corroboration({ claim }: { claim: Claim }) {
  const { say } = useTongue();
  const { claims, origins, disputed } = claim.proposition;
  return (
    <p>
      {claims > 0 && say("saySo", { count: claims, origins: say("countOrigins", { count: origins }) })}
      {disputed > 0 && ` ${say("disputeIt", { count: disputed })}`}
    </p>
  );
}

export function Related({ claim }: { claim: Claim & { source: Source } }) {
  const { say } = useTongue();
  const answer = useAnswer<Page<RelatedClaim>>(`/v1/claims/${claim.id}/related?limit=200`);
  return (
    <section>
      <h2>{say("others")}</h2>
      <Corroboration claim={claim} />
      <Answered answer={answer}>{({ items, next }) => {
        const alike = items.filter((each) => each.relations.some((relation) => relation.kind === "same_proposition"));
        if (!alike.length) return <p>{say("noOthers")}</p>;
        return (
          <>
            <SameAndOpposite claim={claim} alike={alike} />
            {next && <p><a href={target("/claims", { proposition: claim.proposition.id })}>{say("allOfThese")}</a></p>}
          </>
        );
      }}</Answered>
    </section>
  );
}
