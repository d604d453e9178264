/** The past: a page as it was at the moment that its address names, and what leads from it to others of that moment */
import { target } from "../api";
import { useTongue } from "../language";
import { changed, usePlace, withQuery } from "../place";

/** A function: the target of the API, or of a page, as of the same moment as the page that is shown. */
export function useAt(): typeof target {
  const moment = usePlace().query.get("as_of");
  return (path, query = {}) => target(path, { ...query, as_of: moment });
}

/** That the page shows what was. A list of claims says so by its filters. */
export function Past() {
  const { say, moment } = useTongue();
  const { path, query } = usePlace();
  const then = path === "/claims" ? null : query.get("as_of");
  return (
    <div role="status">
      {then && <p class="aged">{say("asItWas", { moment: moment(then) })} <a href={withQuery(path, changed(query, { as_of: null, cursor: null }))}>{say("asItIs")}</a></p>}
    </div>
  );
}
