/** The title of the page in the browser, and read aloud where the page has come without loading */
import { useEffect } from "preact/hooks";

let shown = location.pathname;

function tell(title: string): void {
  const teller = document.getElementById("told");
  if (teller && shown !== location.pathname) teller.textContent = title;
  shown = location.pathname;
}

export function useTitle(title: string | null | undefined): void {
  useEffect(() => {
    if (!title) return;
    document.title = `${title} – claimd`;
    tell(title);
  }, [title]);
}
