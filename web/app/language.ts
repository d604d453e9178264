/** The language of the interface: its words, and numbers and dates as it writes them */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { de } from "./words/de";
import { en } from "./words/en";
import { it } from "./words/it";

export type Words = { [Key in keyof typeof en]: string };
export const LANGUAGES = { en, de, it } as const satisfies Record<string, Words>;
export type Language = keyof typeof LANGUAGES;

const KEPT = "claimd-language";

function isLanguage(tag: string | null | undefined): tag is Language {
  return tag !== null && tag !== undefined && tag in LANGUAGES;
}

/** As the reader chose it once, or as the browser says. */
export function preferred(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEPT);
  } catch { /* a browser that keeps nothing */ }
  if (isLanguage(kept)) return kept;
  return navigator.languages.map((tag) => tag.split("-")[0]).find(isLanguage) ?? "en";
}

export function keep(language: Language): void {
  try {
    localStorage.setItem(KEPT, language);
  } catch { /* it holds as long as the page */ }
}

export interface Tongue {
  language: Language;
  words: Words;
  /** The words of a key; what stands in braces is replaced. "one|many" is chosen by `count`. */
  say: (key: keyof Words, parts?: Record<string, string | number>) => string;
  number: (decimal: string) => string;
  amount: (decimal: string, unit: string) => string;
  /** With its magnitude in words, where nothing is lost by that: $5.6 million. */
  brief: (decimal: string, unit: string) => string;
  /** As short as it can be, for an axis: $5M. */
  tick: (amount: number, unit: string) => string;
  /** What amounts are counted in. */
  unit: (unit: string) => string;
  day: (date: string) => string;
  moment: (timestamp: string) => string;
  /** So many seconds ago, in the largest unit of which there are two. */
  ago: (seconds: number) => string;
  name: (tag: string | null) => string;
}

function isCurrency(unit: string): boolean {
  return /^[A-Z]{3}$/.test(unit);
}

/** A unit as one reads it: without the braces of an annotation, and of plain ratios the sign of a multiple. */
export function unitSign(unit: string): string {
  return unit === "1" ? "×" : unit.replace(/^\{(.+)\}$/, "$1");
}

/** Exact: decimals are passed on as texts, never through a double. */
type Exact = Intl.StringNumericLiteral;

const BRIEF_FROM = 1e6;
const BRIEF_DIGITS = 4; // 1.234 million, but 1,234,567

/** Whether so few digits say all of a decimal. */
function isRound(decimal: string): boolean {
  return Math.abs(Number(decimal)) >= BRIEF_FROM && decimal.replace(/\..*|^-/g, "").replace(/0+$/, "").length <= BRIEF_DIGITS && !/\.\d*[1-9]/.test(decimal);
}

/** How the language writes a currency: by its short sign where that is its sign in English too, as in no language two currencies then have one sign. */
function currencyFormat(language: Language, currency: string): Intl.NumberFormat {
  const format = (locale: Language, currencyDisplay: "symbol" | "narrowSymbol") =>
    new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay, maximumFractionDigits: 0 });
  const sign = (written: Intl.NumberFormat) => written.formatToParts(1).find(({ type }) => type === "currency")?.value;
  const short = format(language, "narrowSymbol");
  return sign(short) === sign(format("en", "symbol")) ? short : format(language, "symbol");
}

/** Writes amounts in one way: a currency's sign where the language has it, any other unit behind, none where it is said elsewhere. */
function writer(language: Language, options: Intl.NumberFormatOptions): (decimal: string, unit: string | null) => string {
  const format = new Intl.NumberFormat(language, { maximumFractionDigits: 20, ...options });
  const currencies = new Map<string, Intl.NumberFormat>(); // made once, as that takes longer than to write
  return (decimal, unit) => {
    if (!unit) return format.format(decimal as Exact);
    if (!isCurrency(unit)) return `${format.format(decimal as Exact)}\u00A0${unitSign(unit)}`;
    const digits = decimal.replace(/^-/, "");
    const currency = currencies.get(unit) ?? currencyFormat(language, unit);
    currencies.set(unit, currency);
    return currency.formatToParts(digits === decimal ? 1 : -1)
      .map(({ type, value }) => type === "integer" ? format.format(digits as Exact) : value).join("");
  };
}

/** A day or a moment in words; what is neither stays as it is. */
function dated(language: Language, options: Intl.DateTimeFormatOptions): (date: string) => string {
  const format = new Intl.DateTimeFormat(language, options);
  return (date) => Number.isNaN(Date.parse(date)) ? date : format.format(new Date(date));
}

const AGES: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3600], ["minute", 60]];

export function tongue(language: Language): Tongue {
  const words: Words = LANGUAGES[language];
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 20 });
  const amount = writer(language, {});
  const long = writer(language, { notation: "compact", compactDisplay: "long", maximumFractionDigits: BRIEF_DIGITS - 1 });
  const tick = writer(language, { notation: "compact", maximumSignificantDigits: 3 });
  const plurals = new Intl.PluralRules(language);
  const number = (decimal: string) => plain.format(decimal as Exact);
  return {
    language,
    words,
    number,
    say: (key, parts = {}) => {
      const [one, many] = words[key].split("|");
      const chosen = many !== undefined && plurals.select(Number(parts.count)) !== "one" ? many : one;
      return (chosen ?? "").replace(/\{(\w+)\}/g, (_, name: string) => {
        const part = parts[name];
        return typeof part === "number" ? number(String(part)) : part ?? "";
      });
    },
    amount,
    brief: (decimal, unit) => (isRound(decimal) ? long : amount)(decimal, unit).replaceAll(" ", "\u00A0"),
    tick: (value, unit) => tick(String(value), isCurrency(unit) ? unit : null),
    unit: (unit) => isCurrency(unit) ? new Intl.DisplayNames(language, { type: "currency" }).of(unit) ?? unit : unitSign(unit),
    day: dated(language, { dateStyle: "long", timeZone: "UTC" }),
    moment: dated(language, { dateStyle: "medium", timeStyle: "short" }),
    ago: (seconds) => {
      const [unit, size] = AGES.find(([, each]) => seconds >= 2 * each) ?? ["second", 1];
      return new Intl.RelativeTimeFormat(language).format(-Math.round(seconds / size), unit);
    },
    name: (tag) => {
      try {
        return tag ? new Intl.DisplayNames(language, { type: "language" }).of(tag) ?? tag : "";
      } catch {
        return tag ?? ""; // not of the form of a tag
      }
    },
  };
}

export const TongueContext = createContext<Tongue>(tongue("en"));
export const useTongue = (): Tongue => useContext(TongueContext);
