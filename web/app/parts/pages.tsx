/** Leads on in a list whose place is in the address */
import { useTongue } from "../language";
import { changed, usePlace, withQuery } from "../place";

/** `list`: the id of what begins anew with each page. */
export function Pages({ next, list }: { next: string | null; list: string }) {
  const { say } = useTongue();
  const { path, query } = usePlace();
  const cursor = next && new URL(next, location.href).searchParams.get("cursor");
  const at = (place: string | null) => `${withQuery(path, changed(query, { cursor: place }))}#${list}`;
  if (!cursor && !query.has("cursor")) return null;
  return (
    <nav class="pages" aria-label={say("pagesOfList")}>
      {query.has("cursor") && <a class="button" rel="first" href={at(null)}>{say("first")}</a>}
      {cursor && <a class="button" rel="next" href={at(cursor)}>{say("next")}</a>}
    </nav>
  );
}
