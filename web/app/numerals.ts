/** Numbers as one types them: in the language of the interface, in which "294.000" may be another number than in the next */
import type { Language, Tongue } from "./language";

interface Signs {
  point: string;
  group: string;
}

function signsOf(language: Language): Signs {
  const parts = new Intl.NumberFormat(language).formatToParts(1234567.5);
  const sign = (wanted: Intl.NumberFormatPartTypes) => parts.find(({ type }) => type === wanted)?.value ?? "";
  return { point: sign("decimal"), group: sign("group") };
}

/** The decimal that the API takes, or null if it is no number in the language: what stands where thousands would must be thousands. */
export function decimalIn(language: Language, text: string): string | null {
  const { point, group } = signsOf(language);
  const number = new RegExp(`^([-−]?)(\\d+|[1-9]\\d{0,2}(?:([${group}\\s])\\d{3})(?:\\3\\d{3})*)(?:[${point}](\\d+))?$`).exec(text.trim());
  if (!number) return null;
  const [, sign, whole = "", , fraction] = number;
  return (sign ? "-" : "") + whole.replace(/\D/g, "") + (fraction ? `.${fraction}` : "");
}

/** The same of what lists are filtered by, which may have a power of ten: 1.5e6. */
export function conditionIn(language: Language, text: string): string | null {
  const [, number = "", power = ""] = /^(.*?)(e\d{1,2})?$/i.exec(text.trim()) ?? [];
  const decimal = decimalIn(language, number);
  return decimal && decimal + power;
}

/** A decimal as it stands in a field, where it is read as what it was. */
export function typedIn(language: Language, decimal: string): string {
  return decimal.replace(".", signsOf(language).point);
}

/** How to write a number, for whoever did not; else nothing. */
export function refusal({ language, number, say }: Tongue, text: string, read: typeof decimalIn): string {
  return text.trim() && read(language, text) === null ? say("noNumber", { example: number("1234567.5") }) : "";
}
