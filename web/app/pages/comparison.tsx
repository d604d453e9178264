/** One comparison: its figures on an axis, the multiples that are stated of them, and what can be compared with what */
import { useMemo } from "preact/hooks";
import { useAnswer, useList, type Comparison, type Stance, type Unit } from "../api";
import { useTongue } from "../language";
import { disputeSaid, Standing } from "../parts/dispute";
import { STANCES } from "../parts/marks";
import { Multiples } from "../parts/multiples";
import { Pairs } from "../parts/pairs";
import { useAt } from "../parts/past";
import { Share } from "../parts/share";
import { Answered, inShort } from "../parts/states";
import { VerdictMark } from "../parts/verdict";
import { who } from "../parts/who";
import { ask, usePlace } from "../place";
import { arrange, asBaseline, type Arrangement } from "../plot/arrangement";
import { Plot } from "../plot/plot";
import { useTitle } from "../title";

function unitsLike(units: Unit[], unit: string): Unit[] {
  const own = units.find((each) => each.id === unit);
  return units.filter((each) => each.dimension === own?.dimension && each.factor !== null);
}

function StanceChoice({ comparison }: { comparison: Comparison }) {
  const { say } = useTongue();
  const { query } = usePlace();
  const chosen = query.get("stance"), baseline = query.get("baseline");
  const at = useAt();
  const whole = useAnswer<Comparison>(chosen && at(`/v1/comparisons/${comparison.id}`)).document ?? comparison;
  const has = (stance: Stance) => whole.figures.some((figure) => figure.stance === stance);
  const isMixed = whole.pairs.some(({ reasons }) => reasons.includes("unit"));
  // A baseline of another stance is not among the figures then, and another one may not convert into the unit.
  const choose = (stance: string) => {
    const keepsBaseline = baseline !== null && (!stance || comparison.figures.some((figure) => figure.claim === baseline && figure.stance === stance));
    ask({ stance, ...(keepsBaseline ? {} : { baseline: null, ...(isMixed ? { unit: null } : {}) }) });
  };
  return (
    <label>{say("stance")}
      <select value={chosen ?? ""} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{say("everyStance")}</option>
        {STANCES.filter(has).map((stance) => <option key={stance} value={stance}>{say(stance)}</option>)}
      </select>
    </label>
  );
}

function Choices({ comparison, arrangement }: { comparison: Comparison; arrangement: Arrangement }) {
  const tongue = useTongue();
  const { say } = tongue;
  const { query } = usePlace();
  const units = useList<Unit>("/v1/units");
  const offered = unitsLike(units.document?.items ?? [], comparison.unit);
  const chooseBaseline = (claim: string) => {
    const placed = arrangement.all.find(({ figure }) => figure.claim === claim);
    if (placed) ask(asBaseline(placed));
  };
  return (
    <form class="choices" onSubmit={(event) => event.preventDefault()}>
      <label>{say("baseline")}
        <select value={comparison.baseline} onChange={(event) => chooseBaseline(event.currentTarget.value)}>
          {arrangement.all.map(({ figure, letter }) => (
            <option key={figure.claim} value={figure.claim}>{letter}: {figure.figure.as_printed} – {who(tongue, figure)}</option>
          ))}
        </select>
      </label>
      {offered.length > 1 && (
        <label>{say("unit")}
          <select value={comparison.unit} onChange={(event) => ask({ unit: event.currentTarget.value })}>
            {offered.map((unit) => <option key={unit.id} value={unit.id}>{unit.name}</option>)}
          </select>
        </label>
      )}
      <StanceChoice comparison={comparison} />
      {arrangement.apart.length > 0 && (
        <label class="check">
          <input type="checkbox" checked={query.get("comparable") === "1"} onChange={(event) => ask({ comparable: event.currentTarget.checked ? "1" : null })} />
          {say("comparableOnly")}
        </label>
      )}
    </form>
  );
}

function Whole({ comparison, api }: { comparison: Comparison; api: string }) {
  const tongue = useTongue();
  const { query } = usePlace();
  const arrangement = useMemo(() => arrange(comparison), [comparison]);
  return (
    <>
      <h1 lang="en">{comparison.title}</h1>
      {comparison.description && <p class="lead" lang="en">{comparison.description}</p>}
      <div class="found">
        {comparison.verdict && <VerdictMark verdict={comparison.verdict} />}
        <Standing comparison={comparison} said={disputeSaid(tongue, comparison, arrangement)} />
      </div>
      <Choices comparison={comparison} arrangement={arrangement} />
      <Plot comparison={comparison} arrangement={arrangement} all={query.get("comparable") !== "1"} />
      <Share api={api} title={comparison.title} forms={["json", "csv", "svg"]} />
      <Multiples comparison={comparison} arrangement={arrangement} />
      <Pairs comparison={comparison} arrangement={arrangement} />
    </>
  );
}

export function ComparisonPage({ id }: { id: string }) {
  const { say } = useTongue();
  const { query } = usePlace();
  const at = useAt(), path = at(`/v1/comparisons/${id}`);
  const api = at(`/v1/comparisons/${id}`, { baseline: query.get("baseline"), unit: query.get("unit"), stance: query.get("stance") });
  const answer = useAnswer<Comparison>(api);
  useTitle(answer.document?.title ?? (answer.problem && say(inShort(answer.problem))));
  return (
    <>
      <Answered answer={answer} whole>{(comparison) => <Whole comparison={comparison} api={api} />}</Answered>
      {answer.problem && api !== path && <p><a href={at(`/comparisons/${id}`)}>{say("withoutChoices")}</a></p>}
    </>
  );
}
