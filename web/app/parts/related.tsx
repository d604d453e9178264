/** Who else says the same as a claim, or the opposite, and whether that adds weight */
import { useList, type Claim, type Source } from "../api";
import { useTongue, type Words } from "../language";
import { ClaimItem } from "./claims";
import { useAt } from "./past";
import { Answered } from "./states";

type Sourced = Claim & { source: Source };
type Noted = Sourced & { note: keyof Words | null };

/** Notes what comes from an origin that has spoken before: that of the claim itself, or of one that is told above. Translations and copies share one. */
function noted(claims: Sourced[], own: Source): Noted[] {
  const heard = new Map<string, keyof Words>([[own.origin.id, "sameOriginAsThis"]]);
  return claims.map((claim) => {
    const { id, origin } = claim.source;
    const note = id === own.id ? "sameSourceAsThis" : heard.get(origin.id) ?? null;
    heard.set(origin.id, note ?? "sameOriginAsAbove");
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

function SameAndOpposite({ claim, alike }: { claim: Sourced; alike: Sourced[] }) {
  const { say } = useTongue();
  const denies = (each: { stance: string }) => each.stance === "disputes";
  const same = alike.filter((each) => denies(each) === denies(claim)), opposite = alike.filter((each) => denies(each) !== denies(claim));
  return (
    <>
      <Others title={say(denies(claim) ? "disputeToo" : "sameSaid")} claims={noted(same, claim.source)} />
      <Others title={say(denies(claim) ? "sayThatSo" : "oppositeSaid")} claims={noted(opposite, claim.source)} />
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

export function Related({ claim }: { claim: Sourced }) {
  const { say } = useTongue();
  const at = useAt();
  const proposition = claim.proposition.id;
  const answer = useList<Sourced>(at("/v1/claims", { proposition, embed: "source" }));
  return (
    <section>
      <h2>{say("others")}</h2>
      <Corroboration claim={claim} />
      <Answered answer={answer}>{({ items, next }) => {
        const alike = items.filter(({ id }) => id !== claim.id);
        if (!alike.length) return <p>{say("noOthers")}</p>;
        return (
          <>
            <SameAndOpposite claim={claim} alike={alike} />
            {next && <p><a href={at("/claims", { proposition })}>{say("allOfThese")}</a></p>}
          </>
        );
      }}</Answered>
    </section>
  );
}
