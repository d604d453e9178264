/** Who says so: from the source to the one who is credited, a step each, drawn */
import type { ComponentChildren } from "preact";
import type { Claim, Hop } from "../api";
import { useTongue } from "../language";
import { LanguageTag, SourceLink } from "./marks";
import { useDescriptions } from "./names";
import { useAt } from "./past";

function Node({ kind, children }: { kind: string; children: ComponentChildren }) {
  return <div class={`node ${kind}`}>{children}</div>;
}

/** The arrow says in what role the next one is named. */
function Arrow({ label }: { label: string }) {
  return (
    <div class="arrow">
      <span>{label}</span>
      <svg viewBox="0 0 60 10" preserveAspectRatio="none" aria-hidden="true"><path d="M0 5H60" /></svg>
    </div>
  );
}

function Step({ hop, last, described }: { hop: Hop; last: boolean; described: Map<string, string> }) {
  const { say } = useTongue();
  const at = useAt();
  const { agent, via } = hop;
  return (
    <li>
      <Arrow label={say(hop.role)} />
      <Node kind={last ? "origin" : "between"}>
        {last && <small>{say("credited")}</small>}
        <a href={at("/claims", { claimant: agent.id })}>{agent.name}</a>
        {via && <small><SourceLink source={via} description={described.get(via.id)} /></small>}
      </Node>
    </li>
  );
}

export function Chain({ claim }: { claim: Claim }) {
  const { say } = useTongue();
  const { source, attribution } = claim;
  const described = useDescriptions(attribution.flatMap(({ via }) => via ?? []));
  return (
    <section>
      <h2>{say("chain")}</h2>
      <ol class="chain">
        <li>
          <Node kind={attribution.length ? "between" : "origin"}>
            <small>{say("source")}, {say("line", { line: claim.locator.line })}</small>
            <span><SourceLink source={source} /> <LanguageTag tag={source.language} /></span>
          </Node>
        </li>
        {attribution.map((hop, place) => <Step key={place} hop={hop} last={place === attribution.length - 1} described={described} />)}
      </ol>
      {!attribution.length && <p>{say("chainOwn")}</p>}
    </section>
  );
}
