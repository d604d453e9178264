/** The field that searches everything */
import { useRef } from "preact/hooks";
import { useTongue } from "../language";
import { go } from "../place";

export function SearchField({ words = "" }: { words?: string }) {
  const { say } = useTongue();
  const field = useRef<HTMLInputElement>(null);
  const search = (event: Event) => {
    event.preventDefault();
    const text = field.current?.value.trim();
    if (text) go(`/search?q=${encodeURIComponent(text)}`);
  };
  return (
    <form role="search" class="search" action="/search" onSubmit={search}>
      <input ref={field} type="search" name="q" defaultValue={words} maxLength={1000} aria-label={say("searchEverything")} placeholder={say("searchEverything")} />
      <button type="submit">{say("search")}</button>
    </form>
  );
}
