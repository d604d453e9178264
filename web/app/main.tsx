/** The web front end: which page an address is, and what stands around it */
import "./style/base.css";
import "./style/controls.css";
import "./style/marks.css";
import "./style/comparison.css";
import "./style/plot.css";
import "./style/things.css";
import "./style/edit.css";
import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useAge } from "./api";
import { LANGUAGES, TongueContext, keep, preferred, tongue, useTongue, type Language } from "./language";
import { Boundary } from "./parts/boundary";
import { useLoaded } from "./parts/loaded";
import { Past } from "./parts/past";
import { SearchField } from "./parts/search";
import { Answered } from "./parts/states";
import { takeOver, usePlace, withQuery } from "./place";
import { ClaimPage } from "./pages/claim";
import { ClaimsPage } from "./pages/claims";
import { ComparisonPage } from "./pages/comparison";
import { FrontPage } from "./pages/front";
import { ComparisonsPage, SearchPage, SourcesPage } from "./pages/lists";
import { SourcePage } from "./pages/source";
import { useTitle } from "./title";

function LostPage() {
  const { say } = useTongue();
  useTitle(say("notFound"));
  return <div class="state"><h1>{say("notFound")}</h1><p>{say("notFoundLong")}</p></div>;
}

function EditPage() {
  return <Answered answer={useLoaded(() => import("./pages/edit"))} whole>{({ EditForm }) => <EditForm />}</Answered>;
}

function Page() {
  const [first, id, more] = usePlace().path.split("/").slice(1);
  if (more !== undefined) return <LostPage />;
  switch (id ? `${first}/{id}` : first) {
    case "": return <FrontPage />;
    case "comparisons": return <ComparisonsPage />;
    case "comparisons/{id}": return <ComparisonPage id={id ?? ""} key={id} />;
    case "claims": return <ClaimsPage />;
    case "claims/{id}": return <ClaimPage id={id ?? ""} key={id} />;
    case "sources": return <SourcesPage />;
    case "sources/{id}": return <SourcePage id={id ?? ""} key={id} />;
    case "search": return <SearchPage />;
    case "edit": return <EditPage />;
    default: return <LostPage />;
  }
}

/** That what the page shows may have changed since. */
function Aged() {
  const { say, ago } = useTongue();
  const age = useAge();
  return <div role="status">{age > 0 && <p class="aged">{say("aged", { ago: ago(age) })}</p>}</div>;
}

/** Whether a link of the header leads to the page that is shown, or to the list that it belongs to. */
function currency(path: string, page: string): "page" | "true" | undefined {
  if (path === page) return "page";
  return path.startsWith(`${page}/`) ? "true" : undefined;
}

const NAMES: Record<Language, string> = { en: "English", de: "Deutsch", it: "Italiano" };

function Header({ language, choose }: { language: Language; choose: (language: Language) => void }) {
  const { say } = useTongue();
  const { path, query } = usePlace();
  const words = query.get("q") ?? "";
  return (
    <header class="top">
      <a class="skip" href="#content">{say("skip")}</a>
      <a class="brand" href="/">claimd</a>
      <nav aria-label={say("pages")}>
        {(["comparisons", "claims", "sources"] as const).map((page) => (
          <a key={page} href={`/${page}`} aria-current={currency(path, `/${page}`)}>{say(page)}</a>
        ))}
      </nav>
      {path !== "/" && path !== "/search" && path !== "/claims" && <SearchField words={words} key={words} />}
      <select class="language" aria-label={say("language")} value={language} onChange={(event) => choose(event.currentTarget.value as Language)}>
        {(Object.keys(LANGUAGES) as Language[]).map((each) => <option key={each} value={each} lang={each}>{NAMES[each]}</option>)}
      </select>
    </header>
  );
}

function Site() {
  const [language, setLanguage] = useState<Language>(preferred);
  const { path, query } = usePlace();
  const spoken = useMemo(() => tongue(language), [language]);
  useEffect(() => { document.documentElement.lang = language; }, [language]);
  const choose = (chosen: Language) => {
    keep(chosen);
    setLanguage(chosen);
  };
  return (
    <TongueContext.Provider value={spoken}>
      <Header language={language} choose={choose} />
      <main id="content" tabIndex={-1}><Aged /><Past /><Boundary of={withQuery(path, query)}><Page /></Boundary></main>
      <p class="unseen" role="status" id="told" />
      <footer>
        <p>{spoken.say("footer")}</p>
        <p><a href="/docs">{spoken.say("documentation")}</a> · <a href="/edit" aria-current={path === "/edit" ? "page" : undefined}>{spoken.say("edit")}</a></p>
      </footer>
    </TongueContext.Provider>
  );
}

const site = document.getElementById("site");
if (site) {
  site.replaceChildren();
  render(<Site />, site);
  takeOver();
}
