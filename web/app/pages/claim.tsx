/** One claim: what it says, who says so through whom, and who else */
import { useAnswer, type Claim, type Quantity, type Source, type Subject } from "../api";
import { useTongue } from "../language";
import { Chain } from "../parts/chain";
import { bounded } from "../parts/bounded";
import { HedgeMark, Printed, SourceLine, StanceMark, sourceTitle } from "../parts/marks";
import { useNames } from "../parts/names";
import { OneThing } from "../parts/one-thing";
import { useAt } from "../parts/past";
import { Related } from "../parts/related";
import { Share } from "../parts/share";

type Whole = Claim & { source: Source; subject: Subject; quantity: Quantity | null };

function FigureFacts({ claim }: { claim: Whole }) {
  const tongue = useTongue();
  const { say, amount } = tongue;
  const { figure } = claim;
  if (!figure) return null;
  return (
    <dl class="facts numbers">
      <div><dt>{say("printed")}</dt><dd class="big"><Printed figure={figure} language={claim.source.language} /></dd></div>
      {figure.value !== null && <div><dt>{say("normalised")}</dt><dd class="big">{amount(figure.value, figure.unit)}</dd></div>}
      <div>
        <dt>{say("meaning")}</dt>
        <dd>{bounded(tongue, figure)}{figure.bound === "approx" && figure.low !== null && figure.high !== null &&
          <small> {say("roundedFrom", { low: amount(figure.low, figure.unit), high: amount(figure.high, figure.unit) })}</small>}</dd>
      </div>
    </dl>
  );
}

function Scope({ id }: { id: string }) {
  const at = useAt(), names = useNames("scope", [id]);
  return <a href={at("/claims", { scope: id })}>{names.get(id) ?? id.replaceAll("-", " ")}</a>;
}

function About({ claim }: { claim: Whole }) {
  const { say } = useTongue();
  const at = useAt();
  const { subject, quantity, scope, period, stance, hedge } = claim;
  return (
    <dl class="facts">
      <div><dt>{say("stance")}</dt><dd><StanceMark stance={stance} /><small>{say(`${stance}Long`)}</small></dd></div>
      <div><dt>{say("hedge")}</dt><dd>{hedge === "none" ? say("none") : <HedgeMark hedge={hedge} />}<small>{say(`${hedge}Long`)}</small></dd></div>
      <div><dt>{say("subject")}</dt><dd><a href={at("/claims", { subject: subject.id })}>{subject.name}</a></dd></div>
      {quantity && (
        <>
          <div><dt>{say("quantity")}</dt><dd><a href={at("/claims", { quantity: quantity.id })}>{quantity.name}</a><small lang="en">{quantity.definition}</small></dd></div>
          <div><dt>{say("scope")}</dt><dd>{scope ? <Scope id={scope} /> : say("notPrinted")}</dd></div>
          <div><dt>{say("period")}</dt><dd>{period ?? say("notPrinted")}</dd></div>
        </>
      )}
    </dl>
  );
}

function Compared({ comparisons }: { comparisons: NonNullable<Claim["comparisons"]> }) {
  const { say } = useTongue();
  const at = useAt();
  if (!comparisons.length) return null;
  return (
    <section>
      <h2>{say("inComparisons")}</h2>
      <ul class="links">{comparisons.map((comparison) => <li key={comparison.id} lang="en"><a href={at(`/comparisons/${comparison.id}`)}>{comparison.title}</a></li>)}</ul>
    </section>
  );
}

function Told({ claim }: { claim: Whole }) {
  const { say } = useTongue();
  const at = useAt();
  const comparisons = claim.comparisons ?? [];
  const embeds = comparisons.map(({ id, title }) => ({ title, page: at(`/comparisons/${id}`), api: at(`/v1/comparisons/${id}`) }));
  return (
    <>
      <p class="kicker">{say("claim")} · {say(claim.kind)}</p>
      <h1 lang="en">{claim.statement}</h1>
      <p class="about"><SourceLine source={claim.source} line={claim.locator.line} /></p>
      <FigureFacts claim={claim} />
      <About claim={claim} />
      <Share api={at(`/v1/claims/${claim.id}`)} title={claim.statement} forms={["json"]} embeds={embeds}
        citation={`${sourceTitle(claim.source)}, ${say("line", { line: claim.locator.line })}: ${claim.statement.replace(/\.$/, "")}`} />
      <Chain claim={claim} />
      <Related claim={claim} />
      <Compared comparisons={comparisons} />
    </>
  );
}

export function ClaimPage({ id }: { id: string }) {
  const api = `/v1/claims/${id}`;
  const answer = useAnswer<Whole>(useAt()(api, { embed: "source,subject,quantity,comparisons" }));
  return <OneThing api={api} answer={answer} called={(claim) => claim.statement}>{(claim) => <Told claim={claim} />}</OneThing>;
}
